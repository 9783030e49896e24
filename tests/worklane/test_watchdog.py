import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import pytest
import uvloop
from sqlalchemy.util import greenlet_spawn

from worklane import events
from worklane.watchdog import Watchdog

A_SECOND = timedelta(seconds=1)
STOPPED_FOR = 0.6
BLOCKED_AFTER = 0.3


class Seconds:
    """A monotonic clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class LoopInAThread:
    """A running event loop on a thread of its own, whose work can be made to block it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._gate = threading.Lock()

    def settle(self) -> None:
        """Wait until the loop has done everything that it was asked before."""
        done = threading.Event()
        self.loop.call_soon_threadsafe(done.set)
        assert done.wait(10)

    @contextmanager
    def blocked(self, by: Callable[[Callable[[], None]], object]) -> Iterator[None]:
        """Give the loop work that blocks it until the block ends."""
        entered = threading.Event()

        def block() -> None:
            entered.set()
            with self._gate:
                pass

        with self._gate:
            self.loop.call_soon_threadsafe(by, block)
            assert entered.wait(10)
            yield
        self.settle()

    def in_a_task(self, block: Callable[[], None]) -> None:
        async def handler() -> None:
            block()

        self._task = self.loop.create_task(handler(), name="crawl 7")

    def in_a_greenlet(self, block: Callable[[], None]) -> None:
        self._task = self.loop.create_task(greenlet_spawn(block), name="crawl 8")  # type: ignore[arg-type]

    def in_a_callback(self, block: Callable[[], None]) -> None:
        block()


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def running(request: pytest.FixtureRequest) -> Iterator[LoopInAThread]:
    """A loop that runs, of each make."""
    loop = request.param()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield LoopInAThread(loop)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


