"""Stages of the pipeline at work in a test: one worker on one status queue, polled by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from scanlane.crew import make_stage_worker
from scanlane.services.pipeline import STAGES, Stage
from scanlane.services.sitemap_scheduler import process_pending_jobs
from scanlane.wiring import Wiring
from worklane import events
from worklane.postgres.status_queue import StatusQueue
from worklane.testing import EventLog
from worklane.worker import Worker


@dataclass(frozen=True, slots=True)
class RunningStage:
    """A worker that waits for somebody to poll."""

    stage: Stage
    queue: StatusQueue
    worker: Worker
    wiring: Wiring
    log: EventLog

    async def poll(self, *, batch: int = 50) -> int:
        """One tick of the scheduled poll; answer how many rows were started."""
        return await process_pending_jobs(
            self.worker, queue=self.stage.name, sessions=self.wiring.sessions, batch=batch
        )

    async def drain(self) -> int:
        """Poll until nothing waits and nothing runs; answer how many rows were started."""
        total = 0
        async with asyncio.timeout(60):
            while (taken := await self.poll()) or self.worker.running:
                total += taken
                await self.log.saw(events.Settled, times=total)
        return total


def stage_of(name: str) -> Stage:
    """The pipeline's stage of that name."""
    (found,) = (stage for stage in STAGES if stage.name == name)
    return found


@asynccontextmanager
async def running_stage(wiring: Wiring, name: str, log: EventLog) -> AsyncIterator[RunningStage]:
    """A worker on that stage while the block runs; it starts nothing by itself."""
    stage = stage_of(name)
    queue = wiring.status_queue(stage.column)
    worker = make_stage_worker(wiring, stage, queue, wiring.heartbeat(queue), listener=log)
    running = asyncio.create_task(worker.run())
    await worker.ready()
    try:
        yield RunningStage(stage, queue, worker, wiring, log)
    finally:
        worker.stop()
        await running
