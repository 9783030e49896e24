"""Where one job is struck, in memory and in tables, and where the next worker finishes what was left."""

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
from sqlalchemy import QueuePool, event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from scanlane.session.async_session import DatabaseOptions, make_engine, make_sessions, passes_by_itself
from tests.worklane.benches import BATCHES, JOBS, WORKERS, JobBench
from tests.worklane.model.portions import ALL_EFFECTS, SuspendingQueue, TwoPortions, TwoPortionsInTables
from tests.worklane.model.strikes import Strike, cancel, struck, vanish
from worklane.claim import Claim
from worklane.contract import DEAD_AFTER, LONGER_THAN_THAT
from worklane.executor import Executor, Persistence
from worklane.lifecycle import Status
from worklane.memory import MemoryPulse, MemoryRow
from worklane.postgres.job_queue import JobQueue
from worklane.testing import EventLog, TurnableClock, drain_once

INSISTING = Persistence(
    passing=passes_by_itself, first_wait=timedelta(milliseconds=1), give_up_after=timedelta(seconds=10)
)


class MemoryStage:
    """One job in memory, and what is left of it."""

    def __init__(self, work: TwoPortions | None = None) -> None:
        self.clock = TurnableClock()
        self.queue = SuspendingQueue(self.clock)
        self.pulse = MemoryPulse(self.queue)
        self.executor = Executor(self.queue, [work or TwoPortions()], listener=EventLog())

    async def claimed(self) -> Claim:
        worker = uuid4()
        await self.pulse.register(worker, "struck")
        row_id, _ = await self.queue.enqueue("crawl", subject="site.example", max_attempts=1)
        claim = await self.queue.claim_one(worker, row_id, kinds={"crawl"})
        assert claim is not None
        return claim

    async def finished(self) -> MemoryRow:
        """The row, once another worker has finished what was left."""
        await drain_once(self.queue, self.executor, self.pulse)
        [row] = self.queue.rows.values()
        assert self.queue.effects == {(row.id, what): 1 for what in ALL_EFFECTS}
        assert (row.status, row.worker, self.queue.open_sessions) == (Status.COMPLETE, None, 0)
        return row


async def cancel_in_memory(at: int, work: TwoPortions | None = None) -> bool:
    """Cancel at this await, hand back, finish; answer whether there was such an await."""
    stage = MemoryStage(work)
    claim = await stage.claimed()
    was_struck = await struck(stage.executor.execute(claim), at=at, strike=cancel)

    await stage.queue.hand_back([claim])
    row = await stage.finished()

    assert (row.attempt, row.crashes) == (1, 0)
    return was_struck


async def vanish_in_memory(at: int) -> bool:
    """Vanish at this await, be rescued, finish; answer whether there was such an await."""
    stage = MemoryStage()
    was_struck = await struck(stage.executor.execute(await stage.claimed()), at=at, strike=vanish)

    stage.clock.turn(LONGER_THAN_THAT)
    rescued = await stage.queue.rescue(dead_after=DEAD_AFTER, limit=10)
    row = await stage.finished()

    assert (row.attempt, row.crashes) == (1 + len(rescued), len(rescued))
    return was_struck


STRUCK = "struck"
OPEN_TRANSACTIONS = """
select count(*) from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
  and (xact_start is not null or state = 'active' or application_name = $1)
"""


class TableStage:
    """One job after the other in tables. `executor` runs on connections that may be struck, `jobs` on healthy ones."""

    def __init__(self, jobs: JobBench, engine: AsyncEngine, work: TwoPortions | None = None) -> None:
        self.jobs = jobs
        self.engine = engine
        self.work = work or TwoPortionsInTables()
        self.executor = executor_on(engine, self.work)
        self.cuts = 0
        self._connections: list[asyncpg.Connection[asyncpg.Record]] = []
        event.listen(engine.sync_engine, "checkout", lambda made, *_: self._connections.append(made.driver_connection))

    async def claimed(self, *, max_attempts: int = 1) -> Claim:
        row_id = (await self.jobs.enqueue("site.example", max_attempts=max_attempts)).job_id
        worker = uuid4()
        await self.jobs.pulse.register(worker, STRUCK)
        claim = await self.jobs.queue.claim_one(worker, row_id, kinds={"crawl"})
        assert claim is not None
        return claim

    def cut(self) -> None:
        """Every connection of the struck side breaks."""
        for connection in self._connections:
            self.cuts += not connection.is_closed()
            connection.terminate()
        self._connections.clear()

    async def finished(self, claim: Claim) -> asyncpg.Record:
        """The row, once another worker has finished what was left."""
        await self.nothing_is_open()
        healthy = Executor(self.jobs.queue, [self.work], listener=EventLog(), persistence=INSISTING)
        await drain_once(self.jobs.queue, healthy, self.jobs.pulse)
        row = await self.jobs.row(claim.row_id)
        assert (row["status"], row["worker_id"]) == (Status.COMPLETE, None)
        return row

    async def effects(self, claim: Claim) -> dict[str, int]:
        """How often each effect of the job was written."""
        rows = await self.jobs.pool.fetch("select what, writes from effects where job_id = $1", claim.row_id)
        return {row["what"]: row["writes"] for row in rows}

    async def nothing_is_open(self) -> None:
        """Wait until no connection is checked out, no transaction open, and a process that was killed is gone."""
        deadline = time.monotonic() + 10
        while checked_out(self.engine) or await self.jobs.pool.fetchval(OPEN_TRANSACTIONS, STRUCK):
            assert time.monotonic() < deadline, "a connection or a transaction was left open"


