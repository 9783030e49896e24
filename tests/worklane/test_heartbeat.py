import asyncio
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from tests.worklane.works import TwitchyPulse
from worklane.claim import WorkerId
from worklane.heartbeat import Heartbeat, Rhythm
from worklane.memory import MemoryQueue
from worklane.queue import Holdings

FAST = Rhythm(
    every=timedelta(milliseconds=40), dead_after=timedelta(milliseconds=400), margin=timedelta(milliseconds=100)
)


class Heard:
    """What a heartbeat told, and when."""

    def __init__(self) -> None:
        self.beats: list[WorkerId] = []
        self.fences: list[tuple[WorkerId, str, float]] = []
        self._changed = asyncio.Event()

    def compare(self, worker: WorkerId, holdings: Holdings) -> None:
        self.beats.append(worker)
        self._changed.set()

    def drop_everything(self, worker: WorkerId, why: str) -> None:
        self.fences.append((worker, why, time.monotonic()))
        self._changed.set()

    async def has(self, *, beats: int = 0, fences: int = 0) -> None:
        async with asyncio.timeout(10):
            while len(self.beats) < beats or len(self.fences) < fences:
                self._changed.clear()
                await self._changed.wait()


def heartbeat(pulse: TwitchyPulse, heard: Heard) -> Heartbeat:
    heart = Heartbeat(pulse, name="test", rhythm=FAST)
    heart.watched_by(heard)
    return heart


class TestBeating:
    async def test_a_worker_is_known_while_the_block_lasts(self) -> None:
        queue, heard = MemoryQueue(), Heard()

        async with heartbeat(TwitchyPulse(queue), heard) as heart:
            await heard.has(beats=3)
            during = set(queue.beats)

        assert during == set(heard.beats)
        assert len(during) == 1
        assert queue.beats == {}
        assert heart.worker in during | {None}

    async def test_it_beats_from_a_thread_of_its_own(self) -> None:
        pulse, heard = TwitchyPulse(MemoryQueue()), Heard()

        async with heartbeat(pulse, heard):
            await heard.has(beats=1)

        assert threading.get_ident() not in pulse.threads

    async def test_a_blocked_event_loop_goes_on_beating(self) -> None:
        pulse, heard = TwitchyPulse(MemoryQueue()), Heard()

        async with heartbeat(pulse, heard) as heart:
            await heard.has(beats=1)
            before = pulse.good_beats
            _block_until(lambda: pulse.good_beats >= before + 10)
            still_trusted = heart.worker is not None

        assert pulse.good_beats >= before + 10
        assert still_trusted
        assert heard.fences == []

    async def test_every_start_is_a_new_identity(self) -> None:
        queue, heard = MemoryQueue(), Heard()

        for start in (1, 2):
            async with heartbeat(TwitchyPulse(queue), heard):
                await heard.has(beats=len(heard.beats) + start)

        assert len(set(heard.beats)) == 2

    async def test_registering_is_tried_until_it_succeeds(self) -> None:
        pulse, heard = TwitchyPulse(MemoryQueue()), Heard()
        pulse.fail()

        async with heartbeat(pulse, heard) as heart:
            await pulse.tried(3)
            before = heart.worker
            pulse.recover()
            await heart.known()

        assert before is None
        assert heard.fences == []

    async def test_a_slow_connection_does_not_keep_it_from_registering(self) -> None:
        pulse, heard = TwitchyPulse(MemoryQueue()), Heard()
        pulse.registering_takes = 0.7

        async with heartbeat(pulse, heard) as heart:
            async with asyncio.timeout(5):
                await heart.known()

        assert pulse.attempts["register"] == 1


class TestDeclaringOthersDead:
    async def test_nobody_is_before_the_worker_itself_has_beaten_for_a_while(self) -> None:
        pulse = TwitchyPulse(MemoryQueue())
        slow = Rhythm(every=timedelta(hours=1), dead_after=timedelta(hours=3))

        async with Heartbeat(pulse, name="test", rhythm=slow) as heart:
            await heart.known()
            silence = heart.silence_of_the_dead

        assert silence is None

    async def test_then_those_are_who_have_been_silent_for_the_usual_time(self) -> None:
        pulse, heard = TwitchyPulse(MemoryQueue()), Heard()

        async with heartbeat(pulse, heard) as heart:
            await heard.has(beats=3)
            silence = heart.silence_of_the_dead

        assert silence == FAST.dead_after

    async def test_nobody_is_while_the_worker_itself_cannot_beat(self) -> None:
        pulse, heard = TwitchyPulse(MemoryQueue()), Heard()

        async with heartbeat(pulse, heard) as heart:
            await heard.has(beats=3)
            pulse.fail()
            await heard.has(fences=1)
            silence = heart.silence_of_the_dead

        assert silence is None


class TestFencing:
    async def test_a_worker_that_cannot_beat_is_fenced_before_others_may_take_its_rows(self) -> None:
        pulse, heard = TwitchyPulse(MemoryQueue()), Heard()

        async with heartbeat(pulse, heard) as heart:
            await heard.has(beats=2)
            pulse.fail()
            await heard.has(fences=1)
            worker = heart.worker

        assert heard.fences[0][1] == "cannot beat: ConnectionError"
        assert heard.fences[0][2] - pulse.last_good < FAST.dead_after.total_seconds()
        assert worker is None

    async def test_a_beat_that_hangs_is_as_bad_as_one_that_fails(self) -> None:
        pulse, heard = TwitchyPulse(MemoryQueue()), Heard()

        async with heartbeat(pulse, heard):
            await heard.has(beats=2)
            pulse.hang()
            await heard.has(fences=1)

        assert heard.fences[0][1] == "cannot beat: TimeoutError"
        assert heard.fences[0][2] - pulse.last_good < FAST.dead_after.total_seconds()

    async def test_a_connection_that_cannot_even_be_closed_is_fenced_too(self) -> None:
        pulse, heard = TwitchyPulse(MemoryQueue()), Heard()

        async with heartbeat(pulse, heard):
            await heard.has(beats=1)
            pulse.closing_fails = True
            pulse.fail()
            await heard.has(fences=1)
            pulse.recover()
            await heard.has(beats=len(heard.beats) + 1)

        assert len(set(heard.beats)) == 2

    async def test_one_missed_beat_is_forgiven(self) -> None:
        pulse, heard = TwitchyPulse(MemoryQueue()), Heard()

        async with heartbeat(pulse, heard):
            await heard.has(beats=1)
            pulse.fail(times=1)
            await heard.has(beats=4)

        assert heard.fences == []
        assert len(set(heard.beats)) == 1

    async def test_a_worker_that_was_declared_dead_comes_back_as_another(self) -> None:
        queue, heard = MemoryQueue(), Heard()

        async with heartbeat(TwitchyPulse(queue), heard):
            await heard.has(beats=1)
            dead = heard.beats[0]
            await TwitchyPulse(queue).leave(dead)
            await heard.has(fences=1)
            await heard.has(beats=len(heard.beats) + 1)

        assert heard.fences[0][:2] == (dead, "declared dead by others")
        assert isinstance(heard.beats[-1], UUID)
        assert heard.beats[-1] != dead


def _block_until(fact: Callable[[], bool]) -> None:
    """Block the event loop, on purpose, for two seconds at most."""
    deadline = time.monotonic() + 2
    while not fact() and time.monotonic() < deadline:
        time.sleep(0.01)
