"""Where in the order of due rows the next claim begins.

While somebody holds an old snapshot, the index keeps an entry of every row claimed since, and a claim from the top
steps over all of them. So once claims from the top are slow, a claim goes on where the last one ended. It begins at the
top again when it came back short, and at least every TOP_EVERY: a row that came in before the mark waits no longer.
"""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

TOP_EVERY = 0.25
# Seconds that a claim from the top may take, and may take for each row, before it counts as slow.
SLOW, SLOW_PER_ROW = 0.002, 0.00005


class Place(NamedTuple):
    """A place in the order of due rows: the most urgent first, then the longest waiting."""

    rank: int
    time: datetime
    id: UUID

    def as_parameters(self) -> dict[str, object]:
        """The place as a claiming statement takes it."""
        return {"from_rank": self.rank, "from_time": self.time, "from_id": self.id}


TOP = Place(-32768, datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))


class Bookmark:
    """The place of one queue's last claim, as far as it can be trusted."""

    def __init__(self, *, is_used: bool = True, clock: Callable[[], float] = time.monotonic) -> None:
        self._is_used = is_used
        self._clock = clock
        self._place = TOP
        self._kinds: Collection[str] = ()
        self._left_top = 0.0
        self._began = 0.0

    def begin(self, kinds: Collection[str]) -> Place:
        """Where a claim of rows of these kinds begins."""
        self._began = now = self._clock()
        if self._place is TOP or kinds != self._kinds or now - self._left_top >= TOP_EVERY:
            self._place, self._kinds, self._left_top = TOP, kinds, now
        return self._place

    def turn(self, rows: Sequence[asyncpg.Record], limit: int) -> None:
        """Note what the claim of up to `limit` rows that has just begun took."""
        is_quick = self._clock() - self._began < SLOW + SLOW_PER_ROW * limit
        if len(rows) < limit or (self._place is TOP and is_quick) or not self._is_used:
            self._place = TOP
        else:
            last = rows[-1]
            self._place = Place(-last["priority"], last["run_at"], last["id"])
