"""The way to websites for everything but the crawl of pages: robots.txt is obeyed, and the process's gates are kept."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scanlane.clients.address_guard import AddressGuard, parse_networks
from scanlane.clients.streaming import Streamed, StreamingClient, StreamLimits
from scanlane.clients.website import Fetched
from scanlane.clients.website_errors import FetchFailed, HostPaused
from scanlane.domain.page_codes import PageCode
from scanlane.domain.urls import origin
from scanlane.services.crawl_values import CrawlOptions
from scanlane.services.host_gate import HostBusy, HostGate
from scanlane.services.politeness import Politeness
from scanlane.services.robots_memory import RobotsMemory
from worklane.outcome import GiveUp, Outcome, Retry, Snooze

if TYPE_CHECKING:
    # Brings the database library along, which a crawl can do without.
    from scanlane.services.host_breaker import HostBreaker
    from scanlane.settings import Settings


class RobotsForbid(FetchFailed):
    """robots.txt forbids the visit."""

    status = 403
    code = PageCode.ROBOTS


@dataclass(frozen=True, slots=True)
class Manners:
    """What all that a process does shares about the hosts it visits. `breaker`: shared with other processes too."""

    gate: HostGate = field(default_factory=HostGate)
    breaker: "HostBreaker | None" = None
    robots: RobotsMemory = field(default_factory=RobotsMemory)


class SiteAccess:
    """Streams of files, each hop of which robots.txt allows and the host's gate lets pass."""

    def __init__(self, client: StreamingClient, manners: Manners, *, agent: str, afresh: bool = False) -> None:
        self._client = client
        self._gate = manners.gate
        fetch = manners.robots.before(self._fetch, afresh=afresh)
        self.politeness = Politeness(fetch, CrawlOptions(agent=agent))

    def stream(self, url: str, *, headers: Mapping[str, str] | None = None) -> AbstractAsyncContextManager[Streamed]:
        """The answer to one GET, redirects followed. Raises FetchFailed and its kin, RobotsForbid and HostBusy too."""
        return self._client.stream(url, headers=headers, admit=self._admit)

    async def fetch(self, url: str) -> Fetched:
        """The answer to one GET of a page; a redirect is answered, not followed. Raises as `stream` does."""
        async with self._admit(url):
            return await self._client.fetch(url)

    async def beginning(self, url: str, most: int) -> tuple[str, bytes]:
        """Where a page is, and its first bytes, at least `most` if it has so many; none unless its status is 200."""
        body = bytearray()
        async with self.stream(url) as streamed:
            if streamed.status != 200:
                return streamed.url, b""
            async for piece in streamed.pieces():
                body += piece
                if len(body) >= most:
                    break
        return streamed.url, bytes(body)

    @asynccontextmanager
    async def _admit(self, url: str) -> AsyncIterator[None]:
        if not await self.politeness.allows(url):
            raise RobotsForbid(f"robots.txt of {origin(url).partition('://')[2]} forbids the visit.")
        async with self._gate.turn(url, gap=await self.politeness.delay(url)):
            yield

    async def _fetch(self, url: str) -> Fetched:
        async with self._gate.turn(url):
            return await self._client.fetch(url)


# Opens the way for one piece of work; `afresh`: what robots.txt said before is not relied on.
Access = Callable[[bool], AbstractAsyncContextManager[SiteAccess]]


def access_to_sites(settings: "Settings", manners: Manners, *, allow_networks: str = "") -> Access:
    """The way to websites over the real network, as the settings have it."""
    ceiling = settings.sitemap_largest_bytes + settings.sitemap_largest_bytes // 5
    limits = StreamLimits(largest_raw=ceiling, largest_body=ceiling, seconds=settings.sitemap_seconds)

    @asynccontextmanager
    async def opened(afresh: bool) -> AsyncIterator[SiteAccess]:
        guard = AddressGuard(parse_networks(",".join([settings.allow_networks, allow_networks])))
        async with StreamingClient(guard, user_agent=settings.user_agent, stream_limits=limits) as client:
            yield SiteAccess(client, manners, agent=product_token(settings.user_agent), afresh=afresh)

    return opened


def product_token(user_agent: str) -> str:
    """The name by which robots.txt knows us: letters, hyphens and underscores (RFC 9309, section 2.2.1)."""
    match = re.match(r"[a-zA-Z_-]+", user_agent.strip())
    return match[0].lower() if match else "scanlane"


def answer_to(error: FetchFailed) -> Outcome:
    """What a failure of the network means for the work: later without an attempt, again, or never."""
    if isinstance(error, HostPaused) and error.retry_after is not None:
        return Snooze(error.retry_after, error.message)
    if isinstance(error, HostBusy):
        return Snooze(error.retry_after, error.message)
    if error.temporary:
        return Retry(reason=error.message, after=getattr(error, "retry_after", None))
    return GiveUp(error.message)
