"""Claims with a bug in them: what the tests of races must be able to find."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

from benchmarks.ordering.schema import JOBS, RATES, WORKERS
from sqlalchemy import CTE, Select, select, true

from worklane.postgres.compiled import compiled
from worklane.postgres.ordered_claims import OrderedClaims
from worklane.postgres.ordered_statements import OrderedStatements
from worklane.postgres.records import Records


class UnlockedStatements(OrderedStatements):
    """Statements that think that every key's lock is theirs."""

    def _with_locks(self, chosen: CTE) -> Select[Any]:
        row = chosen.c
        return select(row.id, row.type, row.limit_key, true().label("is_ours"))


class Pausing(OrderedClaims):
    """Sound claims that wait before they commit."""

    before_commit: Callable[[], Awaitable[None]]
    connection: Records

    @asynccontextmanager
    async def _claiming(self) -> AsyncIterator[Records]:
        async with super()._claiming() as connection:
            self.connection = connection
            yield connection
            await self.before_commit()


class WithoutKeyLocks(Pausing):
    """Two claims may count the same key at the same time."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        rates = RATES if given["order"].has_rates else None
        made = UnlockedStatements(JOBS, WORKERS, rates)
        self._candidates = compiled(made.candidates(fair=given["order"].fair is not None))


class Beginning(OrderedClaims):
    """Sound claims that wait once their transaction has begun and has seen something."""

    isolation: Literal["read_committed", "repeatable_read"] = "read_committed"
    once_begun: Callable[[], Awaitable[None]]

    @asynccontextmanager
    async def _claiming(self) -> AsyncIterator[Records]:
        async with self._pool.acquire() as connection, connection.transaction(isolation=self.isolation):
            await connection.fetch("select 1 from workers limit 1")
            await self.once_begun()
            yield connection


class WithAStaleSnapshot(Beginning):
    """The count is as old as the beginning of the transaction, not younger than the key's lock."""

    isolation = "repeatable_read"
