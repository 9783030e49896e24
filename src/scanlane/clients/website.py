"""One request to a website: guarded, timed, capped. Everything a site may send is hostile until proven short."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from scanlane.clients.address_guard import AddressGuard
from scanlane.clients.fetch_failures import translated
from scanlane.clients.inflate import Inflater
from scanlane.clients.name_resolution import RememberingResolver
from scanlane.clients.response_facts import TELLING_HEADERS, cookie_names
from scanlane.clients.response_rules import redirect_target, refuse_unfriendly, refuse_unreadable
from scanlane.clients.website_errors import BodyTooLarge, FetchFailed, TooManyRedirects, UnusableUrl
from scanlane.domain import challenges
from scanlane.domain.authority import is_address
from scanlane.domain.urls import Url, read_url

_KEPT_HEADERS = frozenset(
    ("last-modified", "etag", "retry-after", "x-robots-tag", "server", "content-language", *TELLING_HEADERS)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """What one page may cost; sizes in bytes, as sent and as unpacked alike."""

    largest_body: int = 2_000_000
    seconds: float = 20
    connect_seconds: float = 10
    silent_seconds: float = 10
    redirects: int = 5
    connections: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer. A redirect that was not followed has a `location` and no body. `cookies`: names of those it sets."""

    url: str
    status: int
    content_type: str | None = None
    body: bytes = b""
    location: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    hops: tuple[str, ...] = ()
    elapsed: float = 0.0
    own_network: bool = False


class WebsiteClient:
    """Fetches pages. No cookies, no proxies, no automatic redirects; use as an async context manager."""

    def __init__(
        self,
        guard: AddressGuard,
        *,
        user_agent: str,
        limits: FetchLimits | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._guard = guard
        self._limits = limits or FetchLimits()
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "text/html,application/xhtml+xml,text/plain;q=0.8,application/xml;q=0.7,*/*;q=0.1",
            "Accept-Encoding": "gzip",
            "Accept-Language": "en,*;q=0.5",
        }
        self._given_resolver = resolver
        self._session: aiohttp.ClientSession | None = None
        self._names: RememberingResolver | None = None

    async def __aenter__(self) -> Self:
        self._names = RememberingResolver(self._given_resolver)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                socket_factory=self._guard.socket_factory,
                resolver=self._names,
                limit=self._limits.connections,
                ttl_dns_cache=60,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=self._limits.connect_seconds, sock_read=self._limits.silent_seconds
            ),
            auto_decompress=False,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(self, url: str) -> Fetched:
        """Send one GET and read the answer; redirects are answered, not followed. Raises FetchFailed and its kin."""
        started = time.monotonic()
        target = read_target(url)
        with translated(target, seconds=self._limits.seconds):
            async with asyncio.timeout(self._limits.seconds):
                return await self._get(target, started)

    async def follow(self, url: str) -> Fetched:
        """Fetch, and follow redirects up to the limit; `hops` lists every URL on the way but the last."""
        hops: list[str] = []
        while True:
            fetched = await self.fetch(url)
            if fetched.location is None:
                return replace(fetched, hops=tuple(hops))
            hops.append(url)
            if len(hops) > self._limits.redirects or fetched.location in hops:
                raise TooManyRedirects(f"{hops[0]} redirects more than {self._limits.redirects} times or in a circle.")
            url = fetched.location

    @property
    def session(self) -> aiohttp.ClientSession:
        """The HTTP library's session, behind the guard."""
        if self._session is None:
            raise RuntimeError("the client is used outside its context")
        return self._session

    async def _get(self, target: Url, started: float) -> Fetched:
        async with self.session.get(URL(str(target), encoded=True), allow_redirects=False) as response:
            location = redirect_target(target, response.status, response.headers)
            refused = location is None and response.status in challenges.REFUSALS
            start = await _start_of(response, self._limits.seconds / 5) if refused else b""
            refuse_unfriendly(target, response.status, response.headers, start)
            body = b""
            if response.ok and location is None:
                refuse_unreadable(target, response.headers, largest=self._limits.largest_body)
                body = await _read(response, self._limits.largest_body)
                refuse_unfriendly(target, response.status, response.headers, body)
        return Fetched(
            url=str(target),
            status=response.status,
            content_type=response.headers.get("Content-Type"),
            body=body,
            location=location,
            headers=_kept(response.headers),
            cookies=cookie_names(response.headers.getall("Set-Cookie", ())),
            elapsed=time.monotonic() - started,
            own_network=self._is_own_network(target.host),
        )

    def _is_own_network(self, host: str) -> bool:
        addresses = (host.strip("[]"),) if is_address(host) else self._names.addresses(host) if self._names else ()
        return any(self._guard.allows(address) for address in addresses)


def read_target(url: str) -> Url:
    """The URL in its parts. Raises UnusableUrl."""
    try:
        return read_url(url)
    except ValueError as error:
        raise UnusableUrl(f"{url[:200]!r} cannot be fetched: {error}.") from None


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that say something of the page or its server, by small name; of several of a name the first."""
    kept: dict[str, str] = {}
    for name, value in headers.items():
        if (small := name.lower()) in _KEPT_HEADERS:
            kept.setdefault(small, value)
    return kept


async def _start_of(response: aiohttp.ClientResponse, seconds: float) -> bytes:
    """The start of an answer that is no page, as far as it comes soon: it may show whose refusal it is."""
    start = bytearray()
    # Whatever goes wrong here, the status has said enough.
    with suppress(aiohttp.ClientError, OSError, ValueError, FetchFailed):
        async with asyncio.timeout(seconds):
            while len(start) < challenges.LARGEST and (piece := await response.content.readany()):
                start += piece
    inflater = Inflater(challenges.LARGEST)
    with suppress(FetchFailed):
        inflater.feed(bytes(start))
    return inflater.body() or bytes(start)


async def _read(response: aiohttp.ClientResponse, largest: int) -> bytes:
    plain = bytearray()
    inflater = Inflater(largest) if "gzip" in response.headers.get("Content-Encoding", "").lower() else None
    received = 0
    async for piece in response.content.iter_any():
        received += len(piece)
        if received > largest:
            raise BodyTooLarge(f"The page is larger than {largest} bytes.")
        if inflater is None:
            plain += piece
        else:
            inflater.feed(piece)
    return bytes(plain) if inflater is None else inflater.body()
