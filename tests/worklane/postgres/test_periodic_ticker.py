import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.worklane.periodic_bench import HOUR, KIND, START, PeriodicBench, hourly
from tests.worklane.works import SteeredWork
from worklane import events
from worklane.lifecycle import Status
from worklane.outcome import Outcome
from worklane.periodic import Every, Periodic
from worklane.poller import Cron, Poll, scheduled
from worklane.work import Report

ROOT = Path(__file__).parents[3]
THIRTEEN = START + HOUR / 2


@pytest.fixture
async def known(bench: PeriodicBench) -> PeriodicBench:
    """At 12:30 the hourly task is known, and has not run yet."""
    await bench.ticker().look()
    return bench


class TestStart:
    async def test_a_task_that_is_seen_for_the_first_time_runs_at_its_next_slot(self, bench: PeriodicBench) -> None:
        first = await bench.ticker().look()
        before = await bench.jobs()
        await bench.turn_clock(HOUR)
        second = await bench.ticker().look()

        [mark, slot] = await bench.slots()
        [job] = await bench.jobs()
        assert (first, before, second) == (True, [], True)
        assert (mark["slot"], mark["job_id"]) == (THIRTEEN - HOUR, None)
        assert (slot["slot"], slot["job_id"], slot["missed"]) == (THIRTEEN, job["id"], 0)
        assert (job["type"], job["subject"], job["status"]) == (KIND, "hourly", "pending")

    async def test_a_task_may_run_as_soon_as_it_is_seen_and_once(self, bench: PeriodicBench) -> None:
        task = hourly(run_at_start=True)

        took = [await bench.ticker(task).look() for _ in range(3)]

        assert took == [True, False, False]
        assert len(await bench.jobs()) == 1

    async def test_tasks_do_not_mix(self, known: PeriodicBench) -> None:
        await known.turn_clock(HOUR)
        other = Periodic(name="other", schedule=Every(HOUR), kind=KIND, run_at_start=True)

        took = [await known.ticker(task).look() for task in (hourly(), other)]

        assert took == [True, True]
        assert sorted(job["subject"] for job in await known.jobs()) == ["hourly", "other"]


class TestSlots:
    async def test_nothing_happens_between_two_slots(self, known: PeriodicBench) -> None:
        await known.turn_clock(timedelta(minutes=29))

        assert not await known.ticker().look()
        assert await known.jobs() == []

    async def test_a_long_outage_is_one_run_and_says_what_was_missed(self, known: PeriodicBench) -> None:
        await known.turn_clock(48 * HOUR)

        took = [await known.ticker().look() for _ in range(2)]

        slot = (await known.slots())[-1]
        assert took == [True, False]
        assert len(await known.jobs()) == 1
        assert (slot["slot"], slot["missed"]) == (THIRTEEN + 47 * HOUR, 47)
        assert [event.missed for event in known.log.of(events.SlotMissed)] == [47]

    async def test_a_slot_that_comes_while_the_last_run_is_active_joins_it(self, known: PeriodicBench) -> None:
        await known.turn_clock(HOUR)
        await known.ticker().look()
        running = await known.claim()
        await known.turn_clock(HOUR)

        took = await known.ticker().look()

        slot = (await known.slots())[-1]
        [joined] = known.log.of(events.SlotJoined)
        assert took
        assert len(await known.jobs()) == 1
        assert (slot["slot"], slot["job_id"], slot["joined"]) == (THIRTEEN + HOUR, running, True)
        assert (joined.task, joined.row) == ("hourly", str(running))

    async def test_the_slot_after_a_run_that_ended_is_a_run_of_its_own(self, known: PeriodicBench) -> None:
        for status in (Status.COMPLETE, Status.FAILED, Status.CANCELLED):
            await known.turn_clock(HOUR)
            await known.ticker().look()
            await known.finish(status)

        assert [job["status"] for job in await known.jobs()] == ["complete", "failed", "cancelled"]
        assert not any(slot["joined"] for slot in await known.slots())

    async def test_a_slower_process_takes_no_older_slot_after_a_newer_one(self, known: PeriodicBench) -> None:
        await known.turn_clock(2 * HOUR)
        await known.ticker().look()
        await known.finish()
        await known.turn_clock(-HOUR)

        assert not await known.ticker().look()
        assert len(await known.jobs()) == 1

    async def test_a_cron_task_runs_once_on_the_night_on_which_an_hour_comes_twice(self, bench: PeriodicBench) -> None:
        nightly = Periodic(name="nightly", schedule=Cron("30 2 * * *", "Europe/Berlin"), kind=KIND)
        await bench.set_clock(START.replace(month=10, day=24, hour=23, minute=0))
        await bench.ticker(nightly).look()

        for _ in range(16):
            await bench.turn_clock(timedelta(minutes=15))
            await bench.ticker(nightly).look()
            await bench.finish()

        assert len(await bench.jobs()) == 1

    async def test_a_slot_whose_job_cannot_be_written_is_not_burnt(self, known: PeriodicBench) -> None:
        await known.turn_clock(HOUR)
        await known.pool.execute("alter table jobs add constraint no_reports check (type <> 'report')")

        with pytest.raises(Exception, match="no_reports"):
            await known.ticker().look()
        await known.pool.execute("alter table jobs drop constraint no_reports")

        assert await known.ticker().look()
        assert len(await known.jobs()) == 1


