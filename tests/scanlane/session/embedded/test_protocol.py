"""What counts as an answer of a living server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scanlane.session.embedded.protocol import Answer, ask, socket_path


class TestAnswers:
    @pytest.mark.parametrize(
        ("reply", "answer"),
        [
            (b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0", Answer.ALIVE),
            (b"E\0\0\0\x20SFATAL\0C57P03\0Mstarting up\0\0", Answer.NOT_YET),
            (b"E\0\0\0\x20SFATAL\0C53300\0Mtoo many clients\0\0", Answer.ALIVE),
            (b"HTTP/1.1 400 Bad Request\r\n", Answer.SILENCE),
            (b"", Answer.SILENCE),
        ],
    )
    def test_only_a_request_to_authenticate_or_a_full_house_is_life(self, tmp_path: Path, reply: bytes, answer: Answer):
        with _answering(tmp_path, reply):
            assert ask(tmp_path, user="app", database="scanlane") is answer

    def test_a_socket_that_nobody_listens_on_is_silence(self, tmp_path: Path):
        with socket.socket(socket.AF_UNIX) as left_over:
            left_over.bind(str(socket_path(tmp_path)))

        assert ask(tmp_path, user="app", database="scanlane") is Answer.SILENCE

    def test_a_peer_that_says_nothing_is_silence_after_a_while(self, tmp_path: Path):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(socket_path(tmp_path)))
            listener.listen()

            assert ask(tmp_path, user="app", database="scanlane", seconds=0.05) is Answer.SILENCE


@contextmanager
def _answering(folder: Path, reply: bytes) -> Iterator[None]:
    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(1000)
            peer.sendall(reply)

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(socket_path(folder)))
        listener.listen()
        thread = threading.Thread(target=serve)
        thread.start()
        yield
        thread.join()
