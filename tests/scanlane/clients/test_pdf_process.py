"""PDFs that are read in a process of their own."""

import asyncio
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from scanlane.clients import pdf_child
from scanlane.clients.pdf_process import DocumentUnread, PdfProcess
from tests.scanlane.domain.sample_pdfs import pdf

pytest.importorskip("pypdf")

ENDLESS = (sys.executable, "-c", "import signal; signal.pause()")
ADDRESS = "info@harbour-bakery.example"


def children() -> set[int]:
    """The processes that this one has started and not seen the end of."""
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


class TestTextOf:
    async def test_the_text_comes_back(self) -> None:
        text = await PdfProcess().text_of(pdf(["Harbour Bakery", ADDRESS], links=["tel:+442079460123"]))

        assert text.split("\n")[:2] == ["Harbour Bakery", ADDRESS]
        assert text.endswith("tel:+442079460123")

    async def test_a_broken_file_is_empty(self) -> None:
        assert await PdfProcess().text_of(b"%PDF-1.7\nrubbish") == ""

    async def test_a_reader_that_takes_too_long_is_ended_and_leaves_nothing(self) -> None:
        before = children()

        with pytest.raises(DocumentUnread, match=r"longer than 0\.3 seconds"):
            await PdfProcess(seconds=0.3, command=ENDLESS).text_of(pdf([ADDRESS]))

        assert children() <= before

    async def test_a_reader_that_is_called_back_leaves_nothing(self) -> None:
        before = children()

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(PdfProcess(command=ENDLESS).text_of(pdf([ADDRESS])), 0.3)

        assert children() <= before

    async def test_a_reader_that_dies_at_a_limit_says_so(self) -> None:
        dying = (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")

        with pytest.raises(DocumentUnread, match="more time or memory"):
            await PdfProcess(command=dying).text_of(pdf([ADDRESS] * 10_000, pack=False))

    async def test_a_reader_that_never_stops_talking_is_not_listened_to_for_ever(self) -> None:
        talking = (sys.executable, "-c", "while True: print('x' * 60_000)")

        with pytest.raises(DocumentUnread):
            await PdfProcess(seconds=2, command=talking).text_of(pdf([ADDRESS]))


class TestLimits:
    @pytest.mark.parametrize(
        ("what", "code"),
        [
            ("while True: pass", "cpu"),
            ("keep = [bytes(1 << 20) for _ in range(2000)]", "memory"),
            ("import os; os.write(os.open('document', os.O_CREAT | os.O_WRONLY), b'x')", "file"),
        ],
    )
    def test_what_a_document_may_not_use_up_ends_the_process(self, tmp_path: Path, what: str, code: str) -> None:
        start = "from scanlane.clients import pdf_child\n"
        if code == "cpu":
            start += "pdf_child._LIMITS = ((pdf_child.resource.RLIMIT_CPU, 1), *pdf_child._LIMITS[1:])\n"
        script = f"{start}pdf_child.give_up_what_is_not_needed()\n{what}\nprint('went on')"
        env = {"PYTHONPATH": str(Path(pdf_child.__file__).parents[2])}

        command = [sys.executable, "-c", script]
        ended = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, timeout=60, check=False)

        assert ended.returncode != 0
        assert b"went on" not in ended.stdout

    def test_every_limit_is_one_the_system_knows(self) -> None:
        assert {what for what, _ in pdf_child._LIMITS} >= {resource.RLIMIT_CPU, resource.RLIMIT_AS}
