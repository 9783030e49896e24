"""One file of a website as a stream: guarded, timed and capped like a page, but never in memory as a whole."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from scanlane.clients.address_guard import AddressGuard
from scanlane.clients.fetch_failures import translated
from scanlane.clients.inflate import StreamInflater
from scanlane.clients.response_rules import redirect_target, refuse_unfriendly
from scanlane.clients.website import FetchLimits, WebsiteClient, read_target
from scanlane.clients.website_errors import BodyTooLarge, NotAPage, TooManyRedirects
from scanlane.domain.urls import Url

GZIP_MAGIC = b"\x1f\x8b"

# Entered for every hop of a request, and left when its answer is done with.
Admit = Callable[[str], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLimits:
    """What one file may cost: bytes as sent, bytes without the Content-Encoding, seconds in all."""

    largest_raw: int = 62_914_560
    largest_body: int = 62_914_560
    seconds: float = 120
    redirects: int = 5


class Streamed:
    """An answer whose body is read piece by piece. The counters say how much was read so far."""

    def __init__(
        self, target: Url, response: aiohttp.ClientResponse, limits: StreamLimits, *, hops: tuple[str, ...], ends: float
    ) -> None:
        self.url = str(target)
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self.hops = hops
        self.bytes_raw = 0
        self.bytes_decoded = 0
        self._target = target
        self._response = response
        self._limits = limits
        self._ends = ends

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """The body without its Content-Encoding. Raises BodyTooLarge, NotAPage, PageUnreachable and their kin."""
        unpack: Callable[[bytes], Iterator[bytes]] | None = None
        while piece := await self._next_piece():
            self.bytes_raw += len(piece)
            if self.bytes_raw > self._limits.largest_raw:
                raise BodyTooLarge(f"The file is larger than {self._limits.largest_raw} bytes.")
            unpack = unpack or self._unpacker(piece)
            for part in unpack(piece):
                self.bytes_decoded += len(part)
                yield part

    async def _next_piece(self) -> bytes:
        with translated(self._target, seconds=self._limits.seconds):
            async with asyncio.timeout_at(self._ends):
                return await self._response.content.readany()

    def _unpacker(self, start: bytes) -> Callable[[bytes], Iterator[bytes]]:
        encoding = self.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise NotAPage("The answer is encoded in a way that was not asked for.")
        # Some servers announce gzip and send the plain file.
        is_packed = encoding.endswith("gzip") and GZIP_MAGIC.startswith(start[:2])
        return StreamInflater(self._limits.largest_body).feed if is_packed else self._as_it_is

    def _as_it_is(self, piece: bytes) -> Iterator[bytes]:
        if self.bytes_raw > self._limits.largest_body:
            raise BodyTooLarge(f"The file is larger than {self._limits.largest_body} bytes.")
        yield piece


class StreamingClient(WebsiteClient):
    """Fetches pages, and files of any size and type."""

    def __init__(
        self,
        guard: AddressGuard,
        *,
        user_agent: str,
        limits: FetchLimits | None = None,
        stream_limits: StreamLimits | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        super().__init__(guard, user_agent=user_agent, limits=limits, resolver=resolver)
        self._stream_limits = stream_limits or StreamLimits()

    @asynccontextmanager
    async def stream(
        self, url: str, *, headers: Mapping[str, str] | None = None, admit: Admit = lambda _: nullcontext()
    ) -> AsyncIterator[Streamed]:
        """Send a GET, follow its redirects, open the answer; 304 is an answer like others. Raises FetchFailed and kin.

        `headers`: more of them, such as If-None-Match. `admit` may refuse or delay each hop.
        """
        hops: list[str] = []
        ends = asyncio.get_running_loop().time() + self._stream_limits.seconds
        while True:
            target = read_target(url)
            async with admit(str(target)), self._opened(target, headers or {}, ends) as response:
                location = redirect_target(target, response.status, response.headers)
                if location is None:
                    refuse_unfriendly(target, response.status, response.headers)
                    yield Streamed(target, response, self._stream_limits, hops=tuple(hops), ends=ends)
                    return
            hops.append(str(target))
            if len(hops) > self._stream_limits.redirects or location in hops:
                most = self._stream_limits.redirects
                raise TooManyRedirects(f"{hops[0]} redirects more than {most} times or in a circle.")
            url = location

    @asynccontextmanager
    async def _opened(
        self, target: Url, headers: Mapping[str, str], ends: float
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        with translated(target, seconds=self._stream_limits.seconds):
            async with asyncio.timeout_at(ends):
                response = await self.session.get(
                    URL(str(target), encoded=True), allow_redirects=False, headers=headers
                )
        try:
            yield response
        finally:
            response.close()
