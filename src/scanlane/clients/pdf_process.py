"""PDFs of strangers, each read in a short-lived process of its own that is ended at its deadline by its id."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path

from scanlane.clients.website_errors import FetchFailed
from scanlane.domain import pdf_text
from scanlane.domain.page_codes import PageCode

SECONDS = 10.0
AT_ONCE = 2
READER = (sys.executable, "-m", "scanlane.clients.pdf_child")
_MOST_OUTPUT = 4 * pdf_text.LONGEST_TEXT
_PACKAGES = str(Path(__file__).parents[2])


class DocumentUnread(FetchFailed):
    """The document cannot be read."""

    code = PageCode.UNREADABLE


class PdfReaderMissing(DocumentUnread):
    """It is a PDF; install scanlane[pdf] to read it."""


class PdfProcess:
    """Takes the text out of PDFs. `seconds`: what one file may take, by the clock on the wall.

    `command`: what reads a PDF from its input and writes the text.
    """

    def __init__(self, *, seconds: float = SECONDS, command: Sequence[str] = READER) -> None:
        self._seconds = seconds
        self._command = command
        self._room = asyncio.Semaphore(AT_ONCE)

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Wait for room; keep it while fetching and reading one PDF, so that few of them are in memory at once."""
        return self._room

    async def text_of(self, body: bytes) -> str:
        """The text of a PDF; "" when there is none. Raises PdfReaderMissing, or DocumentUnread at a limit."""
        if not pdf_text.is_installed():
            raise PdfReaderMissing
        return await self._read(body)

    async def _read(self, body: bytes) -> str:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd="/",
            env={"PYTHONPATH": _PACKAGES, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        try:
            async with asyncio.timeout(self._seconds):
                text = await _exchanged(process, body)
                code = await process.wait()
        except TimeoutError:
            raise DocumentUnread(f"The PDF takes longer than {self._seconds:g} seconds to read.") from None
        finally:
            await _ended(process)
        if code != 0:
            raise DocumentUnread("The PDF takes more time or memory than a document may.")
        return text


async def _exchanged(process: asyncio.subprocess.Process, body: bytes) -> str:
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:
        raise RuntimeError("the process was started without its pipes")
    # A process that died does not take its input.
    with suppress(ConnectionError):
        stdin.write(body)
        await stdin.drain()
    stdin.close()
    said = bytearray()
    while len(said) <= _MOST_OUTPUT and (piece := await stdout.read(65_536)):
        said += piece
    return said[:_MOST_OUTPUT].decode("utf-8", "replace")


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Whatever happened, nothing is left behind."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    await asyncio.shield(_buried(process))


async def _buried(process: asyncio.subprocess.Process) -> None:
    """See the end of a process. What it still said is read first: with a full pipe, its end would go unseen."""
    while process.stdout is not None and await process.stdout.read(65_536):
        continue
    await process.wait()