class Watch:
    """A watchdog on a clock that the test turns: it looks when the test says so."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.heard: list[events.Event] = []
        self.clock = Seconds()
        self.watchdog = Watchdog(loop, blocked_after=A_SECOND, listener=self.heard.append, clock=self.clock)

    def look(self, *, after: float = 0.25, times: int = 1) -> None:
        for _ in range(times):
            self.clock.now += after
            self.watchdog.look()


@pytest.fixture
def watch(running: LoopInAThread) -> Watch:
    """A watchdog whose first question was answered."""
    watch = Watch(running.loop)
    watch.look()
    running.settle()
    watch.look()
    running.settle()
    return watch


class TestAlarm:
    def test_a_loop_that_answers_raises_none(self, running: LoopInAThread, watch: Watch) -> None:
        for _ in range(20):
            watch.look()
            running.settle()

        assert watch.heard == []

    def test_a_blocked_loop_is_told_once_with_the_task_and_the_place(
        self, running: LoopInAThread, watch: Watch
    ) -> None:
        with running.blocked(running.in_a_task):
            watch.look(times=12)

        [alarm] = watch.heard
        assert isinstance(alarm, events.LoopBlocked)
        assert (alarm.task, alarm.seconds) == ("crawl 7", 1.0)
        assert alarm.where.startswith("test_watchdog.py:")
        assert alarm.where.endswith(" in LoopInAThread.blocked.<locals>.block")

    def test_its_end_is_told_with_the_time_it_took(self, running: LoopInAThread, watch: Watch) -> None:
        with running.blocked(running.in_a_task):
            watch.look(times=12)
        watch.look(times=1)
        running.settle()
        watch.look(times=1)

        assert watch.heard[1:] == [events.LoopFreed(seconds=2.75)]

    def test_each_stall_is_told_anew(self, running: LoopInAThread, watch: Watch) -> None:
        for _ in range(2):
            with running.blocked(running.in_a_task):
                watch.look(times=8)
            watch.look()
            running.settle()

        assert [type(event) for event in watch.heard] == [events.LoopBlocked, events.LoopFreed] * 2

    def test_a_stall_that_ends_in_time_is_not_told(self, running: LoopInAThread, watch: Watch) -> None:
        with running.blocked(running.in_a_task):
            watch.look(times=4)
        watch.look()

        assert watch.heard == []

    def test_work_in_a_greenlet_is_found_too(self, running: LoopInAThread, watch: Watch) -> None:
        with running.blocked(running.in_a_greenlet):
            watch.look(times=8)

        [alarm] = watch.heard
        assert isinstance(alarm, events.LoopBlocked)
        assert (alarm.task, alarm.where.partition(":")[0]) == ("crawl 8", "test_watchdog.py")

    def test_a_callback_of_no_task_is_found_too(self, running: LoopInAThread, watch: Watch) -> None:
        with running.blocked(running.in_a_callback):
            watch.look(times=8)

        [alarm] = watch.heard
        assert isinstance(alarm, events.LoopBlocked)
        assert (alarm.task, alarm.where.partition(":")[0]) == (None, "test_watchdog.py")


class TestNoFalseAlarm:
    def test_time_in_which_the_watchdog_did_not_run_does_not_count(self, running: LoopInAThread, watch: Watch) -> None:
        with running.blocked(running.in_a_task):
            watch.look(times=2)
            watch.look(after=3600)
            before_the_second = list(watch.heard)
            watch.look(times=2)

        [alarm] = watch.heard
        assert before_the_second == []
        assert isinstance(alarm, events.LoopBlocked)
        assert alarm.seconds == pytest.approx(1.0)

    def test_one_look_is_not_enough_whatever_the_time(self, running: LoopInAThread) -> None:
        watch = Watch(running.loop)
        watch.watchdog = Watchdog(
            running.loop, blocked_after=A_SECOND, every=2 * A_SECOND, listener=watch.heard.append, clock=watch.clock
        )
        watch.look(after=2)
        running.settle()

        with running.blocked(running.in_a_task):
            watch.look(after=2)
            watch.look(after=2)
            after_one = list(watch.heard)
            watch.look(after=2)

        assert (after_one, [type(event) for event in watch.heard]) == ([], [events.LoopBlocked])

    def test_a_loop_that_never_ran_is_not_blocked(self) -> None:
        loop = asyncio.new_event_loop()
        watch = Watch(loop)

        watch.look(times=12)
        loop.close()
        watch.look(times=12)

        assert watch.heard == []

    def test_a_loop_that_runs_no_more_is_not_blocked(self) -> None:
        loop = asyncio.new_event_loop()
        watch = Watch(loop)
        watch.look()
        loop.run_until_complete(asyncio.sleep(0))

        watch.look(times=12)
        loop.close()
        watch.look(times=12)

        assert watch.heard == []


class TestOwnThread:
    def test_work_that_sleeps_on_the_loop_is_told_while_it_sleeps(self, running: LoopInAThread) -> None:
        heard, freed = [], threading.Event()

        def listen(event: events.Event) -> None:
            heard.append((event, time.monotonic()))
            if isinstance(event, events.LoopFreed):
                freed.set()

        def sleep() -> None:
            time.sleep(3 * BLOCKED_AFTER)
            woke.append(time.monotonic())

        woke: list[float] = []
        watchdog = Watchdog(running.loop, blocked_after=timedelta(seconds=BLOCKED_AFTER), listener=listen)
        with watchdog.watching():
            running.settle()
            running.loop.call_soon_threadsafe(running.in_a_task, sleep)
            assert freed.wait(10)

        (blocked, when), (_, _) = heard
        assert isinstance(blocked, events.LoopBlocked)
        assert (blocked.task, blocked.where.partition(" in ")[2]) == (
            "crawl 7",
            "TestOwnThread.test_work_that_sleeps_on_the_loop_is_told_while_it_sleeps.<locals>.sleep",
        )
        assert when < woke[0]

    def test_the_thread_ends_with_the_block(self, running: LoopInAThread) -> None:
        with Watchdog(running.loop).watching():
            during = [thread.name for thread in threading.enumerate()]

        after = [thread.name for thread in threading.enumerate()]
        assert "worklane-watchdog" in during
        assert "worklane-watchdog" not in after


class TestStoppedProcess:
    async def test_a_process_that_was_stopped_raises_no_alarm_and_one_that_blocks_does(self) -> None:
        async with _watched_process() as (process, lines):
            for _ in range(6):
                process.send_signal(signal.SIGSTOP)
                await asyncio.to_thread(_wait_until_stopped, process.pid)
                await asyncio.sleep(STOPPED_FOR)  # being stopped for a time is the subject
                process.send_signal(signal.SIGCONT)
                await asyncio.sleep(BLOCKED_AFTER / 8)  # and being stopped again before the loop has recovered
            process.send_signal(signal.SIGUSR1)
            heard = [line async for line in lines]

        assert [line.split()[0] for line in heard] == ["LoopBlocked", "LoopFreed"]
        assert 'task="crawl 1"' in heard[0]
        assert " in busy" in heard[0]


@asynccontextmanager
async def _watched_process() -> AsyncIterator[tuple[asyncio.subprocess.Process, AsyncIterator[str]]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.worklane.watched_process", str(BLOCKED_AFTER), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    lines = (line.decode().strip() async for line in process.stdout)
    try:
        assert await anext(lines) == "ready"
        yield process, lines
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _wait_until_stopped(pid: int) -> None:
    os.waitid(os.P_PID, pid, os.WSTOPPED)
