"""The way to websites for the crawl of pages, as the settings have it, for as long as a scan needs it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanlane.clients.address_guard import AddressGuard, parse_networks
from scanlane.clients.website import Fetched, WebsiteClient
from scanlane.services.crawl_values import Fetch

if TYPE_CHECKING:
    # Brings the database library along, which a crawl can do without.
    from scanlane.services.host_breaker import HostBreaker
    from scanlane.settings import Settings


@dataclass(slots=True)
class RequestCount:
    """How many requests for pages, robots.txt and sitemaps the crawls of a process have made."""

    made: int = 0

    def counting(self, fetch: Fetch) -> Fetch:
        """The same fetch, counted."""

        async def counted(url: str) -> Fetched:
            self.made += 1
            return await fetch(url)

        return counted


@asynccontextmanager
async def fetching(
    settings: "Settings",
    *,
    allow_networks: Sequence[str] = (),
    count: RequestCount | None = None,
    breaker: "HostBreaker | None" = None,
) -> AsyncIterator[Fetch]:
    """A client for websites while the block runs. `allow_networks`: those of the operator for this work alone."""
    allowed = ",".join([settings.allow_networks, *allow_networks])
    guard = AddressGuard(parse_networks(allowed))
    async with WebsiteClient(guard, user_agent=settings.user_agent) as client:
        fetch = client.fetch if count is None else count.counting(client.fetch)
        yield fetch if breaker is None else breaker.before(fetch)
