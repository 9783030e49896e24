"""The pages of a site that a crawl knows of: which wait, which were taken, and which is best next. Pure."""

import heapq
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

from scanlane.domain.templates import Trials, Yield, template_of

MOST_KNOWN = 20_000
PAGES_A_TEMPLATE = 12
# What a page loses when its template has had its share: it comes after everything else, but it still comes.
DEMOTION = 100
# What a page of an untried kind loses where such pages are mostly dead: it comes after all those of living kinds.
DISTRUST = 200
# What a page gains when others of its template gave contacts: it comes before pages of which nothing is known.
WELCOME = 15
# From this priority on the address or the link text promises contacts: such templates get a larger share.
PROMISING = 60
PATIENCE_WITH_PROMISES = 3


@dataclass(frozen=True, slots=True)
class QueuedUrl:
    """A page that waits to be fetched: higher priority first, then shallower, then older."""

    url: str
    priority: int
    depth: int


@dataclass(slots=True)
class _Template:
    """The pages of one kind: what they gave so far, and which of them wait."""

    given: Yield = field(default_factory=Yield)
    waiting: list[QueuedUrl] = field(default_factory=list)


class Frontier:
    """A priority queue that hands out each URL once. Rebuildable from what was saved: see `resumed`."""

    def __init__(self, *, most_known: int = MOST_KNOWN, pages_a_template: int = PAGES_A_TEMPLATE) -> None:
        self._most_known = most_known
        self._pages_a_template = pages_a_template
        self._heap: list[tuple[int, int, int, QueuedUrl]] = []
        self._known: set[str] = set()
        self._taken: set[str] = set()
        self._templates: dict[str, _Template] = {}
        self._trials = {True: Trials(), False: Trials()}
        self._order = 0

    @classmethod
    def resumed(cls, fetched: Iterable[str], queued: Iterable[QueuedUrl]) -> Self:
        """Go on from saved pages: what was fetched stays fetched, what waited waits again."""
        frontier = cls()
        for url in fetched:
            frontier.mark(url)
        frontier.add(queued)
        return frontier

    def add(self, found: Iterable[QueuedUrl]) -> tuple[QueuedUrl, ...]:
        """Queue what is not known yet; answer what was queued."""
        return tuple(page for page in found if self._queue(page))

    def take(self) -> QueuedUrl | None:
        """Hand out the best waiting page; None when nothing waits."""
        page = self._best()
        if page is not None:
            heapq.heappop(self._heap)
            self._taken.add(page.url)
            self._template(page.url).given.taken += 1
        return page

    def best_worth(self) -> int | None:
        """The standing of the page that `take` would hand out: its priority, and what its template adds or takes."""
        return -self._heap[0][0] if self._best() is not None else None

    def mark(self, url: str) -> bool:
        """Count a URL as taken without handing it out; answer whether it was not taken before."""
        is_new = url not in self._taken
        self._known.add(url)
        self._taken.add(url)
        return is_new

    def credit(self, url: str) -> None:
        """Note that a page which was handed out held something new: others of its template come sooner."""
        template = self._template(url)
        with self._revalued(template):
            template.given.credit()

    def answer(self, page: QueuedUrl, *, is_alive: bool) -> None:
        """Note whether a page that was handed out was there at all."""
        template = self._template(page.url)
        with self._revalued(template):
            if template.given.answer(is_alive=is_alive):
                self._trials[page.priority >= PROMISING].note(is_alive=is_alive)

    def is_known(self, url: str) -> bool:
        """Whether the URL waits or was taken."""
        return url in self._known

    @property
    def known(self) -> int:
        """How many URLs wait or were taken."""
        return len(self._known)

    @property
    def waiting(self) -> int:
        """How many URLs wait."""
        return len(self._known) - len(self._taken)

    def _best(self) -> QueuedUrl | None:
        """Bring the best waiting page to the top of the heap. A page whose standing has sunk is put back lower."""
        while self._heap:
            lost, _, _, page = self._heap[0]
            if page.url in self._taken:
                heapq.heappop(self._heap)
            elif -lost > self._standing(page):
                heapq.heappop(self._heap)
                self._push(page)
            else:
                return page
        return None

    def _standing(self, page: QueuedUrl) -> int:
        is_promising = page.priority >= PROMISING
        is_alive, is_welcome, is_used_up, is_broken_promise = self._esteem(self._template(page.url))
        if not is_alive and self._trials[is_promising].fail:
            return page.priority - DISTRUST
        if is_broken_promise if is_promising else is_used_up:
            return page.priority - DEMOTION
        return page.priority + (WELCOME if is_welcome and not is_promising else 0)

    @contextmanager
    def _revalued(self, template: _Template) -> Iterator[None]:
        """Give its waiting pages their place anew when the template's esteem has changed."""
        before = self._esteem(template)
        yield
        if self._esteem(template) != before:
            template.waiting = [page for page in template.waiting if page.url not in self._taken]
            for page in template.waiting:
                self._push(page)

    def _esteem(self, template: _Template) -> tuple[bool, bool, bool, bool]:
        """Whether its pages exist, are welcome, have had their share, and have had it even if they promise much."""
        given, share = template.given, self._pages_a_template
        return (
            given.alive > 0,
            given.is_welcome,
            given.is_used_up(share),
            given.is_used_up(share * PATIENCE_WITH_PROMISES),
        )

    def _queue(self, page: QueuedUrl) -> bool:
        if page.url in self._known or len(self._known) >= self._most_known:
            return False
        self._known.add(page.url)
        self._template(page.url).waiting.append(page)
        self._push(page)
        return True

    def _push(self, page: QueuedUrl) -> None:
        self._order += 1
        heapq.heappush(self._heap, (-self._standing(page), page.depth, self._order, page))

    def _template(self, url: str) -> _Template:
        return self._templates.setdefault(template_of(url), _Template())
