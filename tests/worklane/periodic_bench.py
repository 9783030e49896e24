"""Periodic tasks over tables of their own, on a database whose clock the test turns."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase

from scanlane.session.async_session import DatabaseOptions, connect, make_engine, make_pool, make_sessions
from tests.conftest import Server
from worklane.executor import AnyWork, Executor
from worklane.lifecycle import Status
from worklane.periodic import Every, Periodic
from worklane.postgres.columns import FUNCTIONS, ClaimBatchColumns, JobColumns, WorkerColumns, job_indexes
from worklane.postgres.job_queue import JobQueue
from worklane.postgres.periodic_statements import PeriodicSlotColumns
from worklane.postgres.periodic_ticker import PeriodicTicker
from worklane.postgres.pulse import PostgresPulse
from worklane.postgres.retention import finished_indexes
from worklane.testing import EventLog, drain_once

START = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
KIND = "report"
STANDING_CLOCK = """
create or replace function worklane_now() returns timestamptz language sql stable parallel safe
return timestamptz '{}'
"""


class Base(DeclarativeBase):
    """The tables of these tests."""


class TaskJob(JobColumns, Base):
    """A job that is one run of a task."""

    __tablename__ = "jobs"
    __table_args__ = (*job_indexes("jobs"), *finished_indexes("jobs"))


class TaskWorker(WorkerColumns, Base):
    """A worker process."""

    __tablename__ = "workers"


class TaskBatch(ClaimBatchColumns, Base):
    """What one claim took."""

    __tablename__ = "claim_batches"


class TaskSlot(PeriodicSlotColumns, Base):
    """A slot of a task."""

    __tablename__ = "periodic_slots"


JOBS, WORKERS, SLOTS = (Base.metadata.tables[name] for name in ("jobs", "workers", "periodic_slots"))
BATCHES = Base.metadata.tables["claim_batches"]


def hourly(**values: Any) -> Periodic:
    """A task that runs each full hour."""
    return Periodic(**{"name": "hourly", "schedule": Every(HOUR), "kind": KIND, **values})


class PeriodicBench:
    """Slots and jobs; the time is START, and stands still until it is turned."""

    def __init__(
        self, options: DatabaseOptions, pool: "asyncpg.Pool[Any]", sessions: async_sessionmaker[AsyncSession]
    ) -> None:
        self.options = options
        self.pool = pool
        self.sessions = sessions
        self.queue = JobQueue(jobs=JOBS, workers=WORKERS, batches=BATCHES, records=pool, sessions=sessions)
        self.log = EventLog()
        self.now = START

    def pulse(self) -> PostgresPulse:
        return PostgresPulse(workers=WORKERS, lanes=[self.queue], connect=lambda: connect(self.options))

    def ticker(self, task: Periodic | None = None, *, queue: JobQueue | None = None, **values: Any) -> PeriodicTicker:
        given = {"slots": SLOTS, "sessions": self.sessions, "listener": self.log, **values}
        return PeriodicTicker(task or hourly(), queue=queue or self.queue, **given)

    async def make_tables(self) -> None:
        async with self.sessions.begin() as session:
            for statement in FUNCTIONS:
                await session.execute(text(statement))
            await (await session.connection()).run_sync(Base.metadata.create_all)
        await self.set_clock(START)

    async def set_clock(self, now: datetime) -> None:
        """Let the database's clock stand at this moment."""
        self.now = now
        await self.pool.execute(STANDING_CLOCK.format(now.isoformat()))

    async def turn_clock(self, by: timedelta) -> None:
        await self.set_clock(self.now + by)

    async def drain(self, work: AnyWork) -> int:
        """Run what is due now; answer how many jobs that was."""
        pulse = self.pulse()
        ran = await drain_once(self.queue, Executor(self.queue, [work], listener=self.log), pulse)
        await pulse.close()
        return ran

    async def claim(self) -> UUID:
        """Claim the one job that waits, for a worker that lives."""
        worker, pulse = uuid4(), self.pulse()
        await pulse.register(worker, "test")
        await pulse.close()
        [claim] = await self.queue.claim(worker, kinds={KIND}, limit=10)
        return claim.row_id

    async def finish(self, status: Status = Status.COMPLETE) -> None:
        """Let all jobs be finished now."""
        finishing = "update jobs set status = $1, finished_at = worklane_now() where finished_at is null"
        await self.pool.execute(finishing, status.value)

    async def jobs(self) -> list[asyncpg.Record]:
        return await self.pool.fetch("select * from jobs order by created_at, run_at")

    async def slots(self) -> list[asyncpg.Record]:
        return await self.pool.fetch("select * from periodic_slots order by task, slot")


@asynccontextmanager
async def fresh_bench(server: Server) -> AsyncIterator[PeriodicBench]:
    """The bench over a database of its own, dropped afterwards."""
    name = f"test_{uuid4().hex[:16]}"
    await server.run(f'create database "{name}"')
    async with periodic_bench(server.database(name)) as made:
        await made.make_tables()
        yield made
    await server.run(f'drop database if exists "{name}" with (force)')


@asynccontextmanager
async def periodic_bench(url: str, *, connections: int = 8) -> AsyncIterator[PeriodicBench]:
    """The bench over this database, whose tables may be there or not."""
    options = DatabaseOptions(url=url, application_name="tests", pool_size=connections)
    engine, pool = make_engine(options), await make_pool(options, size=connections)
    try:
        yield PeriodicBench(options, pool, make_sessions(engine))
    finally:
        await pool.close()
        await engine.dispose()
