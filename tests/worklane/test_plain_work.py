"""Work that needs the database for nothing: settled with others and with the next claim, in no session."""

import asyncio
from datetime import timedelta

import pytest

from tests.worklane.benches import JobBench, StatusBench
from tests.worklane.worker_bench import at_work
from worklane import events
from worklane.claim import Claim
from worklane.executor import Executor
from worklane.heartbeat import Heartbeat
from worklane.lifecycle import Status
from worklane.memory import MemoryPulse, MemoryQueue
from worklane.outcome import Done, Outcome, Retry, Snooze
from worklane.plain_work import PlainWork
from worklane.testing import EventLog, TurnableClock, drain_once
from worklane.work import Report
from worklane.worker import Worker, WorkerOptions

OPTIONS = WorkerOptions(concurrency=50, poll_every=timedelta(minutes=5), grace=timedelta(seconds=10))
COUNT_UPDATES = (
    "create table statements (n int)",
    "create function count_statement() returns trigger language plpgsql as"
    " 'begin insert into statements values (1); return null; end'",
    "create trigger count_statements after update on jobs for each statement execute function count_statement()",
)


class Answers(PlainWork):
    """Work that gives an answer for each subject."""

    kind = "crawl"

    def __init__(self, **answers: Outcome) -> None:
        self.answers = answers
        self.runs: list[str] = []

    async def perform(self, given: Claim, report: Report[None]) -> Outcome:
        self.runs.append(given.subject)
        return self.answers.get(given.subject, Done())


@pytest.fixture
def log() -> EventLog:
    return EventLog()


def worker_for(bench: JobBench | StatusBench, work: PlainWork, log: EventLog) -> Worker:
    executor = Executor(bench.queue, [work], listener=log)
    return Worker(bench.queue, executor, Heartbeat(bench.pulse), options=OPTIONS, listener=log)


class TestInAWorker:
    async def test_two_hundred_jobs_take_few_statements_and_each_is_run_once(
        self, jobs: JobBench, log: EventLog
    ) -> None:
        for _ in range(200):
            await jobs.add_row()
        for statement in COUNT_UPDATES:
            await jobs.pool.execute(statement)
        work = Answers()

        async with at_work(worker_for(jobs, work, log)):
            await log.saw(events.Settled, times=200, within=30)

        assert sorted(work.runs, key=int) == [str(number) for number in range(1, 201)]
        assert await jobs.pool.fetchval("select count(*) from jobs where status = 'complete'") == 200
        assert await jobs.pool.fetchval("select count(*) from statements") <= 40
        assert await jobs.pool.fetchval("select count(*) from claim_batches") <= 4

    async def test_a_result_that_the_database_refuses_fails_only_its_own_job(
        self, jobs: JobBench, log: EventLog
    ) -> None:
        rows = [await jobs.add_row() for _ in range(10)]
        work = Answers(**{"4": Done(result="a\x00b"), "7": Done(result="seven")})

        async with at_work(worker_for(jobs, work, log)):
            await log.saw(events.Settled, times=10, within=30)

        found = [dict(await jobs.row(row_id)) for row_id in rows]
        assert [row["status"] for row in found] == ["complete"] * 3 + ["pending"] + ["complete"] * 6
        assert found[6]["result_data"] == '"seven"'
        assert found[3]["error"]

    async def test_a_claim_that_was_lost_meanwhile_is_told_and_writes_nothing(
        self, jobs: JobBench, log: EventLog
    ) -> None:
        row_id = await jobs.add_row()

        class Losing(Answers):
            async def perform(self, given: Claim, report: Report[None]) -> Outcome:
                await jobs.cancel(row_id)
                return Done(result="too late")

        async with at_work(worker_for(jobs, Losing(), log)):
            await log.saw(events.Lost)

        row = await jobs.row(row_id)
        assert (row["status"], row["result_data"]) == ("cancelled", None)

    async def test_what_is_finished_at_a_stop_is_settled_before_the_worker_ends(
        self, jobs: JobBench, log: EventLog
    ) -> None:
        row_id, begun, go_on = await jobs.add_row(), asyncio.Event(), asyncio.Event()

        class Slow(Answers):
            async def perform(self, given: Claim, report: Report[None]) -> Outcome:
                begun.set()
                await go_on.wait()
                return Done(result="in time")

        worker = worker_for(jobs, Slow(), log)
        async with at_work(worker) as running:
            await begun.wait()
            worker.stop()
            go_on.set()
            await running

        assert (await jobs.see(row_id)).status is Status.COMPLETE

    async def test_the_status_lane_goes_the_same_way(self, jobs: JobBench, log: EventLog) -> None:
        bench = StatusBench(jobs)
        rows = [await bench.add_row() for _ in range(20)]
        work = Answers()
        work.kind = bench.kind  # type: ignore[misc]

        async with at_work(worker_for(bench, work, log)):
            await log.saw(events.Settled, times=20, within=30)

        assert {(await bench.see(row_id)).status for row_id in rows} == {Status.COMPLETE}
        assert await jobs.pool.fetchval("select count(*) from status_claims") == 0
        await bench.pulse.close()


class TestAnswers:
    async def test_a_snooze_uses_no_attempt_however_often(self, log: EventLog) -> None:
        clock = TurnableClock()
        queue = MemoryQueue(clock)
        row_id, _ = await queue.enqueue("crawl", subject="early", max_attempts=1)
        executor = Executor(queue, [Answers(early=Snooze(timedelta(hours=1), "not before noon"))], listener=log)

        for _ in range(3):
            await drain_once(queue, executor, MemoryPulse(queue))
            clock.turn(timedelta(hours=2))

        row = queue.rows[row_id]
        assert (row.status, row.attempt, row.error) == (Status.PENDING, 0, "not before noon")

    async def test_a_kind_of_work_may_say_how_often_it_is_tried(self, log: EventLog) -> None:
        clock = TurnableClock()
        queue = MemoryQueue(clock)
        row_id, _ = await queue.enqueue("crawl", subject="busy", max_attempts=9)

        class TwiceAtMost(Answers):
            max_attempts = 2

        executor = Executor(queue, [TwiceAtMost(busy=Retry(reason="busy"))], listener=log)
        for _ in range(2):
            await drain_once(queue, executor, MemoryPulse(queue))
            clock.turn(timedelta(hours=2))

        assert (queue.rows[row_id].status, queue.rows[row_id].attempt) == (Status.FAILED, 2)
