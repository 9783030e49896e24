import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.worklane.works import Gate, SteeredWork, WatchedQueue
from worklane import events
from worklane.claim import Claim
from worklane.errors import ClaimLost
from worklane.executor import Executor, Persistence
from worklane.lifecycle import Status
from worklane.memory import MemoryPulse, MemoryRow
from worklane.outcome import Done, GiveUp, Outcome, Retry
from worklane.testing import EventLog, TurnableClock, drain_once
from worklane.work import Report

AT_ONCE = Persistence(
    passing=lambda error: isinstance(error, ConnectionError),
    first_wait=timedelta(milliseconds=1),
    give_up_after=timedelta(seconds=5),
)


class Bench:
    """One queue, one work, one executor."""

    def __init__(self) -> None:
        self.clock = TurnableClock()
        self.queue = WatchedQueue(self.clock)
        self.pulse = MemoryPulse(self.queue)
        self.work = SteeredWork()
        self.log = EventLog()
        self.executor = Executor(self.queue, [self.work], listener=self.log, persistence=AT_ONCE)

    async def add_row(self, *, max_attempts: int = 5) -> MemoryRow:
        row_id, _ = await self.queue.enqueue("crawl", subject="site.example", max_attempts=max_attempts)
        return self.queue.rows[row_id]

    async def claim(self, row_id: UUID) -> Claim:
        worker = uuid4()
        await self.pulse.register(worker, "test")
        claim = await self.queue.claim_one(worker, row_id, kinds={"crawl"})
        assert claim is not None
        return claim

    async def drain(self) -> int:
        return await drain_once(self.queue, self.executor, self.pulse)


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestTheOrdinaryCourse:
    async def test_work_is_loaded_performed_and_saved_in_this_order(self, bench: Bench) -> None:
        row = await bench.add_row()

        ran = await bench.drain()

        assert ran == 1
        assert bench.work.steps == ["load", "perform", "save"]
        assert (row.status, row.result, row.progress) == (Status.COMPLETE, "looked at site.example", 1.0)
        assert [event.status for event in bench.log.of(events.Settled)] == ["complete"]

    async def test_no_session_is_open_while_the_work_is_performed(self, bench: Bench) -> None:
        async def look(given: str, report: Report[str]) -> Outcome:
            open_before = bench.queue.open_sessions
            await report.keep("a portion")
            await report.progress(0.5)
            return Done(result=[open_before, bench.queue.open_sessions])

        bench.work.performing = look
        row = await bench.add_row()

        await bench.drain()

        assert row.result == [0, 0]

    async def test_portions_are_kept_before_the_end_and_progress_never_falls(self, bench: Bench) -> None:
        row = await bench.add_row()
        seen: list[float] = []

        async def keep_two(given: str, report: Report[str]) -> Outcome:
            await report.keep("one", progress=0.6)
            await report.keep("two", progress=0.4)
            seen.append(row.progress)
            return GiveUp("enough")

        bench.work.performing = keep_two

        await bench.drain()

        assert bench.work.steps == ["load", "perform", "keep one", "keep two", "save"]
        assert seen == [0.6]
        assert row.progress == 0.6