class TestClocks:
    @pytest.mark.parametrize("off", [timedelta(days=-4000), timedelta(days=4000)])
    async def test_only_the_clock_of_the_database_counts(self, bench: PeriodicBench, off: timedelta) -> None:
        await bench.set_clock(START + off)
        await bench.ticker().look()
        await bench.turn_clock(HOUR)

        assert await bench.ticker().look()
        assert [slot["slot"] for slot in await bench.slots()] == [THIRTEEN + off - HOUR, THIRTEEN + off]

    async def test_a_tick_asks_the_database_only_when_something_can_be_due(self, known: PeriodicBench) -> None:
        local = [0.0]
        ticker = known.ticker(monotonic=lambda: local[0], look_at_least_every=10 * HOUR)
        await ticker.tick()
        await known.turn_clock(HOUR)

        local[0] = 29 * 60
        early = await ticker.tick()
        local[0] = 30 * 60
        on_time = await ticker.tick()

        assert (early, on_time) == (False, True)

    async def test_a_tick_notices_within_a_minute_that_the_clock_was_turned(self, known: PeriodicBench) -> None:
        local = [0.0]
        ticker = known.ticker(monotonic=lambda: local[0])
        await ticker.tick()
        await known.turn_clock(HOUR)

        local[0] = 60

        assert await ticker.tick()


class TestHungRun:
    async def test_the_slot_after_a_run_that_hung_runs_once_its_time_limit_is_over(self, known: PeriodicBench) -> None:
        async def hang(given: str, report: Report[str]) -> Outcome:
            await asyncio.Event().wait()
            raise AssertionError("unreachable")

        task = hourly(max_attempts=1)
        work = SteeredWork(performing=hang, kind=KIND, timeout=timedelta(milliseconds=50))
        await known.turn_clock(HOUR)
        await known.ticker(task).look()

        async with asyncio.timeout(10):
            await known.drain(work)
        await known.turn_clock(HOUR)
        took = await known.ticker(task).look()

        assert took
        assert [job["status"] for job in await known.jobs()] == ["failed", "pending"]
        assert not known.log.of(events.SlotJoined)


class TestSchedule:
    async def test_ticks_of_the_scheduler_run_the_task(self, known: PeriodicBench) -> None:
        await known.turn_clock(HOUR)
        poll = Poll(name="hourly", every=timedelta(milliseconds=20), tick=known.ticker().tick)
        scheduler = scheduled([poll], listener=known.log)

        scheduler.start()
        taken = await known.log.saw(events.SlotTaken)
        scheduler.shutdown(wait=False)

        [job] = await known.jobs()
        assert (taken.task, taken.row) == ("hourly", str(job["id"]))


class TickingProcess:
    """A process of ticking_process, told when to look."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def look(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"look\n")

    async def says(self) -> str:
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            return (await self.process.stdout.readline()).decode().strip()


@asynccontextmanager
async def ticking(bench: PeriodicBench, mode: str) -> AsyncIterator[TickingProcess]:
    command = [sys.executable, "-m", "tests.worklane.ticking_process", bench.options.url, mode]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    started = TickingProcess(process)
    try:
        assert await started.says() == "ready"
        yield started
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


class TestProcesses:
    async def test_four_processes_that_tick_at_once_run_each_slot_once(self, known: PeriodicBench) -> None:
        slots = 12
        async with AsyncExitStack() as stack:
            processes = [await stack.enter_async_context(ticking(known, "look")) for _ in range(4)]
            for _ in range(slots):
                await known.turn_clock(HOUR)
                for one in processes:
                    one.look()
                answers = [await one.says() for one in processes]
                await known.finish()
                assert sorted(answers) == ["passed"] * 3 + ["took"]

        jobs, [_, *taken] = await known.jobs(), await known.slots()
        assert len(jobs) == slots
        assert [slot["slot"] for slot in taken] == [THIRTEEN + number * HOUR for number in range(slots)]
        assert {slot["job_id"] for slot in taken} == {job["id"] for job in jobs}
        assert not any(slot["joined"] or slot["missed"] for slot in taken)

    async def test_a_process_that_is_killed_between_slot_and_job_burns_no_slot(self, known: PeriodicBench) -> None:
        await known.turn_clock(HOUR)
        async with ticking(known, "stall") as doomed:
            doomed.look()
            assert await doomed.says() == "stalled"
            while_it_decides = await known.ticker().look()
            doomed.process.send_signal(signal.SIGKILL)
            async with asyncio.timeout(10):
                while not await known.ticker().look():
                    pass

        [_, slot], [job] = await known.slots(), await known.jobs()
        assert not while_it_decides
        assert (slot["slot"], slot["job_id"], slot["missed"]) == (THIRTEEN, job["id"], 0)
