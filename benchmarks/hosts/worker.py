"""One worker process of a machine: `python -m benchmarks.hosts.worker ORDER`; the fault suite's, leaving marks."""

import asyncio
import contextlib
import json
import logging
import signal
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from benchmarks.chaos.mutants import plant, queue_class
from benchmarks.chaos.plan import Mutant
from benchmarks.chaos.schema import JOBS, WORKERS
from benchmarks.chaos.work import ChaosWork, Given
from benchmarks.chaos.worker import RAW_CONNECTIONS, READY, SESSIONS, Order
from benchmarks.hosts.marks import FENCED, NOT_WORKING, WORKING, mark, marks_beside

from scanlane.session.async_session import (
    DatabaseOptions,
    connect,
    make_engine,
    make_pool,
    make_sessions,
    passes_by_itself,
)
from worklane import events
from worklane.executor import Executor, Persistence
from worklane.heartbeat import Rhythm
from worklane.outcome import Outcome
from worklane.postgres.listener import Listener
from worklane.postgres.pulse import PostgresPulse
from worklane.work import Report
from worklane.worker import Worker, WorkerOptions


@dataclass
class MarkedWork(ChaosWork):
    """The work of the fault suite, which marks when it is at work; not while it waits for a portion to be kept."""

    async def perform(self, given: Given, report: Report[int]) -> Outcome:
        """Perform between two marks."""
        attempt = _Attempt(marks_beside(self.outside), given, report)
        attempt.mark(WORKING)
        try:
            return await super().perform(given, attempt)
        finally:
            attempt.mark(NOT_WORKING)


class _Attempt:
    """A report that marks how long it takes."""

    def __init__(self, marks: Path, given: Given, report: Report[int]) -> None:
        self._marks = marks
        self._given = given
        self._report = report

    def mark(self, what: str) -> None:
        mark(self._marks, what, self._given.job_id, self._given.token)

    async def keep(self, portion: int, *, progress: float | None = None) -> None:
        # A write that is cancelled takes its time to give up a connection nobody answers on; no work is done meanwhile.
        self.mark(NOT_WORKING)
        await self._report.keep(portion, progress=progress)
        self.mark(WORKING)

    async def progress(self, fraction: float) -> None:
        self.mark(NOT_WORKING)
        await self._report.progress(fraction)
        self.mark(WORKING)


async def work(order: Order) -> None:
    """Work until SIGTERM."""
    database = DatabaseOptions(url=order.url, application_name=order.name, pool_size=SESSIONS)
    engine, pool = make_engine(database), await make_pool(database, size=RAW_CONNECTIONS)
    mutant, tell = Mutant(order.mutant), _teller(Path(order.outside))
    queue = queue_class(mutant)(jobs=JOBS, workers=WORKERS, records=pool, sessions=make_sessions(engine))
    pulse = PostgresPulse(jobs=JOBS, workers=WORKERS, connect=lambda: connect(database))
    plant(mutant, queue=queue, pulse=pulse, skew=timedelta(0))
    persistence = Persistence(passing=passes_by_itself)
    executor = Executor(queue, [MarkedWork(Path(order.outside))], listener=tell, persistence=persistence)
    worker = Worker(queue, executor, pulse, options=_options(order), listener=tell)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    listening = asyncio.create_task(Listener(lambda: connect(database), worker.nudge, listener=tell).run())
    try:
        await worker.run()
    finally:
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening
        await pool.close()
        await engine.dispose()


def _options(order: Order) -> WorkerOptions:
    rhythm = Rhythm(
        every=timedelta(seconds=order.every),
        dead_after=timedelta(seconds=order.dead_after),
        margin=timedelta(seconds=order.margin),
    )
    rescue_every = timedelta(seconds=order.rescue_every)
    return WorkerOptions(concurrency=order.slots, rhythm=rhythm, rescue_every=rescue_every, name=order.name)


def _teller(outside: Path) -> events.Listener:
    def tell(event: events.Event) -> None:
        if isinstance(event, events.WorkerStarted):
            print(READY, flush=True)
        if isinstance(event, events.Fenced):
            mark(marks_beside(outside), FENCED, UUID(event.worker))
        if not isinstance(event, events.Claimed | events.Settled):
            events.to_log(event)

    return tell


def main() -> None:
    """Read the order and work."""
    order = Order(**json.loads(sys.argv[1]))
    logging.basicConfig(level=logging.INFO, format=f"%(asctime)s {order.name} %(message)s")
    asyncio.run(work(order))


if __name__ == "__main__":
    main()
