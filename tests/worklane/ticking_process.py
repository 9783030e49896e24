"""A process that ticks one task, told when by lines on its input: `python -m tests.worklane.ticking_process URL MODE`.

MODE `look` answers each line by whether it took a slot; `stall` stops for ever between the slot and its job, having
said so. This process's idea of the time of day plays no part.
"""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tests.worklane.periodic_bench import BATCHES, JOBS, WORKERS, periodic_bench
from worklane.postgres.job_queue import Enqueued, JobQueue


class StallingQueue(JobQueue):
    """A queue whose caller never gets on after it has written its slot."""

    async def enqueue(self, session: AsyncSession, values: Mapping[str, Any]) -> Enqueued:
        """Say so, and wait."""
        print("stalled", flush=True)
        await asyncio.Event().wait()
        raise AssertionError("unreachable")


async def main(url: str, mode: str) -> None:
    """Look once for each line."""
    async with periodic_bench(url, connections=2) as bench:
        queue = bench.queue
        if mode == "stall":
            queue = StallingQueue(
                jobs=JOBS, workers=WORKERS, batches=BATCHES, records=bench.pool, sessions=bench.sessions
            )
        ticker = bench.ticker(queue=queue)
        print("ready", flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print("took" if await ticker.look() else "passed", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