class TestFailure:
    async def test_an_unexpected_exception_is_retried_with_backoff_and_then_fails(self, bench: Bench) -> None:
        async def crash(given: str, report: Report[str]) -> Outcome:
            raise ValueError("no such page")

        bench.work.performing = crash
        row = await bench.add_row(max_attempts=3)
        waits = []

        for _ in range(3):
            await bench.drain()
            waits.append(row.run_at - bench.clock())
            bench.clock.turn(timedelta(minutes=1))

        assert waits[:2] == [timedelta(seconds=10), timedelta(seconds=20)]
        assert (row.status, row.error, row.attempt) == (Status.FAILED, "ValueError: no such page", 3)
        assert len(bench.log.of(events.Crashed)) == 3

    async def test_retry_says_when(self, bench: Bench) -> None:
        async def later(given: str, report: Report[str]) -> Outcome:
            return Retry(reason="too many requests", after=timedelta(minutes=7))

        bench.work.performing = later
        row = await bench.add_row()

        await bench.drain()

        assert (row.status, row.error) == (Status.PENDING, "too many requests")
        assert row.run_at == bench.clock() + timedelta(minutes=7)

    async def test_giving_up_fails_at_once_and_saves(self, bench: Bench) -> None:
        async def give_up(given: str, report: Report[str]) -> Outcome:
            return GiveUp("robots.txt forbids it")

        bench.work.performing = give_up
        row = await bench.add_row()

        await bench.drain()

        assert (row.status, row.error, row.attempt) == (Status.FAILED, "robots.txt forbids it", 1)
        assert bench.work.steps[-1] == "save"

    async def test_work_that_takes_too_long_is_stopped_and_retried(self, bench: Bench) -> None:
        bench.work.performing = gate = Gate()
        bench.work.timeout = timedelta(milliseconds=20)
        row = await bench.add_row()

        await bench.drain()

        assert (row.status, row.error) == (Status.PENDING, "WorkTimedOut: stopped after 0.02 s")
        assert gate.inside == 0

    async def test_a_timeout_inside_the_work_is_not_taken_for_its_own(self, bench: Bench) -> None:
        async def time_out(given: str, report: Report[str]) -> Outcome:
            raise TimeoutError("the server did not answer")

        bench.work.performing = time_out
        bench.work.timeout = timedelta(minutes=1)
        row = await bench.add_row()

        await bench.drain()

        assert row.error == "TimeoutError: the server did not answer"

    async def test_a_cancelled_future_inside_the_work_is_a_failure_like_any_other(self, bench: Bench) -> None:
        async def await_what_was_cancelled(given: str, report: Report[str]) -> Outcome:
            future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
            future.cancel()
            return await future

        bench.work.performing = await_what_was_cancelled
        row = await bench.add_row()

        await bench.drain()

        assert (row.status, row.error) == (Status.PENDING, "CancelledError")

    async def test_an_error_text_is_cut_and_cleaned_so_that_it_can_be_stored(self, bench: Bench) -> None:
        async def crash(given: str, report: Report[str]) -> Outcome:
            raise ValueError("a\x00b\ud800c" + "x" * 10_000)

        bench.work.performing = crash
        row = await bench.add_row()

        await bench.drain()

        assert row.error is not None
        assert row.error.startswith("ValueError: a\N{REPLACEMENT CHARACTER}b?cx")
        assert len(row.error) == 2000

    async def test_an_answer_that_is_no_outcome_is_recorded_as_a_failure(self, bench: Bench) -> None:
        async def answer_nothing(given: str, report: Report[str]) -> Outcome:
            return None  # type: ignore[return-value]

        bench.work.performing = answer_nothing
        row = await bench.add_row()

        await bench.drain()

        assert row.status is Status.PENDING
        assert row.error


class TestSaving:
    async def test_a_save_that_fails_settles_nothing_and_is_recorded(self, bench: Bench) -> None:
        bench.work.saving_fails = True
        row = await bench.add_row()

        await bench.drain()

        assert (row.status, row.result) == (Status.PENDING, None)
        assert row.error == "ValueError: this does not fit into the table"

    async def test_an_error_that_passes_is_insisted_upon(self, bench: Bench) -> None:
        bench.queue.settlings_to_fail = 3
        row = await bench.add_row()

        await bench.drain()

        assert row.status is Status.COMPLETE
        assert bench.work.steps == ["load", "perform", "save"]

    async def test_insisting_ends_when_time_is_up(self) -> None:
        tries = []
        impatient = Persistence(passing=lambda _: True, first_wait=timedelta(0), give_up_after=timedelta(0))

        async def write() -> None:
            tries.append(1)
            raise ConnectionError

        with pytest.raises(ConnectionError):
            await impatient.insist(write)

        assert len(tries) == 1


class TestLostClaims:
    async def test_a_claim_lost_while_performing_writes_nothing_when_saved(self, bench: Bench) -> None:
        bench.work.performing = gate = Gate()
        row = await bench.add_row()
        claim = await bench.claim(row.id)
        running = asyncio.create_task(bench.executor.execute(claim))
        await gate.begun.wait()
        await bench.queue.hand_back([claim])

        gate.opened.set()
        await running

        assert bench.work.steps == ["load", "perform"]
        assert (row.status, row.result, row.error) == (Status.PENDING, None, None)
        assert len(bench.log.of(events.Lost)) == 1

    async def test_a_claim_lost_before_a_portion_stops_the_work(self, bench: Bench) -> None:
        row = await bench.add_row()
        after_the_portion = []

        async def lose_and_keep(given: str, report: Report[str]) -> Outcome:
            row.token += 1
            await report.keep("too late", progress=0.5)
            after_the_portion.append("went on")
            return Done()

        bench.work.performing = lose_and_keep

        await bench.drain()

        assert after_the_portion == []
        assert bench.work.steps == ["load", "perform"]
        assert (row.status, row.progress) == (Status.RUNNING, 0.0)
        assert (len(bench.log.of(events.Lost)), bench.log.of(events.Crashed)) == (1, [])

    async def test_a_lost_claim_is_not_insisted_upon(self, bench: Bench) -> None:
        tries = []

        async def write() -> None:
            tries.append(1)
            raise ClaimLost

        with pytest.raises(ClaimLost):
            await AT_ONCE.insist(write)

        assert len(tries) == 1

    async def test_cancelled_work_settles_nothing(self, bench: Bench) -> None:
        bench.work.performing = gate = Gate()
        row = await bench.add_row()
        running = asyncio.create_task(bench.executor.execute(await bench.claim(row.id)))
        await gate.begun.wait()

        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

        assert (row.status, row.attempt, row.error) == (Status.RUNNING, 1, None)
        assert gate.inside == 0
