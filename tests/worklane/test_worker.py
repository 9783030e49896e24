import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.worklane.worker_bench import FAST, OPTIONS, Bench, at_work
from tests.worklane.works import WatchedQueue
from worklane import events
from worklane.claim import WorkerId
from worklane.lifecycle import Status
from worklane.outcome import Done, Outcome
from worklane.queue import Exchange, Finished
from worklane.work import Report


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestClaiming:
    async def test_it_runs_what_waits_and_never_more_at_once_than_it_may(self, bench: Bench) -> None:
        rows = await bench.add_rows(7)

        async with at_work(bench.worker()):
            await bench.gate.holds(2)
            bench.gate.opened.set()
            await bench.log.saw(events.Settled, times=7)

        assert {row.status for row in rows} == {Status.COMPLETE}
        assert bench.gate.most_inside == 2

    async def test_a_nudge_wakes_it_before_the_next_poll(self, bench: Bench) -> None:
        bench.gate.opened.set()
        worker = bench.worker()

        async with at_work(worker):
            await bench.add_row()
            worker.nudge()
            settled = await bench.log.saw(events.Settled)

        assert settled.status == "complete"

    async def test_a_poll_finds_what_no_nudge_told(self, bench: Bench) -> None:
        bench.gate.opened.set()

        async with at_work(bench.worker(replace(OPTIONS, poll_every=timedelta(milliseconds=20)))):
            await bench.add_row()
            settled = await bench.log.saw(events.Settled)

        assert settled.status == "complete"

    async def test_rows_of_kinds_it_does_not_know_are_left_alone(self, bench: Bench) -> None:
        bench.gate.opened.set()
        [unknown] = await bench.add_rows(1, kind="from a newer version")
        await bench.add_row()

        async with at_work(bench.worker()):
            await bench.log.saw(events.Settled)

        assert (unknown.status, unknown.attempt) == (Status.PENDING, 0)

    async def test_rows_whose_claim_was_answered_to_nobody_are_handed_back_and_run(self, bench: Bench) -> None:
        bench.gate.opened.set()
        bench.queue.answers_to_lose = 1
        row = await bench.add_row()

        async with at_work(bench.worker()):
            await bench.log.saw(events.QueueUnreachable)
            await bench.log.saw(events.Settled)

        assert (row.status, row.attempt, row.crashes) == (Status.COMPLETE, 1, 0)


class TestClaimsThatComeBackShort:
    async def test_it_asks_again_at_once_where_more_may_wait(self) -> None:
        bench = Bench(HandsOutOne())
        rows = await bench.add_rows(2)

        async with at_work(bench.worker()):
            await bench.gate.holds(2)
            bench.gate.opened.set()
            await bench.log.saw(events.Settled, times=2)

        assert {row.status for row in rows} == {Status.COMPLETE}


class HandsOutOne(WatchedQueue):
    """A queue that takes one row at a time, whatever the room."""

    async def exchange(
        self, worker: WorkerId, finished: Sequence[Finished], *, kinds: Collection[str], limit: int
    ) -> Exchange:
        exchanged = await super().exchange(worker, finished, kinds=kinds, limit=min(limit, 1))
        return exchanged._replace(more_may_wait=bool(exchanged.claims))


class TestStartNow:
    async def test_a_row_starts_at_once_without_polling(self, bench: Bench) -> None:
        row = await bench.add_row()
        worker = bench.worker(replace(OPTIONS, polls=False))

        async with at_work(worker):
            started = await worker.start_now(row.id)
            await bench.gate.holds(1)

        assert started

    async def test_a_row_that_somebody_holds_is_not_started(self, bench: Bench) -> None:
        row = await bench.add_row()
        worker = bench.worker(replace(OPTIONS, polls=False))

        async with at_work(worker):
            answers = [await worker.start_now(row.id), await worker.start_now(row.id)]

        assert answers == [True, False]

    async def test_many_at_once_start_no_more_than_there_is_room_for(self, bench: Bench) -> None:
        rows = await bench.add_rows(10)
        bench.queue.claiming_takes = 0.01
        worker = bench.worker(replace(OPTIONS, polls=False))

        async with at_work(worker):
            answers = await asyncio.gather(*(worker.start_now(row.id) for row in rows))

        assert sum(answers) == 2
        assert bench.gate.most_inside <= 2

    async def test_what_is_claimed_while_it_stops_is_handed_back(self, bench: Bench) -> None:
        row = await bench.add_row()
        bench.queue.claiming_takes = 0.05
        worker = bench.worker(replace(OPTIONS, polls=False))

        async with at_work(worker):
            starting = asyncio.create_task(worker.start_now(row.id))
            await bench.queue.claiming.wait()
            worker.stop()
            started = await starting

        assert not started
        assert (row.status, row.attempt, bench.gate.runs) == (Status.PENDING, 0, 0)

    async def test_before_it_runs_nothing_is_started(self, bench: Bench) -> None:
        row = await bench.add_row()

        started = await bench.worker().start_now(row.id)

        assert not started
        assert row.status is Status.PENDING


