"""Good manners towards a site: robots.txt of every host before its first page, and pauses between requests."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from scanlane.clients.website import Fetched
from scanlane.clients.website_errors import Blocked, FetchFailed, NotAPage, TooManyRedirects
from scanlane.domain import robots
from scanlane.domain.page_codes import PageCode
from scanlane.domain.urls import origin
from scanlane.services.crawl_values import CrawlOptions, Fetch

PUBLIC_DELAY = timedelta(seconds=0.5)
LONGEST_CRAWL_DELAY = timedelta(seconds=10)
MOST_HOSTS = 20
MOST_REDIRECTS = 5


class RobotsUnreadable(FetchFailed):
    """The rules for robots cannot be read at the moment, hence nothing may be fetched."""

    temporary = True
    code = PageCode.ROBOTS_UNREADABLE


@dataclass(slots=True)
class _Host:
    """One origin's rules and the moment of its next request."""

    rules: bytes = b""
    failure: FetchFailed | None = None
    delay: float = 0.0
    next_turn: float = 0.0
    silent_until: float = float("-inf")
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    is_read: bool = False


class Politeness:
    """Asks before every request: may I, and when?"""

    def __init__(
        self,
        fetch: Fetch,
        options: CrawlOptions,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._fetch = fetch
        self._options = options
        self._monotonic = monotonic
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}

    async def allows(self, url: str) -> bool:
        """Whether robots.txt lets us fetch the URL. Raises FetchFailed when the rules cannot be read."""
        host = await self._host(url)
        if host.failure is not None:
            raise host.failure
        return robots.allowed(host.rules, self._options.agent, url)

    async def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the URL's host names."""
        return robots.sitemaps((await self._host(url)).rules, url)

    async def delay(self, url: str) -> float:
        """The seconds between two requests to the URL's host."""
        return (await self._host(url)).delay

    async def turn(self, url: str) -> None:
        """Wait until the URL's host may be asked again."""
        host = await self._host(url)
        now = self._monotonic()
        start = max(now, host.next_turn)
        host.next_turn = start + host.delay
        if start > now:
            await self._sleep(start - now)
        # Whoever slept while the host asked for a pause sleeps on.
        if (rest := host.silent_until - self._monotonic()) > 0:
            await self._sleep(rest)

    def pause(self, url: str, seconds: float) -> None:
        """Ask the URL's host nothing for a while."""
        host = self._hosts.get(origin(url))
        if host is not None:
            host.silent_until = max(host.silent_until, self._monotonic() + seconds)
            host.next_turn = max(host.next_turn, host.silent_until)

    async def _host(self, url: str) -> _Host:
        address = origin(url)
        if address not in self._hosts and len(self._hosts) >= MOST_HOSTS:
            return _Host(failure=FetchFailed(f"The site has more than {MOST_HOSTS} hosts; {address} is left out."))
        host = self._hosts.setdefault(address, _Host())
        async with host.reading:
            if not host.is_read:
                await self._read_rules(host, address)
                host.is_read = True
        return host

    async def _read_rules(self, host: _Host, address: str) -> None:
        """4xx means no rules; 5xx and silence mean that nothing may be fetched (RFC 9309, 2.3.1)."""
        own_network = False
        try:
            answer = await self._fetch_rules(f"{address}/robots.txt")
        except (NotAPage, Blocked, TooManyRedirects):
            pass
        except FetchFailed as error:
            host.failure = error
        else:
            own_network = answer.own_network
            if answer.status >= 500:
                message = f"The robots.txt of {address} cannot be read at the moment (status {answer.status})."
                host.failure = RobotsUnreadable(message)
            elif answer.status < 300:
                host.rules = answer.body
        host.delay = self._delay(host.rules, own_network=own_network)
        host.next_turn = self._monotonic() + host.delay

    async def _fetch_rules(self, url: str) -> Fetched:
        for _ in range(MOST_REDIRECTS + 1):
            answer = await self._fetch(url)
            if answer.location is None:
                return answer
            url = answer.location
        raise TooManyRedirects

    def _delay(self, rules: bytes, *, own_network: bool) -> float:
        given = self._options.delay
        if given is None and own_network:
            return 0.0
        asked = robots.crawl_delay(rules, self._options.agent) or 0.0
        usual = (PUBLIC_DELAY if given is None else given).total_seconds()
        return max(usual, min(asked, LONGEST_CRAWL_DELAY.total_seconds()))
