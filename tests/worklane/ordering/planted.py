"""Claims with a bug in them: what the tests of races must be able to find."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.ordering.schema import BATCHES, JOBS, RATES, WORKERS
from sqlalchemy import CTE, Select, select, true

from scanlane.session.async_session import DatabaseOptions, connect
from worklane.postgres.compiled import compiled
from worklane.postgres.ordered_claims import OrderedClaims
from worklane.postgres.ordered_statements import OrderedStatements
from worklane.postgres.records import RawLines, Records


class UnlockedStatements(OrderedStatements):
    """Statements that think that every key's lock is theirs."""

    def _with_locks(self, chosen: CTE) -> Select[Any]:
        row = chosen.c
        return select(row.id, row.type, row.limit_key, true().label("is_ours"))


class WithoutKeyLocks(OrderedClaims):
    """Two claims may count the same key at the same time."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        rates = RATES if given["order"].has_rates else None
        made = UnlockedStatements(JOBS, WORKERS, BATCHES, rates)
        self._candidates = compiled(made.candidates(fair=given["order"].fair is not None))


class Pausing(RawLines):
    """Transactions that wait before they commit."""

    before_commit: Callable[[], Awaitable[None]]
    connection: Records

    def __init__(self, options: DatabaseOptions) -> None:
        super().__init__(lambda: connect(options))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Records]:
        async with super().transaction() as connection:
            self.connection = connection
            yield connection
            await self.before_commit()


class Beginning(RawLines):
    """Transactions that wait once they have begun and have seen something."""

    isolation = "read committed"
    once_begun: Callable[[], Awaitable[None]]

    def __init__(self, options: DatabaseOptions) -> None:
        super().__init__(lambda: connect(options))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Records]:
        async with super().transaction() as connection:
            await connection.fetch(f"set transaction isolation level {self.isolation}")
            await connection.fetch("select 1 from workers limit 1")
            await self.once_begun()
            yield connection


class WithAStaleSnapshot(Beginning):
    """The count is as old as the beginning of the transaction, not younger than the key's lock."""

    isolation = "repeatable read"
