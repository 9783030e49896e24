"""The visits of a crawl in the portions in which they are saved: what a crash may cost is decided here.

A portion waits for a second at most, also while the next page lets itself be waited for. Pages that come fast are saved
by the hundred, for each portion costs a handful of statements.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field

from scanlane.services.crawl_values import PageVisit

PAGES_A_PORTION = 10
MOST_PAGES_A_PORTION = 100
SECONDS_A_PORTION = 1.0
# Pages that come faster than this are saved in larger portions.
SECONDS_FOR_A_FEW_PAGES = 0.25


@dataclass(slots=True)
class _Portion:
    """Visits that wait to be saved together."""

    longest: float
    visits: list[PageVisit] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)

    def add(self, visit: PageVisit | None) -> None:
        if visit is not None:
            self.visits.append(visit)

    def is_full(self) -> bool:
        age, pages = time.monotonic() - self.since, len(self.visits)
        is_worth_it = pages >= PAGES_A_PORTION and age >= SECONDS_FOR_A_FEW_PAGES
        return is_worth_it or pages >= MOST_PAGES_A_PORTION or (pages > 0 and age >= self.longest)

    def seconds_left(self) -> float | None:
        """How long it may wait for another visit; None: as long as it takes."""
        return max(0.0, self.since + self.longest - time.monotonic()) if self.visits else None


async def portions(
    visits: AsyncIterator[PageVisit], *, longest: float = SECONDS_A_PORTION
) -> AsyncGenerator[tuple[PageVisit, ...], None]:
    """The visits in portions, none of which waits longer than `longest` seconds.

    When the visits end in an error, what came before it is handed over first. Close it (`aclosing`) before the visits.
    """
    portion, coming = _Portion(longest), asyncio.ensure_future(anext(visits, None))
    try:
        while not _is_over(coming):
            if coming.done():
                portion.add(coming.result())
                coming = asyncio.ensure_future(anext(visits, None))
            if portion.is_full():
                yield tuple(portion.visits)
                portion = _Portion(longest)
            await asyncio.wait({coming}, timeout=portion.seconds_left())
        if portion.visits:
            yield tuple(portion.visits)
        coming.result()
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


def _is_over(coming: asyncio.Future[PageVisit | None]) -> bool:
    return coming.done() and (coming.exception() is not None or coming.result() is None)
