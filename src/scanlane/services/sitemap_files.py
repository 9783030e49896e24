"""One sitemap file on its way from the network through the parser: sliced, counted, hashed, off the event loop."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import IO

from scanlane.clients.streaming import Streamed
from scanlane.clients.website_errors import BodyTooLarge, FetchFailed
from scanlane.domain.sitemaps import Entry, Limits, SitemapKind, SitemapReader

# A slice of gzip unpacks to a thousand times its size at most.
A_SLICE = 16 * 1024
IN_MEMORY = 1024 * 1024
_REASONS = {
    401: "asks for a password",
    403: "forbids the visit",
    404: "has no such file",
    410: "has no such file any more",
}
_TEMPORARY = frozenset({408, 425})


class FileRefused(FetchFailed):
    """The server answered with something else than the file."""

    def __init__(self, message: str, *, http_status: int, temporary: bool) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.temporary = temporary


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What is known of a file once it was read. Bytes: as sent, and as parsed. `sha256`: of the file as it is kept."""

    kind: SitemapKind | None
    sha256: str
    bytes_raw: int
    bytes_decoded: int
    url_count: int
    warnings: tuple[str, ...]


class FileReading:
    """The reading of one file. Raises NotASitemap, and whatever the pieces raise."""

    def __init__(self, url: str, limits: Limits) -> None:
        self._reader = SitemapReader(url, limits=limits)
        self._hash = hashlib.sha256()

    async def entries(self, pieces: AsyncIterator[bytes]) -> AsyncGenerator[list[Entry], None]:
        """What the file lists, some at a time. A file beyond the limits gives its beginning, and no more is fetched."""
        async for part in _slices(pieces):
            if found := await asyncio.to_thread(self._feed, part):
                yield found
            if self._reader.is_full:
                break
        if found := await asyncio.to_thread(self._reader.close):
            yield found

    def facts(self, bytes_raw: int) -> FileFacts:
        """What is known now."""
        return FileFacts(
            kind=self._reader.kind,
            sha256=self._hash.hexdigest(),
            bytes_raw=bytes_raw,
            bytes_decoded=self._reader.bytes_decoded,
            url_count=self._reader.entries,
            warnings=self._reader.warnings,
        )

    def _feed(self, part: bytes) -> list[Entry]:
        self._hash.update(part)
        return self._reader.feed(part)


@dataclass(frozen=True, slots=True)
class Spool:
    """A file that was fetched whole before it is read: in memory while it is small, else on the disk."""

    file: IO[bytes]
    sha256: str

    async def pieces(self) -> AsyncIterator[bytes]:
        """The file from its beginning."""
        self.file.seek(0)
        while piece := await asyncio.to_thread(self.file.read, 8 * A_SLICE):
            yield piece


@asynccontextmanager
async def spooled(streamed: Streamed) -> AsyncIterator[Spool]:
    """Fetch all of a file. One that is too large is cut off where it is."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        yield Spool(file, await _written(streamed, file))


def refuse_unfit(streamed: Streamed) -> None:
    """Raise FileRefused unless the answer is the file."""
    status = streamed.status
    if 200 <= status < 300:
        return
    host = streamed.url.partition("://")[2].partition("/")[0]
    said = _REASONS.get(status, "has an error" if status >= 500 else "refuses the file")
    raise FileRefused(
        f"{host} {said} (status {status}).", http_status=status, temporary=status >= 500 or status in _TEMPORARY
    )


async def _written(streamed: Streamed, file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    with suppress(BodyTooLarge):
        async for piece in streamed.pieces():
            digest.update(piece)
            await asyncio.to_thread(file.write, piece)
    return digest.hexdigest()


async def _slices(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        for start in range(0, len(piece), A_SLICE):
            yield piece[start : start + A_SLICE]
