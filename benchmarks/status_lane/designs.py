"""The designs that are compared. Each claims a batch and completes it; statements are counted on the way."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

import asyncpg
from benchmarks.status_lane.schema import CLAIMS, QUEUE, WORKER, WORKERS, fair, plain
from sqlalchemy.ext.asyncio import async_sessionmaker

from worklane.claim import Claim
from worklane.lifecycle import Settlement, Status
from worklane.postgres.status_column import StatusColumn
from worklane.postgres.status_queue import StatusQueue
from worklane.postgres.status_watermark import LOOK_BACK_EVERY, LookingBack

COMPLETE = Settlement(status=Status.COMPLETE)
OLDEST_FIRST, BY_TENANT = "created_at, id", "tenant, created_at, id"
CLAIM_COLUMNS = """
update entities set status = 'Processing', error = null, worker_id = $1, attempt = attempt + 1,
    claim_token = claim_token + 1, run_after = null
where id = any (array (
    select id from entities
    where status = 'Queued' and (run_after is null or run_after <= worklane_now()) and {bound}
      and exists (select from workers where workers.id = $1)
    order by created_at, id limit $2 for update skip locked))
returning id, claim_token, created_at
"""
ANY, FROM_THE_MARK = "true", "(created_at, id) >= ($3, $4)"
COMPLETE_COLUMNS = """
update entities set status = 'Completed', error = null, worker_id = null
from unnest($1::uuid[], $2::bigint[]) as given (row_id, token)
where id = given.row_id and claim_token = given.token and status = 'Processing'
returning id
"""
HELD_COLUMNS = "select id, claim_token from entities where worker_id = $1 and status = 'Processing'"


class CountedRecords:
    """A connection that counts its statements."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection
        self.statements = 0

    async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[asyncpg.Record]:
        """Run a statement and answer its rows."""
        self.statements += 1
        return await self._connection.fetch(query, *args, timeout=timeout)


class Design(Protocol):
    """One way to keep claims."""

    async def claim(self, limit: int) -> Sequence[Any]:
        """Take rows."""

    async def complete(self, claims: Sequence[Any]) -> int:
        """Settle them; answer how many."""

    async def beat(self) -> int:
        """Look up what the worker holds; answer how many rows."""


class ColumnsOnTheOwnersTable:
    """Claim columns on the owner's table, by bare statements; with a watermark if it looks back only at times."""

    def __init__(self, records: CountedRecords, look_back_every: timedelta) -> None:
        self._records = records
        self._mark: tuple[Any, ...] = ()
        self._looking_back = LookingBack(look_back_every)

    async def claim(self, limit: int) -> Sequence[asyncpg.Record]:
        """Take rows."""
        bound, began = () if self._looking_back.is_due() else self._mark, time.monotonic()
        text = CLAIM_COLUMNS.format(bound=FROM_THE_MARK if bound else ANY)
        rows = await self._records.fetch(text, WORKER, limit, *bound)
        if not bound:
            self._looking_back.done(since=began)
        self._mark = max((row["created_at"], row["id"]) for row in rows)
        return rows

    async def complete(self, claims: Sequence[asyncpg.Record]) -> int:
        """Settle them; answer how many."""
        ids: list[UUID] = [row["id"] for row in claims]
        return len(await self._records.fetch(COMPLETE_COLUMNS, ids, [row["claim_token"] for row in claims]))

    async def beat(self) -> int:
        """Look up what the worker holds; answer how many rows."""
        return len(await self._records.fetch(HELD_COLUMNS, WORKER))


class NarrowTable:
    """The status queue itself, claims in a narrow table; `look_back_every` 0 begins each claim at the top."""

    def __init__(self, records: CountedRecords, column: StatusColumn, look_back_every: timedelta) -> None:
        self._records = records
        self._queue = StatusQueue(
            column,
            claims=CLAIMS,
            workers=WORKERS,
            records=records,
            sessions=async_sessionmaker(),
            look_back_every=look_back_every,
        )

    async def claim(self, limit: int) -> Sequence[Claim]:
        """Take rows."""
        return await self._queue.claim(WORKER, kinds={QUEUE}, limit=limit)

    async def complete(self, claims: Sequence[Claim]) -> int:
        """Settle them; answer how many."""
        settlements = [(claim, COMPLETE) for claim in claims]
        done = await self._queue.exchange(WORKER, settlements, kinds={QUEUE}, limit=0)
        return len(done.settled)

    async def beat(self) -> int:
        """Look up what the worker holds; answer how many rows."""
        held_by = self._queue.held_by
        return len(await self._records.fetch(held_by.sql, *held_by.arguments(worker=WORKER)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A design by its name, and the index it wants."""

    name: str
    index: str = OLDEST_FIRST
    has_columns: bool = False
    column: StatusColumn | None = None
    look_back_every: timedelta = LOOK_BACK_EVERY

    def over(self, records: CountedRecords) -> Design:
        """The design at work."""
        if self.column is None:
            return ColumnsOnTheOwnersTable(records, self.look_back_every)
        return NarrowTable(records, self.column, self.look_back_every)


CONTENDERS = (
    Contender(name="columns", has_columns=True, look_back_every=timedelta(0)),
    Contender(name="columns, watermark", has_columns=True),
    Contender(name="narrow", column=plain(), look_back_every=timedelta(0)),
    Contender(name="narrow, watermark", column=plain()),
    Contender(name="narrow, watermark, turns", column=fair(), index=BY_TENANT),
)
