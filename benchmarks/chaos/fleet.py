"""The worker processes of a run: each seat is filled again at once when its process dies, by whatever cause."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.chaos.plan import Plan
from benchmarks.chaos.skew import faked_clock
from benchmarks.chaos.work import EXIT_OF_POISON
from benchmarks.chaos.worker import READY, Order

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 60.0
ENDS_WITHIN = 30.0
A_CRASH_AT_THE_START = 0.5


@dataclass(frozen=True, slots=True)
class Kill:
    """A worker was killed; `at` is the time of day, by the clock that the server shares."""

    name: str
    at: float


@dataclass(frozen=True, slots=True)
class Outage:
    """The server was away between these times of day."""

    began: float
    ended: float


@dataclass
class Tally:
    """What was done to the workers, and what they did without being asked."""

    kills: list[Kill] = field(default_factory=list)
    stops: int = 0
    outages: list[Outage] = field(default_factory=list)
    poisoned: int = 0
    surprising_exits: list[int] = field(default_factory=list)

    @property
    def so_far(self) -> str:
        """The counts in words."""
        return (
            f"{len(self.kills)} kills, {self.stops} stops, {len(self.outages)} restarts, {self.poisoned} poisoned,"
            f" {len(self.surprising_exits)} surprising exits"
        )


class Seat:
    """One place of the fleet, and the process that fills it now."""

    def __init__(
        self, number: int, order_for: Callable[[str], Order], tally: Tally, *, folder: Path, faketime: Path | None
    ) -> None:
        self._number = number
        self._order_for = order_for
        self._tally = tally
        self._log = folder / "workers.log"
        self._faketime = faketime
        self._process: asyncio.subprocess.Process | None = None
        self._ready = asyncio.Event()
        self._lives = 0
        self._closing = False
        self._expected: set[int] = set()
        self._tending = asyncio.create_task(self._tend())

    async def ready(self) -> None:
        """Wait until the process of this seat has registered."""
        async with asyncio.timeout(STARTS_WITHIN):
            await self._ready.wait()

    async def kill(self) -> None:
        """Kill the process; the seat is filled again at once."""
        process = await self._present()
        self._expected.add(process.pid)
        self._ready.clear()
        self._tally.kills.append(Kill(self._name, time.time()))
        process.kill()

    async def pause(self, seconds: float) -> None:
        """Stop the process, and let it go on after a while."""
        process = await self._present()
        process.send_signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
        self._tally.stops += 1

    async def close(self) -> None:
        """End the process gently, then not."""
        self._closing = True
        process = self._process
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(ENDS_WITHIN):
                    await process.wait()
            except TimeoutError:
                process.kill()
        await self._tending

    @property
    def _name(self) -> str:
        return f"seat{self._number}.{self._lives}"

    async def _present(self) -> asyncio.subprocess.Process:
        await self.ready()
        while self._process is None or self._process.returncode is not None:
            # It died by its own hand a moment ago; its successor is on its way.
            await asyncio.sleep(0.05)
            await self.ready()
        return self._process

    async def _tend(self) -> None:
        while not self._closing:
            self._lives += 1
            started = time.monotonic()
            self._process = await self._spawn()
            code = await self._until_it_ends(self._process)
            self._ready.clear()
            self._note(self._process.pid, code)
            if time.monotonic() - started < A_CRASH_AT_THE_START:
                await asyncio.sleep(A_CRASH_AT_THE_START)

    async def _until_it_ends(self, process: asyncio.subprocess.Process) -> int:
        assert process.stdout is not None
        async for line in process.stdout:
            if line.decode().strip() == READY:
                self._ready.set()
        return await process.wait()

    def _note(self, pid: int, code: int) -> None:
        if code == EXIT_OF_POISON:
            self._tally.poisoned += 1
        elif pid not in self._expected and not self._closing:
            self._tally.surprising_exits.append(code)

    async def _spawn(self) -> asyncio.subprocess.Process:
        order = self._order_for(self._name)
        command = [sys.executable, "-m", "benchmarks.chaos.worker", order.as_argument()]
        with self._log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *command,
                cwd=ROOT,
                env={**os.environ, **faked_clock(self._faketime, order.skew)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )


@contextlib.asynccontextmanager
async def fleet(plan: Plan, *, url: str, folder: Path, tally: Tally) -> AsyncIterator[Sequence[Seat]]:
    """As many seats as the plan says, ready; all processes are gone afterwards."""
    skews = _skews(plan)

    def order_for(name: str) -> Order:
        return Order(
            url=url,
            name=name,
            outside=str(folder / "outside"),
            slots=plan.slots,
            every=plan.rhythm.every.total_seconds(),
            dead_after=plan.rhythm.dead_after.total_seconds(),
            margin=plan.rhythm.margin.total_seconds(),
            rescue_every=plan.rescue_every.total_seconds(),
            mutant=plan.mutant.value,
            skew=skews[int(name.removeprefix("seat").split(".")[0])],
        )

    seats = [Seat(number, order_for, tally, folder=folder, faketime=plan.faketime) for number in range(plan.workers)]
    try:
        await asyncio.gather(*(seat.ready() for seat in seats))
        yield seats
    finally:
        await asyncio.gather(*(seat.close() for seat in seats))


def _skews(plan: Plan) -> list[float]:
    """Seconds by which the clocks of the workers are off: one an hour behind, one an hour ahead."""
    return [(-3600.0, 0.0, 3600.0)[number % 3] for number in range(plan.workers)]
