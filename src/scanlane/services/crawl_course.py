"""The course of one crawl: what it has seen, what comes next, when it has had enough. Knows no network."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from scanlane.clients.website_errors import Blocked, HostPaused, PageUnreachable, ServerBusy
from scanlane.domain.authority import is_address
from scanlane.domain.embedded_links import embedded_links
from scanlane.domain.frontier import PROMISING, Frontier, QueuedUrl
from scanlane.domain.link_priority import CONTACT, HOME, PEOPLE, priority
from scanlane.domain.links import Scope, folder_of, follow, resolve
from scanlane.domain.page_codes import PageCode
from scanlane.domain.returns import Returns
from scanlane.domain.sightings import ContactKind
from scanlane.domain.urls import host_of, join, origin
from scanlane.services.crawl_values import CrawlOptions, CrawlState, PageVisit, SiteUnreachable, VisitStatus
from scanlane.services.page_visits import Arrival, describe

GUESSED_CONTACTS = ("/contact", "/contact-us", "/kontakt", "/impressum", "/legal-notice")
GUESSED_PEOPLE = ("/about", "/about-us", "/team")
MOST_HOPS = 5
MOST_SILENT_IN_A_ROW = 5
MOST_REBUFFS_IN_A_ROW = 8
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
        self._rebuffs = 0
        self._ways: dict[str, tuple[str, ...]] = {}
        self._guessed: set[str] = set()
        self._guessed_shapes: set[int] = set()
        self._bodies: set[tuple[int, int]] = set()
        self._places: set[str] = set()
        self._asked: set[str] = set()
        self._held: list[QueuedUrl] = []
        self._twins: list[PageVisit] = []
        self._addresses: set[str] = set()
        self._returns = Returns()

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
        course = cls(options, Scope(address + "/"), frontier, read_before=len(state.fetched))
        course._addresses.update(state.addresses)
        return course

    @property
    def is_open(self) -> bool:
        """Whether the budget leaves room for another page, and the site lets us in."""
        options = self._options
        most_requests = REQUESTS_A_PAGE * options.max_pages + 50
        has_room = self._read + self._under_way < options.max_pages and self._requested < most_requests
        return has_room and self._rebuffs < MOST_REBUFFS_IN_A_ROW

    @property
    def has_enough(self) -> bool:
        """Whether nothing new was found for long, and no promising page waits."""
        if self._options.thorough or self._returns.left:
            return False
        best = self._frontier.best_worth()
        return best is None or best < PROMISING

    def next_page(self) -> QueuedUrl | None:
        """The best waiting page, or None when there is none, the budget is spent, or enough was seen."""
        while self.is_open and not self.has_enough and (page := self._take()) is not None:
            place = _place_of(page.url)
            if place in self._places:
                self._twins.append(_twin(page))
            elif place in self._asked:
                self._held.append(page)
            else:
                self._asked.add(place)
                self._under_way += 1
                self._requested += 1
                return page
        return None

    def _take(self) -> QueuedUrl | None:
        """A page whose other spelling was under way until now, or the best of those that wait."""
        for page in self._held:
            if _place_of(page.url) not in self._asked:
                self._held.remove(page)
                return page
        return self._frontier.take()

    def settle(self, arrival: Arrival) -> list[PageVisit]:
        """Turn what came of a page into visits to report. Raises SiteUnreachable when the site fell silent."""
        self._under_way -= 1
        self._asked.discard(_place_of(arrival.page.url))
        visit = self._judged(arrival)
        if self._is_silence(arrival):
            return self._endure(arrival, visit)
        self._count(arrival, visit)
        visit = self._led_on(arrival, visit)
        # Pages that met silence stay unreported until the site answers again: if it does not, they are tried later.
        ended, self._silent = [*self._silent, visit], []
        # The page itself comes last: whoever opened the crawl goes on from it.
        return self._reported([*self._looks(arrival), *ended])

    def rest(self) -> list[PageVisit]:
        """The visits that were still held back at the end."""
        ended, self._silent = self._silent, []
        return self._reported(ended)

    def _reported(self, ended: list[PageVisit]) -> list[PageVisit]:
        twins, self._twins = self._twins, []
        return [replace(one, progress=self._advance()) for one in (*twins, *ended)]

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
        is_guess = arrival.page.url in self._guessed
        if is_guess and visit.http_status in (404, 410):
            return _skipped(visit, PageCode.GUESS, "There is no page at this guessed address.")
        if arrival.fetched is None or arrival.reading is None:
            return visit
        if is_guess and self._is_stand_in(arrival, visit):
            return _skipped(visit, PageCode.SOFT_404, "The site shows the same page for every guessed address.")
        # Python's own hash is keyed anew in each process, and ten times as fast as one that lasts.
        digest = (len(arrival.markup), hash(arrival.markup))
        if digest in self._bodies:
            return _skipped(visit, PageCode.DUPLICATE, "It repeats another page.")
        self._bodies.add(digest)
        self._places.add(_place_of(arrival.page.url))
        return visit

    def _is_stand_in(self, arrival: Arrival, visit: PageVisit) -> bool:
        """Whether a guessed page is like one guessed before but for its own address: the site has no 404."""
        name = arrival.page.url.rpartition("/")[2]
        links = tuple(link.href for link in arrival.reading.links if name not in link.href) if arrival.reading else ()
        shape = hash((visit.title.replace(name, ""), links, frozenset(one.value for one in visit.sightings)))
        is_known = shape in self._guessed_shapes
        self._guessed_shapes.add(shape)
        return is_known

    def _count(self, arrival: Arrival, visit: PageVisit) -> None:
        """Note what the answer was worth: to the budget, to its template, and to the question when to stop."""
        self._read += visit.status is VisitStatus.OK
        is_rebuff = isinstance(arrival.failure, Blocked) or visit.http_status in (401, 403)
        self._rebuffs = 0 if visit.status is VisitStatus.OK else self._rebuffs + is_rebuff
        if visit.code in (PageCode.REDIRECTED, PageCode.ROBOTS):
            return
        is_alive = visit.status is VisitStatus.OK or visit.code == PageCode.DUPLICATE
        if visit.code not in (PageCode.GUESS, PageCode.SOFT_404):
            self._frontier.answer(arrival.page, is_alive=is_alive)
        found = {one.value.lower() for one in visit.sightings if one.kind is ContactKind.EMAIL and not one.hidden}
        is_new = bool(found - self._addresses)
        self._addresses |= found
        if is_new:
            self._frontier.credit(arrival.page.url)
        self._returns.note(is_new=is_new, is_promising=arrival.page.priority >= PROMISING, is_alive=is_alive)

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
        paused = isinstance(arrival.failure, HostPaused)
        raise SiteUnreachable(reason, temporary=True, retry_after=wait, paused=paused)

    def _led_on(self, arrival: Arrival, visit: PageVisit) -> PageVisit:
        """The visit, with the pages that it newly leads to."""
        if arrival.fetched is not None and arrival.fetched.location is not None:
            return self._redirected(arrival.page, arrival.fetched.location, visit)
        if arrival.fetched is None or arrival.reading is None or visit.status is not VisitStatus.OK:
            return visit
        base = join(visit.final_url, arrival.reading.base) or visit.final_url
        parts = arrival.looked.links if arrival.looked else ()
        links = (*arrival.reading.links, *embedded_links(arrival.markup), *parts)
        pages = resolve(links, base, self.scope, depth=arrival.page.depth + 1)
        new = self._frontier.add(page for page in pages if not self._is_twin(page.url))
        return replace(visit, discovered=(*visit.discovered, *new))

    def _is_twin(self, url: str) -> bool:
        """Whether another spelling of a page is known: that of its folder, or one with or without a slash."""
        return self._frontier.is_known(folder_of(url)) or _place_of(url) in self._places

    def _redirected(self, page: QueuedUrl, location: str, visit: PageVisit) -> PageVisit:
        way = (*self._ways.pop(page.url, ()), page.url)
        if page.depth == 0:
            self.scope = Scope(location)
        target = follow(page.url, location, self.scope)
        # A page may redirect to its own spelling under the other scheme or host: there it is taken literally.
        target = location if target == page.url else target
        if target is None:
            return replace(visit, code=PageCode.REDIRECTED_AWAY)
        if target in way or len(way) > MOST_HOPS:
            return replace(visit, code=PageCode.REDIRECT_LOOP)
        self._ways[target] = way
        new = self._frontier.add([QueuedUrl(url=target, priority=page.priority + 1, depth=page.depth)])
        return replace(visit, discovered=(*visit.discovered, *new))

    def _guesses(self, known: Iterable[QueuedUrl]) -> list[QueuedUrl]:
        worths = {page.priority for page in known}
        has_contacts = any(worth > CONTACT - _SPREAD for worth in worths)
        has_people = any(PEOPLE - _SPREAD < worth <= PEOPLE for worth in worths)
        paths = (() if has_contacts else GUESSED_CONTACTS) + (() if has_people else GUESSED_PEOPLE)
        home = origin(self.scope.home)
        return [QueuedUrl(url=home + path, priority=priority(path), depth=1) for path in paths]

    def _advance(self) -> float:
        """How much of what will probably be visited was visited."""
        done = self._frontier.known - self._frontier.waiting - self._under_way
        left: float = self._frontier.waiting
        best = self._frontier.best_worth()
        if not self._options.thorough and (best is None or best < PROMISING):
            left = min(left, self._returns.left)
        known = max(done + self._under_way + left, 1)
        reached = max(self._read / self._options.max_pages, done / known)
        self._progress = max(self._progress, min(reached, 1.0))
        return self._progress


def _place_of(url: str) -> str:
    """What the spellings of one page have in common: /team, /team/ and /team/index.html."""
    return url if "?" in url else folder_of(url).rstrip("/")


def _twin(page: QueuedUrl) -> PageVisit:
    reason = "It is another spelling of a page that was read."
    skipped = VisitStatus.SKIPPED
    return PageVisit(url=page.url, final_url=page.url, status=skipped, code=PageCode.DUPLICATE, error=reason)


def _skipped(visit: PageVisit, code: PageCode, reason: str) -> PageVisit:
    return replace(visit, status=VisitStatus.SKIPPED, code=code, error=reason, sightings=())


def _asks_for_a_long_pause(arrival: Arrival, options: CrawlOptions) -> bool:
    wait = arrival.failure.retry_after if isinstance(arrival.failure, ServerBusy) else None
    return wait is not None and wait > options.longest_wait
