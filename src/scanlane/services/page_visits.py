"""One visit to one page: may we, wait our turn, fetch, read; every ending is a value."""

from dataclasses import dataclass
from datetime import timedelta

from scanlane.clients.website import Fetched
from scanlane.clients.website_errors import Blocked, FetchFailed, NotAPage, ServerBusy, UnusableUrl
from scanlane.domain.frontier import QueuedUrl
from scanlane.domain.page_codes import PageCode, http_code
from scanlane.services.crawl_values import Fetch, PageReading, PageVisit, Read, VisitStatus
from scanlane.services.page_reading import read_in_turn
from scanlane.services.politeness import Politeness
from scanlane.services.second_looks import Looked, SecondLooks

TRIES_WHEN_BUSY = 3


class UnreadablePage(FetchFailed):
    """The page was fetched, but cannot be read."""

    code = PageCode.UNREADABLE


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came of going to a page: an answer and its reading, or the failure that kept us away."""

    page: QueuedUrl
    fetched: Fetched | None = None
    reading: PageReading | None = None
    failure: FetchFailed | None = None
    forbidden: bool = False
    looked: Looked | None = None

    @property
    def is_read(self) -> bool:
        """Whether the page was fetched and read."""
        return self.reading is not None

    @property
    def markup(self) -> bytes:
        """The page as it was read: after its scripts ran, if it was rendered."""
        rendered = self.looked.markup if self.looked else None
        sent = self.fetched.body if self.fetched else b""
        return sent if rendered is None else rendered


class Visitor:
    """Goes to pages, politely."""

    def __init__(
        self,
        fetch: Fetch,
        read: Read,
        politeness: Politeness,
        *,
        longest_wait: timedelta,
        looks: SecondLooks | None = None,
    ) -> None:
        self._fetch = fetch
        self._read = read
        self._politeness = politeness
        self._longest_wait = longest_wait
        self._looks = looks

    async def visit(self, page: QueuedUrl) -> Arrival:
        """Fetch and read one page; failures are part of the answer."""
        try:
            if not await self._politeness.allows(page.url):
                return Arrival(page, forbidden=True)
            fetched = await self._fetch_patiently(page.url)
        except FetchFailed as error:
            return Arrival(page, failure=error)
        if fetched.location is not None or not 200 <= fetched.status < 300:
            return Arrival(page, fetched=fetched)
        try:
            reading = await read_in_turn(self._read, fetched.body, fetched.url, fetched.content_type)
        except Exception as error:
            # A page on which the reader fails would fail every attempt of the whole scan; it costs itself alone.
            return Arrival(page, failure=UnreadablePage(f"The page cannot be read ({type(error).__name__})."))
        if self._looks is None:
            return Arrival(page, fetched=fetched, reading=reading)
        looked = await self._looks.at(fetched, reading)
        return Arrival(page, fetched=fetched, reading=looked.reading, looked=looked)

    async def sitemaps(self, home: str) -> list[str]:
        """The sitemaps that robots.txt of the home names."""
        return await self._politeness.sitemaps(home)

    async def fetch_text(self, url: str) -> bytes:
        """The body of a file that is no page of its own; empty when it cannot be had."""
        try:
            if not await self._politeness.allows(url):
                return b""
            await self._politeness.turn(url)
            fetched = await self._fetch(url)
        except FetchFailed:
            return b""
        return fetched.body if fetched.status == 200 else b""

    async def _fetch_patiently(self, url: str) -> Fetched:
        """Fetch; when the server is busy, wait as long as it says, or longer each time, and try again."""
        for attempt in range(TRIES_WHEN_BUSY):
            await self._politeness.turn(url)
            try:
                return await self._fetch(url)
            except ServerBusy as error:
                wait = error.retry_after or timedelta(seconds=2**attempt)
                if attempt == TRIES_WHEN_BUSY - 1 or wait > self._longest_wait:
                    raise
                self._politeness.pause(url, wait.total_seconds())
        raise AssertionError("the last try returns or raises")


def describe(arrival: Arrival) -> PageVisit:
    """The visit as it is reported, before the crawl adds what it discovered."""
    url, fetched = arrival.page.url, arrival.fetched
    if fetched is None:
        status, word, reason = _without_answer(arrival)
        http_status = getattr(arrival.failure, "http_status", None)
        return PageVisit(url=url, final_url=url, status=status, code=word, error=reason, http_status=http_status)
    status, code, error = _with_answer(arrival, fetched)
    reading = arrival.reading
    found = reading.findings if reading else None
    return PageVisit(
        url=url,
        final_url=fetched.location or fetched.url,
        status=status,
        http_status=fetched.status,
        code=code,
        error=error,
        title=reading.title if reading else "",
        sightings=(*found.emails, *found.phones, *found.socials) if found else (),
        declared_hosts=frozenset(reading.declared_hosts) if reading else frozenset(),
        elapsed=fetched.elapsed,
        content_type=fetched.content_type,
        objection=getattr(reading, "objection", None),
    )


def _without_answer(arrival: Arrival) -> tuple[VisitStatus, str, str]:
    failure = arrival.failure
    if failure is None:
        return VisitStatus.SKIPPED, PageCode.ROBOTS, "robots.txt forbids the visit."
    statuses = {Blocked: VisitStatus.BLOCKED, NotAPage: VisitStatus.SKIPPED, UnusableUrl: VisitStatus.SKIPPED}
    return statuses.get(type(failure), VisitStatus.FAILED), failure.code, failure.message


def _with_answer(arrival: Arrival, fetched: Fetched) -> tuple[VisitStatus, str | None, str | None]:
    if arrival.is_read:
        return VisitStatus.OK, None, None
    if fetched.location is not None:
        return VisitStatus.SKIPPED, PageCode.REDIRECTED, f"It redirects to {fetched.location}"
    return VisitStatus.FAILED, http_code(fetched.status), f"The server answered with status {fetched.status}."
