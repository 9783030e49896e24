"""Workers over PostgreSQL: connections are cut, rows are cancelled, several workers share the work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from scanlane.session.async_session import passes_by_itself
from tests.worklane.benches import JobBench, StatusBench
from tests.worklane.works import Gate, SteeredWork
from worklane import events
from worklane.executor import Executor, Persistence
from worklane.heartbeat import Heartbeat, Rhythm
from worklane.lifecycle import Status
from worklane.outcome import Done, Outcome
from worklane.testing import EventLog
from worklane.work import Report
from worklane.worker import Worker, WorkerOptions

CUT_EVERYTHING_ELSE = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""
OPTIONS = WorkerOptions(
    concurrency=4,
    poll_every=timedelta(milliseconds=50),
    rescue_every=timedelta(milliseconds=100),
)
RHYTHM = Rhythm(every=timedelta(seconds=0.2), dead_after=timedelta(seconds=2), margin=timedelta(seconds=0.5))


@dataclass
class Lane:
    """A bench, what its work does, and what was heard."""

    bench: JobBench | StatusBench
    work: SteeredWork
    log: EventLog

    def worker(self, bench: JobBench | StatusBench | None = None) -> Worker:
        here = bench or self.bench
        insisting = Persistence(passing=passes_by_itself)
        executor = Executor(here.queue, [self.work], listener=self.log, persistence=insisting)
        heartbeat = Heartbeat(here.pulse, rhythm=RHYTHM)
        return Worker(here.queue, executor, heartbeat, options=OPTIONS, listener=self.log)


@pytest.fixture
def lane(jobs: JobBench) -> Lane:
    return Lane(jobs, SteeredWork(), EventLog())


@asynccontextmanager
async def at_work(*workers: Worker) -> AsyncIterator[None]:
    running = [asyncio.create_task(worker.run()) for worker in workers]
    await asyncio.gather(*(worker.ready() for worker in workers))
    try:
        yield
    finally:
        for worker in workers:
            worker.stop(at_once=True)
        async with asyncio.timeout(20):
            await asyncio.gather(*running)


class TestSharedWork:
    async def test_each_row_is_run_once_by_one_of_three_workers(self, lane: Lane, jobs: JobBench) -> None:
        runs: list[str] = []

        async def note(given: str, report: Report[str]) -> Outcome:
            runs.append(given)
            return Done()

        lane.work.performing = note
        for _ in range(60):
            await jobs.add_row()
        others = [_another(jobs), _another(jobs)]

        async with at_work(lane.worker(), *(lane.worker(other) for other in others)):
            await lane.log.saw(events.Settled, times=60, within=30)

        assert sorted(runs, key=int) == [str(n) for n in range(1, 61)]
        assert await jobs.pool.fetchval("select max(attempt) from jobs where status = 'complete'") == 1


class TestCutConnections:
    async def test_work_outlives_the_loss_of_every_connection(self, lane: Lane, jobs: JobBench) -> None:
        lane.work.performing = gate = Gate()
        row_id = await jobs.add_row()

        async with at_work(lane.worker()):
            await gate.holds(1)
            await jobs.pool.fetchval(CUT_EVERYTHING_ELSE)
            gate.opened.set()
            await lane.log.saw(events.Settled)

        row = await jobs.row(row_id)
        assert (row["status"], row["attempt"], row["crashes"]) == ("complete", 1, 0)
        assert gate.runs == 1

    async def test_a_cut_between_beats_does_not_fence_the_worker(self, lane: Lane, jobs: JobBench) -> None:
        lane.work.performing = gate = Gate()
        await jobs.add_row()

        async with at_work(lane.worker()):
            await gate.holds(1)
            for _ in range(5):
                await jobs.pool.fetchval(CUT_EVERYTHING_ELSE)
                await _next_beat(jobs)
            gate.opened.set()
            await lane.log.saw(events.Settled)

        assert lane.log.of(events.Fenced) == []


class TestLoss:
    async def test_a_row_cancelled_by_its_owner_is_stopped_while_it_runs(self, lane: Lane, jobs: JobBench) -> None:
        lane.work.performing = gate = Gate()
        row_id = await jobs.add_row()

        async with at_work(lane.worker()):
            await gate.holds(1)
            await jobs.cancel(row_id)
            await gate.holds(0)

        assert (await jobs.see(row_id)).status is Status.CANCELLED
        assert gate.runs == 1

    async def test_a_worker_declared_dead_by_mistake_stops_and_comes_back(self, lane: Lane, jobs: JobBench) -> None:
        lane.work.performing = gate = Gate()
        row_id = await jobs.add_row()

        async with at_work(lane.worker()):
            await gate.holds(1)
            await jobs.pool.execute("delete from workers")
            await lane.log.saw(events.Fenced)
            await lane.log.saw(events.Claimed, times=2)
            gate.opened.set()
            await lane.log.saw(events.Settled)

        assert (await jobs.see(row_id)).status is Status.COMPLETE
        assert gate.most_inside == 1


class TestStatusLane:
    async def test_long_work_keeps_its_claim_over_many_beats(self, jobs: JobBench) -> None:
        bench, gate = StatusBench(jobs), Gate()
        lane = Lane(bench, SteeredWork(performing=gate, kind=bench.kind), EventLog())
        row_id = await bench.add_row()

        async with at_work(lane.worker()):
            await gate.holds(1)
            for _ in range(5):
                await _next_beat(jobs)
            still_running = gate.inside
            gate.opened.set()
            await lane.log.saw(events.Settled)

        assert (still_running, lane.log.of(events.Lost)) == (1, [])
        assert (await bench.see(row_id)).status is Status.COMPLETE
        assert await jobs.pool.fetchval("select count(*) from status_claims") == 0


def _another(jobs: JobBench) -> JobBench:
    return JobBench(options=jobs.options, pool=jobs.pool, sessions=jobs.sessions)


async def _next_beat(jobs: JobBench) -> None:
    reading = "select max(beat_at) from workers"
    before = await jobs.pool.fetchval(reading)
    async with asyncio.timeout(10):
        while await jobs.pool.fetchval(reading) in (before, None):
            pass
