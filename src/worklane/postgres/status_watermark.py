"""Where the next claim of a status queue goes on: from the last row it took, and at times from the top again.

A long snapshot keeps the index entries of rows that were claimed since, and a claim from the top walks through all of
them. One that goes on from the last row meets only what came after it. What waits before that row is found by looking
back to the top: every so often, and whenever a claim came back with less than it asked for.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

import asyncpg

from worklane.claim import WorkerId
from worklane.postgres.compiled import Compiled, compiled
from worklane.postgres.records import Records
from worklane.postgres.status_statements import StatusStatements

LOOK_BACK_EVERY = timedelta(milliseconds=250)
LARGEST_SHARE_OF_LOOKING_BACK = 0.1

Key = tuple[Any, ...]


class Taker(Protocol):
    """A way to take due rows. Answers what TakingStatements answers."""

    async def take(self, worker: WorkerId, limit: int, *, thorough: bool) -> Sequence[asyncpg.Record]:
        """Take up to `limit` rows. `thorough`: look back before saying that there are fewer."""

    def look_back(self) -> None:
        """Begin the next claim at the top."""


class LookingBack:
    """When it is time to begin at the top again: so often, but never for more than a tenth of the time. 0: always."""

    def __init__(self, every: timedelta, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._every = every.total_seconds()
        self._clock = clock
        self._next = clock()

    def is_due(self) -> bool:
        """Whether it is time."""
        return self._clock() >= self._next

    def now(self) -> None:
        """Let it be time."""
        self._next = self._clock()

    def done(self, *, since: float) -> None:
        """It was done; it began at `since`, by the clock, in seconds."""
        ended = self._clock()
        if self._every > 0:
            self._next = ended + max(self._every, (ended - since) / LARGEST_SHARE_OF_LOOKING_BACK)


class FromTheWatermark:
    """Takes rows in the queue's order, each claim from where the last one ended."""

    def __init__(self, made: StatusStatements, records: Records, *, look_back_every: timedelta) -> None:
        self._records = records
        self._from_the_top = compiled(made.claim())
        self._from_the_mark = compiled(made.claim_from())
        self._columns = len(made.column.order)
        self._mark: Key | None = None
        self._looking_back = LookingBack(look_back_every)

    async def take(self, worker: WorkerId, limit: int, *, thorough: bool) -> Sequence[asyncpg.Record]:
        """Take up to `limit` rows. `thorough`: look back before saying that there are fewer."""
        taken: list[asyncpg.Record] = []
        if self._mark is not None and not self._looking_back.is_due():
            taken += await self._fetch(self._from_the_mark, worker, limit, as_arguments(self._mark))
            self._move(taken)
            if len(taken) == limit or not thorough:
                return taken
        return [*taken, *await self._take_from_the_top(worker, limit - len(taken))]

    def look_back(self) -> None:
        """Begin the next claim at the top."""
        self._looking_back.now()

    async def _take_from_the_top(self, worker: WorkerId, limit: int) -> Sequence[asyncpg.Record]:
        began = time.monotonic()
        taken = await self._fetch(self._from_the_top, worker, limit, {})
        self._looking_back.done(since=began)
        # With less than the limit it went to the end, past all that any earlier claim has met.
        self._move(taken, never_back=len(taken) < limit)
        return taken

    def _move(self, taken: Sequence[asyncpg.Record], *, never_back: bool = False) -> None:
        if not taken:
            return
        last = key_of(taken[-1], self._columns)
        if None in last:
            self._mark = None  # a row comparison with null finds nothing
        elif self._mark is None or not never_back or self._mark < last:
            self._mark = last

    async def _fetch(
        self, statement: Compiled, worker: WorkerId, limit: int, bound: Mapping[str, Any]
    ) -> list[asyncpg.Record]:
        return await self._records.fetch(statement.sql, *statement.arguments(worker=worker, limit=limit, **bound))


def key_of(row: asyncpg.Record, columns: int) -> Key:
    """What the row was ordered by."""
    return tuple(row[f"key_{number}"] for number in range(columns))


def as_arguments(key: Key) -> dict[str, Any]:
    """The key as a statement's :from_0, :from_1, ..."""
    return {f"from_{number}": value for number, value in enumerate(key)}