def checked_out(engine: AsyncEngine) -> int:
    """How many connections are in somebody's hands."""
    assert isinstance(engine.pool, QueuePool)
    return engine.pool.checkedout()


def executor_on(engine: AsyncEngine, work: TwoPortions) -> Executor:
    """What carries the job on connections of this engine."""
    queue = JobQueue(jobs=JOBS, workers=WORKERS, batches=BATCHES, records=NoRecords(), sessions=make_sessions(engine))
    return Executor(queue, [work], listener=EventLog(), persistence=INSISTING)


@asynccontextmanager
async def warm_engine(url: str, *, application: str = "tests") -> AsyncIterator[AsyncEngine]:
    """An engine of the struck side, with a connection at hand."""
    engine = make_engine(DatabaseOptions(url=url, application_name=application, pool_size=1))
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select 1"))
        yield engine
    finally:
        await engine.dispose()


async def cancel_in_tables(stage: TableStage, at: int) -> bool:
    """Cancel at this await, hand back, finish; answer whether there was such an await."""
    claim = await stage.claimed()
    was_struck = await struck(stage.executor.execute(claim), at=at, strike=cancel)

    await stage.jobs.queue.hand_back([claim])
    row = await stage.finished(claim)

    assert (row["attempt"], row["crashes"]) == (1, 0)
    assert await stage.effects(claim) == dict.fromkeys(ALL_EFFECTS, 1)
    return was_struck


async def cut_in_tables(stage: TableStage, at: int) -> bool:
    """Break the connection at this await. The work goes on, unless it was still being loaded.

    An answer that was lost makes the executor write a portion again; only what settles the row is written once.
    """
    claim = await stage.claimed(max_attempts=2)
    stage.work.has_begun = False
    was_struck = await struck(stage.executor.execute(claim), at=at, strike=lambda _: stage.cut())
    attempts = 1 if stage.work.has_begun else 2

    row = await stage.finished(claim)
    effects = await stage.effects(claim)

    assert (row["attempt"], row["crashes"]) == (attempts, 0)
    assert effects.keys() == set(ALL_EFFECTS)
    assert effects["saved"] == 1
    assert max(effects.values()) <= 2
    return was_struck


async def kill_in_tables(stage: TableStage, at: int) -> bool:
    """Kill the process at this await, be rescued, finish; answer whether there was such an await."""
    claim = await stage.claimed()
    process = multiprocessing.get_context("fork").Process(target=_live_until, args=(stage.jobs.options.url, claim, at))
    process.start()
    await asyncio.to_thread(process.join, 30)
    assert process.exitcode in (0, -signal.SIGKILL)

    await stage.nothing_is_open()
    await stage.jobs.turn_clock(LONGER_THAN_THAT)
    rescued = await stage.jobs.queue.rescue(dead_after=DEAD_AFTER, limit=10)
    row = await stage.finished(claim)

    assert (row["attempt"], row["crashes"]) == (1 + len(rescued), len(rescued))
    assert await stage.effects(claim) == dict.fromkeys(ALL_EFFECTS, 1)
    return process.exitcode != 0


def _live_until(url: str, claim: Claim, at: int) -> None:
    asyncio.run(_executed(url, claim, at=at, strike=lambda _: os.kill(os.getpid(), signal.SIGKILL)))


async def _executed(url: str, claim: Claim, *, at: int, strike: Strike) -> None:
    async with warm_engine(url, application=STRUCK) as engine:
        await struck(executor_on(engine, TwoPortionsInTables()).execute(claim), at=at, strike=strike)


class NoRecords:
    """An executor claims nothing."""

    async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[asyncpg.Record]:
        raise NotImplementedError
