"""Real worker processes, really killed and really paused."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.worklane.benches import JobBench
from worklane import events
from worklane.lifecycle import Status

ROOT = Path(__file__).parents[2]
EFFECTS_DDL = "create table effects (row_id uuid, token bigint, pid integer)"


@dataclass
class WorkerProcess:
    """A running worker process, and what it prints."""

    process: asyncio.subprocess.Process

    @property
    def pid(self) -> int:
        return self.process.pid

    async def says(self, event: type[events.Event], *, within: float = 20) -> float:
        """Wait until it tells of such an event; answer when that was."""
        assert self.process.stdout is not None
        async with asyncio.timeout(within):
            async for line in self.process.stdout:
                if line.startswith(event.__name__.encode()):
                    return time.monotonic()
        raise AssertionError(f"it ended without {event.__name__}")

    def send(self, what: signal.Signals) -> None:
        self.process.send_signal(what)


@asynccontextmanager
async def worker_process(jobs: JobBench, mode: str, *, beat: float) -> AsyncIterator[WorkerProcess]:
    command = ["-m", "tests.worklane.worker_process", jobs.options.url, mode, str(beat)]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    started = WorkerProcess(process)
    try:
        await started.says(events.WorkerStarted)
        yield started
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
async def lane(jobs: JobBench) -> JobBench:
    """A job lane with a table for effects."""
    await jobs.pool.execute(EFFECTS_DDL)
    return jobs


async def effects(jobs: JobBench) -> list[int]:
    return [row["pid"] for row in await jobs.pool.fetch("select pid from effects")]


class TestSigkill:
    async def test_the_rows_of_a_killed_worker_run_elsewhere_within_ten_seconds(self, lane: JobBench) -> None:
        async with worker_process(lane, "hold", beat=2) as doomed:
            row_id = await lane.add_row()
            await doomed.says(events.Claimed)
            async with worker_process(lane, "run", beat=2) as heir:
                doomed.send(signal.SIGKILL)
                killed = time.monotonic()
                claimed = await heir.says(events.Claimed)
                await heir.says(events.Settled)

        row = await lane.row(row_id)
        assert claimed - killed < 10
        assert (row["status"], row["attempt"], row["crashes"]) == ("complete", 2, 1)
        assert await effects(lane) == [heir.pid]


class TestSigstop:
    async def test_a_worker_that_was_paused_beyond_its_claim_changes_nothing_when_it_wakes(
        self, lane: JobBench
    ) -> None:
        async with worker_process(lane, "hold", beat=0.3) as zombie:
            row_id = await lane.add_row()
            await zombie.says(events.Claimed)
            async with worker_process(lane, "run", beat=0.3) as heir:
                zombie.send(signal.SIGSTOP)
                await heir.says(events.Settled)
                settled = dict(await lane.row(row_id))
                zombie.send(signal.SIGCONT)
                await zombie.says(events.Lost)

        assert dict(await lane.row(row_id)) == settled
        assert (settled["status"], settled["result_data"]) == ("complete", str(heir.pid))
        assert await effects(lane) == [heir.pid]

    async def test_a_zombie_does_not_settle_what_its_heir_is_still_working_on(self, lane: JobBench) -> None:
        async with worker_process(lane, "hold", beat=0.3) as zombie:
            row_id = await lane.add_row()
            await zombie.says(events.Claimed)
            async with worker_process(lane, "hold", beat=0.3) as heir:
                zombie.send(signal.SIGSTOP)
                await heir.says(events.Claimed)
                held = dict(await lane.row(row_id))
                zombie.send(signal.SIGCONT)
                await zombie.says(events.Lost)
                after = dict(await lane.row(row_id))

        assert after == held
        assert (after["status"], after["attempt"], await effects(lane)) == ("running", 2, [])


class TestSigterm:
    async def test_a_terminated_worker_leaves_nothing_behind(self, lane: JobBench) -> None:
        async with worker_process(lane, "run", beat=2) as worker:
            row_id = await lane.add_row()
            await worker.says(events.Settled)
            worker.send(signal.SIGTERM)
            await worker.says(events.WorkerStopped)
            code = await worker.process.wait()

        assert code == 0
        assert (await lane.see(row_id)).status is Status.COMPLETE
        assert await lane.pool.fetchval("select count(*) from workers") == 0
