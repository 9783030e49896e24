"""A worker over a queue in memory, whose work waits at a gate."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

from tests.worklane.works import Gate, SteeredWork, TwitchyPulse, WatchedQueue
from worklane.executor import Executor
from worklane.heartbeat import Heartbeat, Rhythm
from worklane.memory import MemoryRow
from worklane.testing import EventLog
from worklane.worker import Worker, WorkerOptions

LONG = timedelta(minutes=5)
FAST = Rhythm(
    every=timedelta(milliseconds=40), dead_after=timedelta(milliseconds=400), margin=timedelta(milliseconds=100)
)
OPTIONS = WorkerOptions(concurrency=2, poll_every=LONG, rescue_every=timedelta(milliseconds=50), grace=LONG)


class Bench:
    """A queue, and a worker whose work waits at a gate."""

    def __init__(self, queue: WatchedQueue | None = None) -> None:
        self.queue = queue or WatchedQueue()
        self.pulse = TwitchyPulse(self.queue)
        self.gate = Gate()
        self.work = SteeredWork(performing=self.gate)
        self.log = EventLog()
        self.executor = Executor(self.queue, [self.work], listener=self.log)

    def worker(self, options: WorkerOptions = OPTIONS) -> Worker:
        heartbeat = Heartbeat(self.pulse, name="test", rhythm=FAST)
        return Worker(self.queue, self.executor, heartbeat, options=options, listener=self.log)

    async def add_rows(self, number: int, *, kind: str = "crawl") -> list[MemoryRow]:
        ids = [await self.queue.enqueue(kind, subject=str(uuid4())) for _ in range(number)]
        return [self.queue.rows[row_id] for row_id, _ in ids]

    async def add_row(self) -> MemoryRow:
        [row] = await self.add_rows(1)
        return row


@asynccontextmanager
async def at_work(worker: Worker) -> AsyncIterator[asyncio.Task[None]]:
    """Run the worker while the block lasts; stop it at once when the block ends."""
    running = asyncio.create_task(worker.run())
    await worker.ready()
    try:
        yield running
    finally:
        worker.stop(at_once=True)
        async with asyncio.timeout(20):
            await asyncio.wait([running])
