"""The faults of a run: each seat has its own list, the server its restarts, and the feeder goes along."""

import asyncio
import contextlib
import random
from collections.abc import Iterator, Sequence

from benchmarks.chaos.fleet import Seat, Tally, dealt
from benchmarks.chaos.plan import Plan
from benchmarks.chaos.server import ScratchServer

DOWN_FOR = (0.2, 2.0)
LOOKS_EVERY = 0.1


class Faults:
    """All faults of a plan, done once each; `progress` says how far they are, 0..1."""

    def __init__(self, plan: Plan, seats: Sequence[Seat], server: ScratchServer, tally: Tally) -> None:
        self._plan = plan
        self._seats = seats
        self._server = server
        self._tally = tally
        self._done = 0
        self._total = plan.kills + plan.stops

    def progress(self) -> float:
        """The share of kills and stops that are done; 1 when there are none."""
        return self._done / self._total if self._total else 1.0

    async def run(self) -> None:
        """Do them all."""
        async with asyncio.TaskGroup() as doing:
            for number, (seat, faults) in enumerate(zip(self._seats, dealt(self._plan), strict=True)):
                doing.create_task(self._plague(seat, faults, random.Random(self._plan.seed + 100 + number)))
            doing.create_task(self._crash_the_server(random.Random(self._plan.seed + 99)))

    async def _plague(self, seat: Seat, faults: Sequence[str], dice: random.Random) -> None:
        for fault in faults:
            await asyncio.sleep(dice.uniform(*self._plan.pause))
            with self._counting():
                if fault == "kill":
                    await seat.kill()
                else:
                    await seat.pause(dice.uniform(*self._plan.stop))

    async def _crash_the_server(self, dice: random.Random) -> None:
        for number in range(self._plan.restarts):
            while self.progress() < (number + 0.5) / self._plan.restarts:
                await asyncio.sleep(LOOKS_EVERY)
            await self._server.crash_and_start(down_for=dice.uniform(*DOWN_FOR))
            self._tally.restarts += 1

    @contextlib.contextmanager
    def _counting(self) -> Iterator[None]:
        yield
        self._done += 1
