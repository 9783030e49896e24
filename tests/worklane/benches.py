"""The queues under test, with the handles that their contract needs, and a job lane on a database of one's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.models import Base
from scanlane.session.async_session import DatabaseOptions, connect, make_engine, make_lines, make_pool, make_sessions
from worklane.contract import SeenRow
from worklane.lifecycle import Status
from worklane.memory import MemoryPulse, MemoryQueue
from worklane.order import FairShare, Limit, Order
from worklane.postgres.bookmark import Bookmark
from worklane.postgres.job_queue import Enqueued, JobQueue
from worklane.postgres.pulse import PostgresPulse
from worklane.postgres.status_column import StatusColumn
from worklane.postgres.status_queue import StatusQueue
from worklane.testing import TurnableClock

JOBS, WORKERS = Base.metadata.tables["jobs"], Base.metadata.tables["workers"]
BATCHES = Base.metadata.tables["claim_batches"]
PLACES, CLAIMS = Base.metadata.tables["places_staging"], Base.metadata.tables["status_claims"]
DOMAIN_ID = UUID(int=1)
TURNED_CLOCK = """
create or replace function worklane_now() returns timestamptz language sql stable parallel safe
return statement_timestamp() + make_interval(secs => {seconds})
"""


class MemoryBench:
    """A queue in memory, on a clock that can be turned."""

    kind = "crawl"

    def __init__(self) -> None:
        self.clock = TurnableClock()
        self.queue = MemoryQueue(self.clock)
        self.pulse = MemoryPulse(self.queue)

    async def add_row(self) -> UUID:
        row_id, _ = await self.queue.enqueue(self.kind, subject=str(len(self.queue.rows)))
        return row_id

    async def see(self, row_id: UUID) -> SeenRow:
        row = self.queue.rows[row_id]
        return SeenRow(status=row.status, error=row.error)

    async def turn_clock(self, by: timedelta) -> None:
        self.clock.turn(by)

    async def write(self, session: object, row_id: UUID, error: str) -> None:
        self.queue.rows[row_id].error = error


class JobBench:
    """The job lane on a migrated database."""

    kind = "crawl"

    def __init__(
        self, *, options: DatabaseOptions, pool: "asyncpg.Pool[Any]", sessions: async_sessionmaker[AsyncSession]
    ) -> None:
        self.options = options
        self.pool = pool
        self.sessions = sessions
        self.queue = self.new_queue()
        self.pulse = self.new_pulse()
        self._turned = timedelta(0)
        self._subjects = 0

    def new_queue(self, *, bookmark: Bookmark | None = None) -> JobQueue:
        tables = {"jobs": JOBS, "workers": WORKERS, "batches": BATCHES}
        return JobQueue(**tables, records=self.pool, sessions=self.sessions, bookmark=bookmark)

    def new_pulse(self) -> PostgresPulse:
        return PostgresPulse(workers=WORKERS, lanes=[self.queue], connect=lambda: connect(self.options))

    async def add_row(self) -> UUID:
        self._subjects += 1
        return (await self.enqueue(str(self._subjects))).job_id

    async def enqueue(self, subject: str, *, tenant: str = "", **values: Any) -> Enqueued:
        about = {"type": self.kind, "subject": subject, "tenant": tenant, "domain_id": DOMAIN_ID, "user_id": "u"}
        async with self.sessions.begin() as session:
            return await self.queue.enqueue(session, {**about, **values})

    async def cancel(self, row_id: UUID, *, tenant: str = "") -> bool:
        async with self.sessions.begin() as session:
            return await self.queue.cancel(session, row_id, tenant=tenant)

    async def see(self, row_id: UUID) -> SeenRow:
        row = await self.row(row_id)
        return SeenRow(status=Status(row["status"]), error=row["error"])

    async def row(self, row_id: UUID) -> asyncpg.Record:
        row: asyncpg.Record | None = await self.pool.fetchrow("select * from jobs where id = $1", row_id)
        assert row is not None
        return row

    async def turn_clock(self, by: timedelta) -> None:
        self._turned += by
        await self.pool.execute(TURNED_CLOCK.format(seconds=self._turned.total_seconds()))

    async def write(self, session: object, row_id: UUID, error: str) -> None:
        assert isinstance(session, AsyncSession)
        await session.execute(text("update jobs set error = :error where id = :id"), {"error": error, "id": row_id})


class StatusBench:
    """The status lane over the places of a migrated database."""

    kind = "deep_scan"

    def __init__(self, jobs: JobBench) -> None:
        self._jobs = jobs
        self._column = StatusColumn(
            queue=self.kind,
            table=PLACES,
            status="deep_scan_status",
            error="deep_scan_error",
            order_by=("created_at", "id"),
        )
        self.queue = StatusQueue(
            self._column, claims=CLAIMS, workers=WORKERS, records=jobs.pool, sessions=jobs.sessions
        )
        self.pulse = PostgresPulse(workers=WORKERS, lanes=[self.queue], connect=lambda: connect(jobs.options))

    async def add_row(self) -> UUID:
        adding = (
            "insert into places_staging (tenant, ref, name, deep_scan_status)"
            " values ('', gen_random_uuid()::text, 'Place', 'Queued') returning id"
        )
        row_id: UUID = await self._jobs.pool.fetchval(adding)
        return row_id

    async def see(self, row_id: UUID) -> SeenRow:
        reading = "select deep_scan_status, deep_scan_error from places_staging where id = $1"
        row = await self._jobs.pool.fetchrow(reading, row_id)
        assert row is not None
        words = {self._column.word(status): status for status in Status if status is not Status.CANCELLED}
        return SeenRow(status=words[row[0]], error=row[1])

    async def turn_clock(self, by: timedelta) -> None:
        await self._jobs.turn_clock(by)

    async def write(self, session: object, row_id: UUID, error: str) -> None:
        assert isinstance(session, AsyncSession)
        writing = text("update places_staging set deep_scan_error = :error where id = :id")
        await session.execute(writing, {"error": error, "id": row_id})


class OrderedJobBench(JobBench):
    """The job lane in an order: shares, and a limit that none of its rows has a key for."""

    order = Order(fair=FairShare(), limits={JobBench.kind: Limit(running=1)})

    def new_queue(self, *, bookmark: Bookmark | None = None) -> JobQueue:
        tables = {"jobs": JOBS, "workers": WORKERS, "batches": BATCHES}
        lines = make_lines(self.options, size=8)
        return JobQueue(**tables, records=lines, sessions=self.sessions, bookmark=bookmark, order=self.order)


@asynccontextmanager
async def job_bench(
    url: str, *, connections: int = 8, pooled_elsewhere: bool = False, kind: type[JobBench] = JobBench
) -> AsyncIterator[JobBench]:
    """A job lane over this database, with the one domain that its jobs are about."""
    options = DatabaseOptions(
        url=url, application_name="tests", pool_size=connections, pooled_elsewhere=pooled_elsewhere
    )
    engine, pool = make_engine(options), await make_pool(options, size=connections)
    await pool.execute(
        "insert into domains (id, tenant, name, start_url) values ($1, '', 'site.example', 'https://site.example/')"
        " on conflict do nothing",
        DOMAIN_ID,
    )
    bench = kind(options=options, pool=pool, sessions=make_sessions(engine))
    try:
        yield bench
    finally:
        await bench.pulse.close()
        await pool.close()
        await engine.dispose()
