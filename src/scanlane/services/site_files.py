"""Files of a site that are no pages, each fetched once in a scan: robots.txt and pauses as for pages."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, nullcontext
from typing import Protocol

from scanlane.clients.streaming import Admit, StreamingClient
from scanlane.clients.website import Fetched
from scanlane.clients.website_errors import FetchFailed, NotAPage
from scanlane.domain.links import Scope
from scanlane.domain.page_codes import PageCode, http_code
from scanlane.domain.urls import origin
from scanlane.services.fetching import RequestCount
from scanlane.services.site_access import RobotsForbid

MOST_KEPT_BYTES = 6_000_000


class Manners(Protocol):
    """What asks a host for permission, and waits for a turn at it."""

    async def allows(self, url: str) -> bool: ...
    async def turn(self, url: str) -> None: ...


class OutsideSite(FetchFailed):
    """The file lies on a website of somebody else."""

    code = PageCode.REDIRECTED_AWAY


class FetchedBefore(FetchFailed):
    """The address was fetched before in this scan."""

    code = PageCode.DUPLICATE


class NoFile(NotAPage):
    """The server answers with another status than 200."""

    def __init__(self, http_status: int) -> None:
        super().__init__(f"The server answered with status {http_status}.")
        self.http_status = http_status
        self.code = http_code(http_status)


class SiteFiles:
    """Fetches files. Answers that are kept are given again without a request."""

    def __init__(
        self,
        client: StreamingClient,
        manners: Manners,
        *,
        known: Iterable[str] = (),
        count: RequestCount | None = None,
        passing: Admit | None = None,
    ) -> None:
        """`passing`: entered for every request, as that of the host breaker, which may refuse it."""
        self._client = client
        self._manners = manners
        self._known = set(known)
        self._count = count or RequestCount()
        self._passing = passing or (lambda _: nullcontext())
        self._kept: dict[str, Fetched] = {}
        self._room = MOST_KEPT_BYTES

    def mark(self, url: str) -> bool:
        """Count an address as fetched; answer whether it was new."""
        is_new = url not in self._known
        self._known.add(url)
        return is_new

    def is_known(self, url: str) -> bool:
        """Whether the address was fetched before."""
        return url in self._known

    async def fetch_once(self, url: str, scope: Scope, *, anywhere: bool = False) -> Fetched:
        """As `fetch`; an address that was asked for before is answered from memory, or not at all (FetchedBefore)."""
        if url in self._kept:
            return self._kept[url]
        if not self.mark(url):
            raise FetchedBefore
        fetched = await self.fetch(url, scope, anywhere=anywhere)
        self._keep(url, fetched)
        return fetched

    async def fetch_script(self, url: str, scope: Scope, *, keep: bool) -> Fetched:
        """As `fetch`. `keep`: the answer is wanted again, for the same scripts come with every page."""
        fetched = await self.fetch(url, scope)
        if keep:
            self._keep(url, fetched)
        return fetched

    def _keep(self, url: str, fetched: Fetched) -> None:
        if len(fetched.body) <= self._room:
            self._room -= len(fetched.body)
            self._kept[url] = fetched

    async def fetch(self, url: str, scope: Scope, *, anywhere: bool = False) -> Fetched:
        """The answer to one GET; `anywhere`: outside the site too. The caller has marked the address.

        Raises FetchFailed and its kin: OutsideSite and RobotsForbid too, before anything is asked.
        """

        @asynccontextmanager
        async def admit(hop: str) -> AsyncIterator[None]:
            if not (anywhere or scope.holds(hop)):
                raise OutsideSite
            if not await self._manners.allows(hop):
                raise RobotsForbid(f"robots.txt of {origin(hop).partition('://')[2]} forbids the visit.")
            await self._manners.turn(hop)
            async with self._passing(hop):
                self._count.made += 1
                yield

        async with self._client.stream(url, admit=admit) as streamed:
            if streamed.status != 200:
                raise NoFile(streamed.status)
            body = b"".join([piece async for piece in streamed.pieces()])
            content_type = streamed.headers.get("Content-Type")
        return Fetched(url=streamed.url, status=streamed.status, content_type=content_type, body=body)
