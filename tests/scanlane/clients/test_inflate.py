"""Unpacking with a ceiling."""

import gzip
import resource
import time
import zlib

import pytest

from scanlane.clients.inflate import Inflater
from scanlane.clients.website_errors import BodyTooLarge, NotAPage

LARGEST = 2_000_000


def unpacked(packed: bytes, *, largest: int = LARGEST, piece: int = 65_536) -> bytes:
    """Feed the bytes as they would arrive."""
    inflater = Inflater(largest)
    for start in range(0, len(packed), piece):
        inflater.feed(packed[start : start + piece])
    return inflater.body()


class TestInflater:
    @pytest.mark.parametrize("piece", [1, 7, 65_536])
    def test_a_body_is_unpacked_however_it_arrives(self, piece: int) -> None:
        body = bytes(range(256)) * 100

        assert unpacked(gzip.compress(body), piece=piece) == body

    def test_several_members_are_one_body_and_padding_is_ignored(self) -> None:
        packed = gzip.compress(b"bread ") + gzip.compress(b"and butter") + bytes(100) + b"rubbish" * 9

        assert unpacked(packed, piece=5) == b"bread and butter"

    def test_a_body_of_exactly_the_largest_size_is_taken(self) -> None:
        assert len(unpacked(gzip.compress(bytes(1000)), largest=1000)) == 1000

    def test_one_byte_more_is_too_large(self) -> None:
        with pytest.raises(BodyTooLarge, match="more than 1000 bytes"):
            unpacked(gzip.compress(bytes(1001)), largest=1000)

    def test_a_bomb_is_stopped_at_the_ceiling(self) -> None:
        compressor = zlib.compressobj(1, zlib.DEFLATED, 31)
        zeros = bytes(1_000_000)
        bomb = b"".join(compressor.compress(zeros) for _ in range(200)) + compressor.flush()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        with pytest.raises(BodyTooLarge):
            unpacked(bomb, piece=len(bomb))

        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000

    def test_a_flood_of_empty_members_takes_no_time(self) -> None:
        flood = gzip.compress(b"") * (LARGEST // 20)
        started = time.process_time()

        assert unpacked(flood) == b""

        assert time.process_time() - started < 0.5

    @pytest.mark.parametrize(
        "packed", [b"<html>bread</html>", b"\x1f\x8b\x08\x00" + b"\xff" * 40, zlib.compress(b"bread")]
    )
    def test_rubbish_is_no_page(self, packed: bytes) -> None:
        with pytest.raises(NotAPage):
            unpacked(packed)

    def test_a_body_cut_off_gives_its_beginning(self) -> None:
        packed = gzip.compress(b"bread " * 10_000, compresslevel=0)

        assert unpacked(packed[:30_000]).startswith(b"bread bread")
