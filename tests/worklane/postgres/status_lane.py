"""Status queues over places, with one thing or another declared otherwise, and the steps their tests are made of."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from tests.worklane.benches import CLAIMS, PLACES, WORKERS, JobBench
from worklane.claim import Claim, WorkerId
from worklane.lifecycle import Settlement, Status
from worklane.postgres.records import Records
from worklane.postgres.status_column import StatusColumn
from worklane.postgres.status_queue import StatusQueue

KIND = "deep_scan"
KINDS = frozenset({KIND})
DEAD_AFTER = timedelta(seconds=6)
NOT_BY_ITSELF = timedelta(hours=1)
COMPLETE = Settlement(status=Status.COMPLETE)
COLUMN = StatusColumn(
    queue=KIND, table=PLACES, status="deep_scan_status", error="deep_scan_error", order_by=("created_at",)
)
IN_TURNS = replace(COLUMN, group="tenant")
# What a queue without groups claims through; the application's own index begins with the tenant.
WITHOUT_TURNS = (
    "create index ix_places_staging_queued on places_staging (created_at, id) where deep_scan_status = 'Queued'"
)
ADD = """
insert into places_staging (tenant, ref, name, deep_scan_status, created_at)
select $1, gen_random_uuid()::text, 'Place', 'Queued', timestamptz '2026-01-01 00:00+00' + make_interval(secs => $2 + n)
from generate_series(1, $3::integer) n returning id
"""


def queue_over(
    jobs: JobBench,
    column: StatusColumn = COLUMN,
    *,
    look_back_every: timedelta = NOT_BY_ITSELF,
    records: Records | None = None,
) -> StatusQueue:
    """A queue that looks back to the top only when it has a reason to."""
    return StatusQueue(
        column,
        claims=CLAIMS,
        workers=WORKERS,
        records=records or jobs.pool,
        sessions=jobs.sessions,
        look_back_every=look_back_every,
    )


async def a_worker(jobs: JobBench) -> WorkerId:
    """A worker that is known."""
    worker = uuid4()
    await jobs.pulse.register(worker, "test")
    return worker


async def add_places(jobs: JobBench, number: int = 1, *, second: int = 0, tenant: str = "") -> list[UUID]:
    """So many waiting places, a second apart, the first one `second` seconds after midnight."""
    rows = await jobs.pool.fetch(ADD, tenant, float(second), number)
    return [row["id"] for row in rows]


async def take(jobs: JobBench, queue: StatusQueue, limit: int = 10, *, alone: bool = False) -> Sequence[Claim]:
    """What a new worker gets."""
    return await queue.claim(await a_worker(jobs), kinds=KINDS, limit=limit, alone=alone)


async def crash(jobs: JobBench, queue: StatusQueue, *, alone: bool = False) -> Status:
    """A worker takes one row and dies; answer what the rescue makes of the row."""
    assert len(await take(jobs, queue, 1, alone=alone)) == 1
    await jobs.pool.execute("delete from workers")
    [rescued] = await queue.rescue(dead_after=DEAD_AFTER, limit=10)
    return rescued.status


async def place(jobs: JobBench, row_id: UUID) -> tuple[str, str | None]:
    """A place's status and error."""
    reading = "select deep_scan_status, deep_scan_error from places_staging where id = $1"
    row = await jobs.pool.fetchrow(reading, row_id)
    assert row is not None
    return row[0], row[1]


async def number_of_claims(jobs: JobBench) -> int:
    """How many rows the claims table has."""
    return int(await jobs.pool.fetchval("select count(*) from status_claims"))


class NotedRecords:
    """A pool that notes what it was asked."""

    def __init__(self, jobs: JobBench) -> None:
        self._pool = jobs.pool
        self.asked: list[str] = []

    async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[asyncpg.Record]:
        self.asked.append(query)
        return await self._pool.fetch(query, *args)


@asynccontextmanager
async def an_old_snapshot(jobs: JobBench) -> AsyncIterator[None]:
    """For as long as the block lasts, nothing that was deleted since its beginning can be cleaned away."""
    async with jobs.pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
        await connection.fetchval("select count(*) from workers")
        yield


async def all_of(claims: Sequence[Claim], queue: StatusQueue, settlement: Settlement = COMPLETE) -> list[Any]:
    """Settle them at the same time; answer what each got."""
    return await asyncio.gather(*(queue.settle(claim, settlement) for claim in claims), return_exceptions=True)
