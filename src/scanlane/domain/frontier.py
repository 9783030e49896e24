"""The pages of a site that a crawl knows of: which wait, which were taken, and which is best next. Pure."""

import heapq
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

MOST_KNOWN = 20_000
PAGES_A_TEMPLATE = 12
# What a page loses when its template has had its share: it comes after everything else, but it still comes.
DEMOTION = 100
# From this priority on the address or the link text promises contacts: such pages never lose their place.
ALWAYS_WELCOME = 60

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class QueuedUrl:
    """A page that waits to be fetched: higher priority first, then shallower, then older."""

    url: str
    priority: int
    depth: int


class Frontier:
    """A priority queue that hands out each URL once. Rebuildable from what was saved: see `resumed`."""

    def __init__(self, *, most_known: int = MOST_KNOWN, pages_a_template: int = PAGES_A_TEMPLATE) -> None:
        self._most_known = most_known
        self._pages_a_template = pages_a_template
        self._waiting: list[tuple[int, int, int, QueuedUrl]] = []
        self._known: set[str] = set()
        self._taken: set[str] = set()
        self._of_template: Counter[str] = Counter()
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
        while self._waiting:
            lost, depth, order, page = heapq.heappop(self._waiting)
            if page.url in self._taken:
                continue
            template = template_of(page.url)
            is_demoted = lost != -page.priority
            if not is_demoted and page.priority < ALWAYS_WELCOME and self._is_used_up(template):
                heapq.heappush(self._waiting, (DEMOTION - page.priority, depth, order, page))
                continue
            self._of_template[template] += 1
            self._taken.add(page.url)
            return page
        return None

    def mark(self, url: str) -> bool:
        """Count a URL as taken without handing it out; answer whether it was not taken before."""
        is_new = url not in self._taken
        self._known.add(url)
        self._taken.add(url)
        return is_new

    def forgive(self, url: str) -> None:
        """Give a template its place back: the page held something new."""
        self._of_template[template_of(url)] -= 1

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

    def _is_used_up(self, template: str) -> bool:
        return self._of_template[template] >= self._pages_a_template

    def _queue(self, page: QueuedUrl) -> bool:
        if page.url in self._known or len(self._known) >= self._most_known:
            return False
        self._known.add(page.url)
        self._order += 1
        heapq.heappush(self._waiting, (-page.priority, page.depth, self._order, page))
        return True


def template_of(url: str) -> str:
    """What pages of the same kind share: numbers are equal, the last path segment and parameter values do not count."""
    address, _, query = url.partition("?")
    folder, _, _ = address.rpartition("/")
    names = "&".join(sorted(part.partition("=")[0] for part in query.split("&"))) if query else ""
    if folder.count("/") == 2 and not names:
        # Small sites keep all pages in one folder: there, each page is a kind of its own.
        return address
    return f"{_NUMBER.sub('#', folder)}?{names}"
