"""Rows that killed two processes run alone: in a process of their own, or by a worker that has nothing else to do."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.worklane.worker_bench import OPTIONS, Bench, at_work
from worklane import events
from worklane.heartbeat import Heartbeat, Rhythm
from worklane.lifecycle import SUSPECT_AFTER, Status
from worklane.lifeline import to_start
from worklane.memory import MemoryRow
from worklane.quarantine import in_a_process
from worklane.worker import Worker

ROOT = Path(__file__).parents[2]
QUICK = replace(OPTIONS, poll_every=timedelta(milliseconds=20))
WAITS_FOR_ITS_PARENT = """
import asyncio, sys
from worklane.quarantine import until_the_parent_is_gone
print("ready", flush=True)
asyncio.run(until_the_parent_is_gone())
open(sys.argv[1], "w").close()
"""
STARTS_ONE_AND_WAITS = """
import asyncio, sys
from worklane.quarantine import in_a_process
from worklane.worker import Worker
asyncio.run(in_a_process([sys.executable, "-c", sys.argv[1], sys.argv[2]])())
"""


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def suspect(bench: Bench) -> MemoryRow:
    row = await bench.add_row()
    row.crashes = SUSPECT_AFTER
    return row


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - what a test waits for here sets no event
            await asyncio.sleep(0)


class TestAWorkerWithoutAQuarantine:
    async def test_it_runs_a_suspect_when_it_has_nothing_else_to_do(self, bench: Bench) -> None:
        bench.gate.opened.set()
        row = await suspect(bench)

        async with at_work(bench.worker(QUICK)):
            await bench.log.saw(events.Settled)

        assert row.status is Status.COMPLETE

    async def test_while_a_suspect_runs_nothing_else_is_taken(self, bench: Bench) -> None:
        await suspect(bench)
        worker = bench.worker(QUICK)

        async with at_work(worker):
            await bench.gate.holds(1)
            other = await bench.add_row()
            worker.nudge()
            started = await worker.start_now(other.id)
            taken = await worker.take(5)
            waited = other.status
            bench.gate.opened.set()
            await bench.log.saw(events.Settled, times=2)

        assert (started, taken, waited) == (False, 0, Status.PENDING)
        assert (bench.gate.most_inside, other.status) == (1, Status.COMPLETE)

    async def test_while_others_run_no_suspect_is_taken(self, bench: Bench) -> None:
        await bench.add_row()
        accused = await suspect(bench)

        async with at_work(bench.worker(QUICK)):
            await bench.gate.holds(1)
            await until(lambda: bench.queue.looks_for_suspects > 2)
            waited = accused.status
            bench.gate.opened.set()
            await bench.log.saw(events.Settled, times=2)

        assert waited is Status.PENDING
        assert (accused.status, bench.gate.most_inside) == (Status.COMPLETE, 1)


class TestAWorkerWithAQuarantine:
    async def test_it_sends_suspects_there_and_goes_on_with_its_own_work(self, bench: Bench) -> None:
        accused, other, called = await suspect(bench), await bench.add_row(), asyncio.Event()

        async def quarantine() -> int:
            called.set()
            await asyncio.Event().wait()
            return 0

        async with at_work(bench.worker(replace(QUICK, quarantine=quarantine))):
            await asyncio.wait_for(called.wait(), 10)
            await bench.gate.holds(1)

        assert (accused.attempt, bench.gate.runs) == (0, 1)
        assert other.attempt == 0  # handed back when the worker was stopped

    async def test_it_sends_suspects_there_before_it_may_say_who_is_dead(self, bench: Bench) -> None:
        await suspect(bench)
        called = asyncio.Event()

        async def quarantine() -> int:
            called.set()
            return 0

        slow = Heartbeat(bench.pulse, rhythm=Rhythm(every=timedelta(hours=1), dead_after=timedelta(hours=3)))
        options = replace(QUICK, quarantine=quarantine)
        async with at_work(Worker(bench.queue, bench.executor, slow, options=options, listener=bench.log)):
            await asyncio.wait_for(called.wait(), 10)
            silence = slow.silence_of_the_dead

        assert silence is None

    @pytest.mark.parametrize(
        ("waiting", "since", "starts"),
        [
            (1, [], 1),
            (5, [], 5),
            (20, [], 8),
            (3, [99.9, 99.5], 1),
            (1, [99.9, 99.5], 0),
            (1, [10.0, 98.9], 1),
            (8, [10.0, 11.0, 99.9], 5),
            (1, [10.0] * 8, 0),
        ],
    )
    def test_it_starts_as_many_as_suspects_wait_for_which_none_is_starting_yet(
        self, waiting: int, since: list[float], starts: int
    ) -> None:
        assert to_start(waiting, since, now=100.0, most=8) == starts

    async def test_there_are_so_many_at_once_and_another_when_one_died(self, bench: Bench) -> None:
        for _ in range(3):
            await suspect(bench)
        inside = most = 0
        dying = asyncio.Event()

        async def quarantine() -> int:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            await dying.wait()
            inside -= 1
            return 137

        async with at_work(bench.worker(replace(QUICK, quarantine=quarantine, quarantines_at_once=2))):
            await until(lambda: inside == 2)
            looked = bench.queue.looks_for_suspects
            await until(lambda: bench.queue.looks_for_suspects > looked + 2)
            dying.set()
            await bench.log.saw(events.QuarantineEnded, lambda event: event.code == 137, times=3)

        assert most == 2

    async def test_one_that_cannot_be_started_hurts_nobody(self, bench: Bench) -> None:
        await suspect(bench)
        bench.gate.opened.set()

        async with at_work(bench.worker(replace(QUICK, quarantine=in_a_process(["/nonexistent"])))):
            await bench.log.saw(events.QueueUnreachable, lambda event: event.doing == "starting the quarantine")
            await bench.add_row()
            await bench.log.saw(events.Settled)


class TestTheQuarantineItself:
    async def test_it_takes_nothing_but_suspects_one_at_a_time_and_ends(self, bench: Bench) -> None:
        bench.gate.opened.set()
        other, accused = await bench.add_row(), [await suspect(bench) for _ in range(3)]

        async with at_work(bench.worker(replace(QUICK, alone=True, alone_for=timedelta(0)))) as running:
            await asyncio.wait_for(running, 10)

        assert other.status is Status.PENDING
        assert {row.status for row in accused} == {Status.COMPLETE}
        assert bench.gate.most_inside == 1


class TestProcesses:
    @pytest.mark.parametrize("code", [0, 3])
    async def test_the_exit_status_is_told(self, code: int) -> None:
        assert await in_a_process([sys.executable, "-c", f"raise SystemExit({code})"])() == code

    async def test_a_process_that_kills_itself_is_told_of(self) -> None:
        dying = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"

        assert await in_a_process([sys.executable, "-c", dying])() == -signal.SIGKILL

    async def test_it_ends_with_the_call_that_is_cancelled(self, tmp_path: Path) -> None:
        note = tmp_path / "pid"
        saying = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
        running = asyncio.ensure_future(in_a_process([sys.executable, "-c", saying])())
        await until(lambda: note.exists() and bool(note.read_text()))

        running.cancel()
        await asyncio.wait([running])

        with pytest.raises(ProcessLookupError):
            os.kill(int(note.read_text()), 0)

    async def test_it_notices_that_its_parent_was_killed(self, tmp_path: Path) -> None:
        note = tmp_path / "noticed"
        command = [sys.executable, "-c", STARTS_ONE_AND_WAITS, WAITS_FOR_ITS_PARENT, str(note)]
        parent = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        assert parent.stdout is not None
        await asyncio.wait_for(parent.stdout.readline(), 20)

        parent.kill()
        await parent.wait()

        await until(note.exists)

    async def test_started_by_hand_it_waits_for_nobody(self, tmp_path: Path) -> None:
        command = [sys.executable, "-c", WAITS_FOR_ITS_PARENT, str(tmp_path / "noticed")]
        null = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(*command, stdin=null, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        await asyncio.wait_for(process.stdout.readline(), 20)

        ended, _ = await asyncio.wait([asyncio.ensure_future(process.wait())], timeout=0.5)
        process.kill()
        await process.wait()

        assert not ended
