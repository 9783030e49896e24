"""The network as the settings allow it, for as long as a piece of work needs it."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from scanlane.clients.address_guard import AddressGuard, parse_networks
from scanlane.clients.website import WebsiteClient
from scanlane.services.crawl_values import Fetch
from scanlane.settings import Settings

# A client that is open while the block runs.
OpenFetch = Callable[[], AbstractAsyncContextManager[Fetch]]


@asynccontextmanager
async def fetching(settings: Settings, *, allow_networks: Sequence[str] = ()) -> AsyncIterator[Fetch]:
    """A client for websites while the block runs. `allow_networks`: those of the operator for this work alone."""
    allowed = ",".join([settings.allow_networks, *allow_networks])
    guard = AddressGuard(parse_networks(allowed))
    async with WebsiteClient(guard, user_agent=settings.user_agent) as client:
        yield client.fetch


def product_token(user_agent: str) -> str:
    """The name by which robots.txt knows us: letters, hyphens and underscores (RFC 9309, section 2.2.1)."""
    match = re.match(r"[a-zA-Z_-]+", user_agent.strip())
    return match[0].lower() if match else "scanlane"
