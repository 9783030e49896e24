"""The course of one crawl: what it has seen, what comes next, when it has had enough. Knows no network."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from scanlane.clients.website_errors import PageUnreachable, ServerBusy
from scanlane.domain.authority import is_address
from scanlane.domain.embedded_links import embedded_links
from scanlane.domain.frontier import Frontier, QueuedUrl
from scanlane.domain.link_priority import CONTACT, HOME, PEOPLE, priority
from scanlane.domain.links import Scope, folder_of, follow, resolve
from scanlane.domain.urls import host_of, join, origin
from scanlane.services.crawl_values import CrawlOptions, CrawlState, PageVisit, SiteUnreachable, VisitStatus
from scanlane.services.page_visits import Arrival, describe

GUESSED_CONTACTS = ("/contact", "/contact-us", "/kontakt", "/impressum", "/legal-notice")
GUESSED_PEOPLE = ("/about", "/about-us", "/team")
MOST_HOPS = 5
MOST_SILENT_IN_A_ROW = 5
REQUESTS_A_PAGE = 3
_SPREAD = 5


class Course:
    """Hands out pages and takes what came of them; the budget and the end are decided here."""

    def __init__(self, options: CrawlOptions, scope: Scope, frontier: Frontier, *, read_before: int = 0) -> None:
        self.scope = scope
        self._options = options
        self._frontier = frontier
        self._read = read_before
        self._requested = read_before
        self._under_way = 0
        self._progress = 0.0
        self._silent: list[PageVisit] = []
        self._hops: dict[str, int] = {}
        self._guessed: set[str] = set()
        self._bodies: set[tuple[int, int]] = set()
        self._contacts: set[tuple[str, str]] = set()

    @classmethod
    def from_home(cls, options: CrawlOptions, home: str) -> "Course":
        """Start with the home page alone."""
        course = cls(options, Scope(home), Frontier())
        course._frontier.add([QueuedUrl(url=home, priority=HOME, depth=0)])
        return course

    @classmethod
    def resumed(cls, options: CrawlOptions, state: CrawlState, home: str) -> "Course":
        """Go on where an interrupted crawl stopped. The host that most pages have is the home's."""
        known = [page.url for page in state.queued] or list(state.fetched)
        ((address, _),) = Counter(map(origin, known)).most_common(1) or [(origin(home), 0)]
        frontier = Frontier.resumed(state.fetched, state.queued)
        return cls(options, Scope(address + "/"), frontier, read_before=len(state.fetched))

    @property
    def is_open(self) -> bool:
        """Whether the budget leaves room for another page."""
        options = self._options
        most_requests = REQUESTS_A_PAGE * options.max_pages + 50
        return self._read + self._under_way < options.max_pages and self._requested < most_requests

    def next_page(self) -> QueuedUrl | None:
        """The best waiting page, or None when there is none or the budget is spent."""
        page = self._frontier.take() if self.is_open else None
        if page is not None:
            self._under_way += 1
            self._requested += 1
        return page

    def settle(self, arrival: Arrival) -> list[PageVisit]:
        """Turn what came of a page into visits to report. Raises SiteUnreachable when the site fell silent."""
        self._under_way -= 1
        visit = self._judged(arrival)
        if self._is_silence(arrival):
            return self._endure(arrival, visit)
        self._read += visit.status is VisitStatus.OK
        discovered = (*visit.discovered, *self._discover(arrival, visit))
        # Pages that met silence stay unreported until the site answers again: if it does not, they are tried later.
        ended, self._silent = [*self._silent, replace(visit, discovered=discovered)], []
        # The page itself comes last: whoever opened the crawl goes on from it.
        return [replace(one, progress=self._advance()) for one in (*self._looks(arrival), *ended)]

    def rest(self) -> list[PageVisit]:
        """The visits that were still held back at the end."""
        ended, self._silent = self._silent, []
        return [replace(one, progress=self._advance()) for one in ended]

    def falls_back(self, arrival: Arrival) -> bool:
        """Whether a missing start page was replaced by the root of its host."""
        root = origin(arrival.page.url) + "/"
        if arrival.fetched is None or arrival.fetched.status not in (404, 410):
            return False
        return bool(self._frontier.add([QueuedUrl(url=root, priority=HOME, depth=0)]))

    def add_seeds(self, home: PageVisit, pages: Iterable[QueuedUrl]) -> PageVisit:
        """Queue pages that no link leads to, and guess a few addresses for what is still missing."""
        root = QueuedUrl(url=origin(self.scope.home) + "/", priority=HOME, depth=1)
        seeds = self._frontier.add([root, *pages])
        guesses = self._frontier.add(self._guesses((*home.discovered, *seeds)))
        self._guessed.update(page.url for page in guesses)
        own: frozenset[str] = frozenset()
        if not is_address(host_of(home.final_url)):
            own = frozenset({host_of(home.final_url)})
        return replace(home, discovered=(*home.discovered, *seeds, *guesses), declared_hosts=home.declared_hosts | own)

    def _judged(self, arrival: Arrival) -> PageVisit:
        visit = describe(arrival)
        if arrival.page.url in self._guessed and visit.http_status in (404, 410):
            return replace(visit, status=VisitStatus.SKIPPED, error="There is no page at this guessed address.")
        if arrival.fetched is None or not arrival.is_read:
            return visit
        # Python's own hash is keyed anew in each process, and ten times as fast as one that lasts.
        digest = (len(arrival.markup), hash(arrival.markup))
        if digest in self._bodies:
            return replace(visit, status=VisitStatus.SKIPPED, error="It repeats another page.", sightings=())
        self._bodies.add(digest)
        return visit

    def _looks(self, arrival: Arrival) -> list[PageVisit]:
        """The files that were looked at beside the page; each counts as a request, and is no page any more."""
        visits = arrival.looked.visits if arrival.looked else ()
        self._requested += len(visits)
        return [visit for visit in visits if self._frontier.mark(visit.url)]

    def _is_silence(self, arrival: Arrival) -> bool:
        """Whether the home's own host did not answer; other hosts of the site may be gone for good."""
        failure = arrival.failure
        silent = isinstance(failure, PageUnreachable | ServerBusy) and failure.temporary
        return silent and self.scope.is_home(arrival.page.url)

    def _endure(self, arrival: Arrival, visit: PageVisit) -> list[PageVisit]:
        self._silent.append(visit)
        if len(self._silent) < MOST_SILENT_IN_A_ROW and not _asks_for_a_long_pause(arrival, self._options):
            return []
        wait = arrival.failure.retry_after if isinstance(arrival.failure, ServerBusy) else None
        reason = visit.error or "The site stopped answering."
        raise SiteUnreachable(reason, temporary=True, retry_after=wait)

    def _discover(self, arrival: Arrival, visit: PageVisit) -> tuple[QueuedUrl, ...]:
        if arrival.fetched is not None and arrival.fetched.location is not None:
            return self._redirected(arrival.page, arrival.fetched.location)
        if arrival.fetched is None or arrival.reading is None or visit.status is not VisitStatus.OK:
            return ()
        found = {(str(sighting.kind), sighting.value) for sighting in visit.sightings}
        if found - self._contacts:
            self._contacts |= found
            self._frontier.forgive(arrival.page.url)
        base = join(visit.final_url, arrival.reading.base) or visit.final_url
        parts = arrival.looked.links if arrival.looked else ()
        links = (*arrival.reading.links, *embedded_links(arrival.markup), *parts)
        pages = resolve(links, base, self.scope, depth=arrival.page.depth + 1)
        return self._frontier.add(page for page in pages if not self._frontier.is_known(folder_of(page.url)))

    def _redirected(self, page: QueuedUrl, location: str) -> tuple[QueuedUrl, ...]:
        hops = self._hops.pop(page.url, 0) + 1
        if page.depth == 0:
            self.scope = Scope(location)
        target = follow(page.url, location, self.scope)
        # A page may redirect to its own spelling under the other scheme or host: there it is taken literally.
        target = location if target == page.url else target
        if target is None or hops > MOST_HOPS:
            return ()
        self._hops[target] = hops
        return self._frontier.add([QueuedUrl(url=target, priority=page.priority + 1, depth=page.depth)])

    def _guesses(self, known: Iterable[QueuedUrl]) -> list[QueuedUrl]:
        worths = {page.priority for page in known}
        has_contacts = any(worth > CONTACT - _SPREAD for worth in worths)
        has_people = any(PEOPLE - _SPREAD < worth <= PEOPLE for worth in worths)
        paths = (() if has_contacts else GUESSED_CONTACTS) + (() if has_people else GUESSED_PEOPLE)
        home = origin(self.scope.home)
        return [QueuedUrl(url=home + path, priority=priority(path), depth=1) for path in paths]

    def _advance(self) -> float:
        done = self._frontier.known - self._frontier.waiting - self._under_way
        known = max(self._frontier.known, 1)
        reached = max(self._read / self._options.max_pages, done / known)
        self._progress = max(self._progress, min(reached, 1.0))
        return self._progress


def _asks_for_a_long_pause(arrival: Arrival, options: CrawlOptions) -> bool:
    wait = arrival.failure.retry_after if isinstance(arrival.failure, ServerBusy) else None
    return wait is not None and wait > options.longest_wait
