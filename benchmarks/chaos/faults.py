"""The faults of a run: each seat has its own list, the server its restarts, and the feeder goes along."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from benchmarks.chaos.fleet import Outage, Seat, Tally
from benchmarks.chaos.plan import Plan
from benchmarks.chaos.server import ScratchServer

DOWN_FOR = (0.2, 2.0)
A_KILL_TAKES = 1.0
LOOKS_EVERY = 0.2


@dataclass(frozen=True, slots=True)
class Fault:
    """A kill, or a stop for so many seconds, after a pause."""

    pause: float
    stop: float | None

    @property
    def weight(self) -> float:
        """How much of the run it makes up, in seconds."""
        return self.pause + (A_KILL_TAKES if self.stop is None else self.stop)


def dealt(plan: Plan) -> list[list[Fault]]:
    """The faults of each seat, in order; the same seed deals the same."""
    dice = random.Random(plan.seed + 1)
    kinds = ["kill"] * plan.kills + ["stop"] * plan.stops
    dice.shuffle(kinds)
    faults = [Fault(dice.uniform(*plan.pause), dice.uniform(*plan.stop) if kind == "stop" else None) for kind in kinds]
    return [faults[number :: plan.workers] for number in range(plan.workers)]


class Faults:
    """All faults of a plan, done once each. `progress` moves on during pauses and stops: work keeps coming in."""

    def __init__(self, plan: Plan, seats: Sequence[Seat], server: ScratchServer, tally: Tally) -> None:
        self.plan = plan
        self._seats = seats
        self._server = server
        self._tally = tally
        self._dealt = dealt(plan)
        self._total = sum(fault.weight for faults in self._dealt for fault in faults)
        self._done = 0.0
        self._under_way: list[tuple[float, float]] = []
        self._room_to_stop = asyncio.Semaphore(plan.stopped_at_once)

    def progress(self) -> float:
        """The share (0..1) of kills and stops that is done, by their weight; 1 when there are none."""
        if not self._total:
            return 1.0
        now = time.monotonic()
        partly = sum(min(seconds, now - since) for since, seconds in self._under_way)
        return min(1.0, (self._done + partly) / self._total)

    async def run(self) -> None:
        """Do them all."""
        async with asyncio.TaskGroup() as doing:
            for seat, faults in zip(self._seats, self._dealt, strict=True):
                doing.create_task(self._plague(seat, faults))
            doing.create_task(self._crash_the_server(random.Random(self.plan.seed + 99)))

    async def _plague(self, seat: Seat, faults: Sequence[Fault]) -> None:
        for fault in faults:
            async with self._counting(fault.pause):
                await asyncio.sleep(fault.pause)
            await self._do(seat, fault)

    async def _do(self, seat: Seat, fault: Fault) -> None:
        if fault.stop is None:
            async with self._counting(A_KILL_TAKES):
                await seat.kill()
            return
        async with self._room_to_stop, self._counting(fault.stop):
            await seat.pause(fault.stop)

    async def _crash_the_server(self, dice: random.Random) -> None:
        for number in range(self.plan.restarts):
            await self._reached((number + 0.5) / self.plan.restarts)
            began = time.time()
            await self._server.crash_and_start(down_for=dice.uniform(*DOWN_FOR))
            self._tally.outages.append(Outage(began, time.time()))

    async def _reached(self, share: float) -> None:
        while self.progress() < share:  # noqa: ASYNC110 - time moves it, nobody could set an event
            await asyncio.sleep(LOOKS_EVERY)

    @contextlib.asynccontextmanager
    async def _counting(self, seconds: float) -> AsyncIterator[None]:
        step = (time.monotonic(), seconds)
        self._under_way.append(step)
        yield
        self._under_way.remove(step)
        self._done += seconds