class TestStopping:
    async def test_a_soft_stop_waits_for_running_work_and_claims_no_more(self, bench: Bench) -> None:
        worker = bench.worker()

        async with at_work(worker) as running:
            first = await bench.add_row()
            worker.nudge()
            await bench.gate.holds(1)
            worker.stop()
            second = await bench.add_row()
            bench.gate.opened.set()
            await running

        assert (first.status, second.status) == (Status.COMPLETE, Status.PENDING)
        assert bench.log.of(events.HandedBack) == []

    async def test_after_the_grace_period_work_is_handed_back_without_using_an_attempt(self, bench: Bench) -> None:
        row = await bench.add_row()
        worker = bench.worker(replace(OPTIONS, grace=timedelta(milliseconds=20)))

        async with at_work(worker) as running:
            await bench.gate.holds(1)
            worker.stop()
            await running

        assert (row.status, row.attempt, row.crashes, row.error) == (Status.PENDING, 0, 0, None)
        assert bench.log.of(events.HandedBack) == [events.HandedBack(rows=1)]
        assert bench.gate.inside == 0

    async def test_while_the_database_is_away_it_tries_again_to_hand_back(self, bench: Bench) -> None:
        row = await bench.add_row()
        worker = bench.worker()

        async with at_work(worker) as running:
            await bench.gate.holds(1)
            bench.queue.hand_backs_to_fail = 2
            worker.stop(at_once=True)
            await running

        assert (row.status, row.attempt, row.crashes) == (Status.PENDING, 0, 0)
        assert len(bench.log.of(events.QueueUnreachable)) == 2

    async def test_a_second_stop_does_not_wait_any_longer(self, bench: Bench) -> None:
        row = await bench.add_row()
        worker = bench.worker()

        async with at_work(worker) as running:
            await bench.gate.holds(1)
            worker.stop()
            await bench.log.saw(events.WorkerStopping)
            ended_before = running.done()
            worker.stop(at_once=True)
            await running

        assert not ended_before
        assert (row.status, row.attempt) == (Status.PENDING, 0)

    async def test_a_cancelled_worker_hands_back_too(self, bench: Bench) -> None:
        row = await bench.add_row()

        async with at_work(bench.worker()) as running:
            await bench.gate.holds(1)
            running.cancel()
            await asyncio.wait([running])

        assert running.cancelled()
        assert (row.status, row.attempt, bench.gate.inside) == (Status.PENDING, 0, 0)

    async def test_its_name_is_gone_from_the_living_afterwards(self, bench: Bench) -> None:
        worker = bench.worker()

        async with at_work(worker):
            during = len(bench.queue.beats)

        assert (during, len(bench.queue.beats)) == (1, 0)
        assert len(bench.log.of(events.WorkerStopped)) == 1


class TestLiveness:
    async def test_a_worker_that_cannot_beat_stops_its_work_before_others_may_take_it(self, bench: Bench) -> None:
        row = await bench.add_row()

        async with at_work(bench.worker(replace(OPTIONS, poll_every=timedelta(milliseconds=20)))):
            await bench.gate.holds(1)
            bench.pulse.fail()
            await bench.gate.holds(0)
            stopped_after = time.monotonic() - bench.pulse.last_good
            bench.pulse.recover()
            await bench.gate.holds(1)

        assert stopped_after < FAST.dead_after.total_seconds()
        assert len(bench.log.of(events.Fenced)) == 1
        assert row.crashes == 0

    async def test_work_whose_claim_is_gone_is_stopped(self, bench: Bench) -> None:
        row = await bench.add_row()

        async with at_work(bench.worker()):
            await bench.gate.holds(1)
            await bench.queue.cancel(row.id)
            await bench.gate.holds(0)

        assert (row.status, row.attempt) == (Status.CANCELLED, 1)
        assert len(bench.log.of(events.Lost)) == 1

    async def test_a_dead_workers_rows_run_here(self, bench: Bench) -> None:
        bench.gate.opened.set()
        row = await bench.add_row()
        dead = await _claimed_by_a_worker_that_dies(bench, row.id)

        async with at_work(bench.worker()):
            await bench.log.saw(events.RowRescued)
            await bench.log.saw(events.Settled)

        assert dead not in bench.queue.beats
        assert (row.status, row.attempt, row.crashes) == (Status.COMPLETE, 2, 1)

    async def test_work_that_blocks_the_event_loop_does_not_look_dead(self, bench: Bench) -> None:
        async def block(given: str, report: Report[str]) -> Outcome:
            deadline = time.monotonic() + 3 * FAST.dead_after.total_seconds()
            while time.monotonic() < deadline:
                time.sleep(0.05)  # noqa: ASYNC251 - the very fault that this test is about
            return Done()

        bench.work.performing = block
        row = await bench.add_row()

        async with at_work(bench.worker()):
            await bench.log.saw(events.Settled)
            rescued = await bench.queue.rescue(dead_after=FAST.dead_after, limit=10)

        assert list(rescued) == []
        assert (row.status, row.attempt, row.crashes) == (Status.COMPLETE, 1, 0)
        assert bench.log.of(events.Fenced) == []


async def _claimed_by_a_worker_that_dies(bench: Bench, row_id: UUID) -> UUID:
    dead = uuid4()
    await bench.pulse.register(dead, "dead")
    assert await bench.queue.claim_one(dead, row_id, kinds={"crawl"})
    return dead
