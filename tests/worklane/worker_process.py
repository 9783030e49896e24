"""A real worker process for tests that kill and pause it: `python -m tests.worklane.worker_process URL MODE BEAT`.

MODE `run` finishes its work at once; `hold` never does, and when it is told to stop it tries to finish all the same.
BEAT is the time between two beats in seconds. Events are printed, one line each.
"""

import asyncio
import contextlib
import os
import signal
import sys
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.worklane.benches import JobBench, job_bench
from worklane import events
from worklane.backoff import Backoff
from worklane.claim import Claim
from worklane.executor import Executor
from worklane.heartbeat import Heartbeat, Rhythm
from worklane.outcome import Done, Outcome
from worklane.work import Report
from worklane.worker import Worker, WorkerOptions


@dataclass
class StubbornWork:
    """Work whose effect is one row, and which does not let itself be stopped."""

    holds: bool
    kind: str = "crawl"
    timeout: timedelta | None = None
    backoff: Backoff = field(default_factory=Backoff)

    async def load(self, session: AsyncSession, claim: Claim) -> None:
        """There is nothing to load."""

    async def perform(self, given: None, report: Report[None]) -> Outcome:
        """Finish at once, or hold on until told to stop and claim to have finished."""
        if self.holds:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
        return Done(result=os.getpid())

    async def keep(self, session: AsyncSession, claim: Claim, portion: None) -> None:
        """There is nothing to keep."""

    async def save(self, session: AsyncSession, claim: Claim, outcome: Outcome) -> None:
        """Leave the effect."""
        await session.execute(
            text("insert into effects (row_id, token, pid) values (:row_id, :token, :pid)"),
            {"row_id": claim.row_id, "token": claim.token, "pid": os.getpid()},
        )


def worker_for(bench: JobBench, *, holds: bool, beat: float) -> Worker:
    """A worker with the usual proportions of its rhythm."""
    rhythm = Rhythm(
        every=timedelta(seconds=beat), dead_after=timedelta(seconds=3 * beat), margin=timedelta(seconds=beat / 2)
    )
    options = WorkerOptions(rescue_every=timedelta(seconds=beat), grace=timedelta(0))
    executor = Executor(bench.queue, [StubbornWork(holds=holds)], listener=say)
    heartbeat = Heartbeat(bench.pulse, rhythm=rhythm)
    return Worker(bench.queue, executor, heartbeat, options=options, listener=say)


def say(event: events.Event) -> None:
    """Print the event for the test that listens."""
    print(type(event).__name__, events.line(event), flush=True)


async def main(url: str, mode: str, beat: str) -> None:
    """Work until SIGTERM."""
    async with job_bench(url, connections=4) as bench:
        worker = worker_for(bench, holds=mode == "hold", beat=float(beat))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
        await worker.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
