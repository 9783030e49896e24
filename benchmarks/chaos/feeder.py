"""The caller of a run: enqueues jobs in step with the faults, and knows which of them were accepted."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from uuid import UUID

from benchmarks.chaos.plan import PlannedJob, due_by
from benchmarks.chaos.schema import BATCHES, JOBS, WORKERS
from benchmarks.chaos.work import KIND, PLAIN_KIND
from sqlalchemy import select

from scanlane.session.async_session import (
    DatabaseOptions,
    make_engine,
    make_pool,
    make_sessions,
    passes_by_itself,
)
from worklane.postgres.job_queue import JobQueue

NAME = "feeder"
CHUNK = 100
TICK = 0.05
TRICKLE = 5


class Feeder:
    """Feeds the planned jobs; `accepted` holds the ids whose commit was answered."""

    def __init__(self, queue: JobQueue, options: DatabaseOptions) -> None:
        self._engine = make_engine(options)
        self._sessions = make_sessions(self._engine)
        self._queue = queue
        self.accepted: list[UUID] = []

    async def feed(self, jobs: Sequence[PlannedJob], progress: Callable[[], float]) -> None:
        """Enqueue all jobs, as many at a time as are due by the progress (0..1) of the faults."""
        fed = 0
        while fed < len(jobs):
            due = due_by(progress(), len(jobs)) - fed
            if due > 0:
                # A small step is spread over the ticks to come, so that the queue stays nearly empty; a burst is not.
                number = min(due, CHUNK) if due > CHUNK else max(1, due // TRICKLE)
                await self._insist(jobs[fed : fed + number])
                fed += number
            if due <= CHUNK:
                await asyncio.sleep(TICK)

    async def close(self) -> None:
        """Give up the connections."""
        await self._engine.dispose()

    async def _insist(self, chunk: Sequence[PlannedJob]) -> None:
        while True:
            try:
                await self._enqueue(chunk)
            except Exception as error:
                if not passes_by_itself(error):
                    raise
                await asyncio.sleep(0.1)
            else:
                self.accepted.extend(job.id for job in chunk)
                return

    async def _enqueue(self, chunk: Sequence[PlannedJob]) -> None:
        async with self._sessions.begin() as session:
            # A commit whose answer was lost may have happened: only what is missing is added.
            found = await session.scalars(select(JOBS.c.id).where(JOBS.c.id.in_([job.id for job in chunk])))
            there = set(found)
            for job in chunk:
                if job.id not in there:
                    await self._queue.enqueue(session, _values(job))


@contextlib.asynccontextmanager
async def feeder(url: str) -> AsyncIterator[Feeder]:
    """A feeder with connections of its own."""
    options = DatabaseOptions(url=url, application_name=NAME, pool_size=2)
    pool = await make_pool(options)
    engine = make_engine(options)
    queue = JobQueue(jobs=JOBS, workers=WORKERS, batches=BATCHES, records=pool, sessions=make_sessions(engine))
    feeding = Feeder(queue, options)
    try:
        yield feeding
    finally:
        await feeding.close()
        await engine.dispose()
        await pool.close()


def _values(job: PlannedJob) -> dict[str, object]:
    return {
        "id": job.id,
        "type": PLAIN_KIND if job.is_plain else KIND,
        "payload": {"seconds": job.seconds, "is_stubborn": job.is_stubborn},
        "subject": job.subject,
        "seconds": job.seconds,
        "portions": job.portions,
        "is_poison": job.is_poison,
        "is_stubborn": job.is_stubborn,
    }
