"""Steps that tests of races are made of."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

from tests.worklane.benches import JobBench
from worklane.claim import Claim, WorkerId
from worklane.errors import ClaimLost
from worklane.lifecycle import Settlement, Status
from worklane.postgres.job_queue import JobQueue

COMPLETE = Settlement(status=Status.COMPLETE)
DEAD_AFTER = timedelta(seconds=6)
THE_LOCK = 42


async def worker(jobs: JobBench) -> WorkerId:
    one = uuid4()
    await jobs.pulse.register(one, "test")
    return one


async def claimed(jobs: JobBench, by: WorkerId | None = None) -> Claim:
    [claim] = await jobs.queue.claim(by or await worker(jobs), kinds={jobs.kind}, limit=1)
    return claim


async def settles(queue: JobQueue, claim: Claim, settlement: Settlement = COMPLETE) -> bool:
    try:
        async with queue.settling(claim, settlement):
            return True
    except ClaimLost:
        return False


@asynccontextmanager
async def holding(jobs: JobBench, statement: str, *arguments: object) -> AsyncIterator[None]:
    """A transaction that runs the statement, and commits when the block ends."""
    async with jobs.pool.acquire() as connection, connection.transaction():
        await connection.execute(statement, *arguments)
        yield


async def waits_for_a_lock(jobs: JobBench, *, times: int = 1) -> None:
    """Wait until that many statements of this database wait for a lock."""
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    found = 0
    async with asyncio.timeout(10):
        while found < times:
            found = await jobs.pool.fetchval(waiting)
