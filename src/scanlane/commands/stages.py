"""A few stages of the pipeline at work in this process, for commands that wait for what they have asked."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from scanlane.commands.serving import stopped_by_signals
from scanlane.crew import make_stage_worker
from scanlane.errors import AppError
from scanlane.services.pipeline import STAGES
from scanlane.services.sitemap_scheduler import process_pending_jobs
from scanlane.stores.queue_pauses import find_pauses
from scanlane.wiring import Wiring
from worklane import events
from worklane.worker import Worker

LOOK_EVERY = 0.25


class QueuePaused(AppError):
    """The queue is paused."""


@dataclass(frozen=True, slots=True)
class StagesAtWork:
    """Workers that start on what is waiting whenever they are told to look."""

    wiring: Wiring
    workers: Mapping[str, Worker]
    is_stopped: asyncio.Event

    async def look(self) -> None:
        """Start on what waits, then let a moment pass. Raises QueuePaused; KeyboardInterrupt once a signal came."""
        if self.is_stopped.is_set():
            raise KeyboardInterrupt
        await self._refuse_pauses()
        for queue, worker in self.workers.items():
            batch = self.wiring.settings.stage(queue).batch
            await process_pending_jobs(worker, queue=queue, sessions=self.wiring.sessions, batch=batch)
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await self.is_stopped.wait()
        except TimeoutError:
            return

    async def _refuse_pauses(self) -> None:
        async with self.wiring.sessions() as session:
            pauses = await find_pauses(session, self.workers)
        for queue, pause in pauses.items():
            raise QueuePaused(f"{queue} is paused: {pause.reason} (go on with: scanlane queues resume {queue})")


@asynccontextmanager
async def stages_at_work(wiring: Wiring, names: Collection[str]) -> AsyncIterator[StagesAtWork]:
    """Workers for these stages while the block runs; what is unfinished then is handed back."""
    stages = [stage for stage in STAGES if stage.name in names]
    queues = {stage.name: wiring.status_queue(stage.column) for stage in stages}
    heartbeat = wiring.heartbeat(*queues.values())
    workers = {
        stage.name: make_stage_worker(wiring, stage, queues[stage.name], heartbeat, listener=_quiet) for stage in stages
    }
    is_stopped = asyncio.Event()
    with stopped_by_signals(lambda _: is_stopped.set()):
        working = [asyncio.create_task(worker.run()) for worker in workers.values()]
        try:
            for worker in workers.values():
                await worker.ready()
            yield StagesAtWork(wiring, workers, is_stopped)
        finally:
            for worker in workers.values():
                worker.stop(at_once=True)
            await asyncio.gather(*working)


def _quiet(event: events.Event) -> None:
    del event  # the terminal shows the rows themselves
