"""Peer: worklane. Run it with the queue benchmark's harness, whose README says what a peer is.

The engine as it is used: durable commits, finished jobs kept, a token check on every settlement, a heartbeat, rescue,
retries, attempts logged, NOTIFY. OPT_BATCH: how many rows a worker has in hand at once.
"""

import asyncio
import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import harness as h

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.schema import CreateIndex, CreateTable

from worklane.claim import Claim
from worklane.executor import Executor
from worklane.heartbeat import Heartbeat
from worklane.outcome import Done, Outcome
from worklane.plain_work import PlainWork
from worklane.postgres.columns import (
    FUNCTIONS,
    JOB_STORAGE,
    ClaimBatchColumns,
    JobColumns,
    WorkerColumns,
    job_indexes,
)
from worklane.postgres.enqueuer import Enqueuer
from worklane.postgres.job_queue import JobQueue
from worklane.postgres.listener import Listener
from worklane.postgres.pulse import PostgresPulse
from worklane.postgres.records import RawLines
from worklane.work import Report
from worklane.worker import Worker, WorkerOptions

KIND = "pg"
DB = "b_worklane"
N = 20_000
REMAIN_SQL = "select count(*) from jobs where status in ('pending', 'running')"


class Base(DeclarativeBase):
    """The tables of this peer."""


class Job(JobColumns, Base):
    """A job."""

    __tablename__ = "jobs"
    __table_args__ = (*job_indexes("jobs"), JOB_STORAGE)


class WorkerRow(WorkerColumns, Base):
    """A living worker."""

    __tablename__ = "workers"


class Batch(ClaimBatchColumns, Base):
    """What one claim took."""

    __tablename__ = "claim_batches"


JOBS: Table = Base.metadata.tables["jobs"]
WORKERS: Table = Base.metadata.tables["workers"]
BATCHES: Table = Base.metadata.tables["claim_batches"]


async def setup() -> None:
    """Make functions, tables and indexes in the harness's new database."""
    postgres = dialect()  # type: ignore[no-untyped-call]
    made = [
        CreateTable(JOBS),
        CreateTable(WORKERS),
        CreateTable(BATCHES),
        *map(CreateIndex, sorted(JOBS.indexes, key=lambda one: one.name)),
    ]
    connection = await asyncpg.connect(h.dsn(DB))
    for statement in (*FUNCTIONS, *(str(one.compile(dialect=postgres)) for one in made)):
        await connection.execute(statement)
    await connection.close()


class Client:
    """Who adds jobs."""

    async def start(self) -> None:
        """Connect."""
        self._records = RawLines(lambda: asyncpg.connect(h.dsn(DB)))
        self._enqueuer = Enqueuer(jobs=JOBS, records=self._records)

    async def one(self, i: int) -> None:
        """Add one job; return after its commit."""
        await self._enqueuer.enqueue({"type": "noop", "payload": {"i": i}})

    async def bulk(self, ids: Sequence[int]) -> None:
        """Add many jobs; return after their commit."""
        await self._enqueuer.enqueue_many([{"type": "noop", "payload": {"i": i}} for i in ids])

    async def stop(self) -> None:
        """Disconnect."""
        await self._records.close()


class Noop(PlainWork):
    """The job's body: leave a mark."""

    kind = "noop"

    async def perform(self, given: Claim, report: Report[Any]) -> Outcome:  # noqa: ARG002
        """Say that job `i` has begun."""
        h.mark(given.payload["i"])
        return Done()


def run_worker() -> None:
    """Work until SIGTERM."""
    import uvloop

    h.marks()
    gc.collect()
    gc.freeze()  # as `scanlane work` does: what was imported is not looked at again
    uvloop.install()
    asyncio.run(_work())


async def _work() -> None:
    dsn = h.dsn(DB)
    async with RawLines(lambda: asyncpg.connect(dsn)) as records:
        queue = JobQueue(jobs=JOBS, workers=WORKERS, batches=BATCHES, records=records, sessions=None)  # type: ignore[arg-type]
        heartbeat = Heartbeat(PostgresPulse(workers=WORKERS, lanes=[queue], connect=lambda: asyncpg.connect(dsn)))
        options = WorkerOptions(concurrency=h.opt("BATCH", 1000))
        worker = Worker(queue, Executor(queue, [Noop()]), heartbeat, options=options)
        asyncio.get_running_loop().add_signal_handler(15, worker.stop)
        listening = asyncio.create_task(Listener(lambda: asyncpg.connect(dsn), worker.nudge).run())
        h.barrier()
        await worker.run()
        listening.cancel()
