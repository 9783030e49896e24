"""Does the cuts of a run one after the other, each once the machines of the one before are back at work."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
from benchmarks.chaos.history import Change
from benchmarks.hosts.network import Machine
from benchmarks.hosts.plan import Cut

RETURNS_WITHIN = 30.0
LOOKS_EVERY = 0.1
# The share of the jobs that is kept for after the last cut, lest the machine that comes back find nothing to do.
LAST_SHARE = 0.2
# Whether the machine has made itself known anew since then.
RETURNED = "select max(at) from worker_ledger where name = $1 and kind = 'INSERT' and at > $2"


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """A machine was cut off, healed, and was known again; None if it was not within thirty seconds."""

    name: str
    cut: datetime
    healed: datetime
    returned: datetime | None


class Cutting:
    """The cuts of a run. `progress` moves on during pauses and cuts: work keeps coming in."""

    def __init__(
        self, cuts: Sequence[Cut], machines: Sequence[Machine], watch: "asyncpg.Connection[asyncpg.Record]"
    ) -> None:
        self._cuts = cuts
        self._machines = machines
        self._watch = watch
        self._done = 0
        self._since, self._lasts = time.monotonic(), 1.0
        self.cut_offs: list[CutOff] = []

    def progress(self) -> float:
        """The share (0..1) that is done; the last part is a while in peace."""
        partly = min(1.0, (time.monotonic() - self._since) / self._lasts)
        if self._done < len(self._cuts):
            return (1 - LAST_SHARE) * (self._done + partly) / len(self._cuts)
        return 1 - LAST_SHARE * (1 - partly)

    async def run(self) -> None:
        """Do them all."""
        for cut in self._cuts:
            self._begin(cut.pause + cut.seconds)
            await asyncio.sleep(cut.pause)
            self.cut_offs += await self._do([self._machines[number] for number in cut.machines], cut.seconds)
            self._done += 1
        # TCP doubles its waits: a connection that was silent for so long may be silent for as long again.
        peace = self._cuts[-1].pause + self._cuts[-1].seconds
        self._begin(peace)
        await asyncio.sleep(peace)

    def _begin(self, lasts: float) -> None:
        self._since, self._lasts = time.monotonic(), lasts

    async def _do(self, machines: Sequence[Machine], seconds: float) -> list[CutOff]:
        cut = datetime.now(UTC)
        await asyncio.gather(*(machine.cut_off() for machine in machines))
        try:
            await asyncio.sleep(seconds)
        finally:
            await asyncio.gather(*(machine.heal() for machine in machines))
        healed = datetime.now(UTC)
        returned = [await self._returned(machine, healed) for machine in machines]
        return [
            CutOff(name=machine.name, cut=cut, healed=healed, returned=at)
            for machine, at in zip(machines, returned, strict=True)
        ]

    async def _returned(self, machine: Machine, healed: datetime) -> datetime | None:
        while (datetime.now(UTC) - healed).total_seconds() < RETURNS_WITHIN:
            at: datetime | None = await self._watch.fetchval(RETURNED, machine.name, healed)
            if at is not None:
                return at
            await asyncio.sleep(LOOKS_EVERY)
        return None


def idle_after(cut_offs: Sequence[CutOff], changes: Sequence[Change]) -> int:
    """How many cuts the machine was not seen to take work after, before its next cut or the end of the run."""
    claims = [(change.by, change.at) for change in changes if change.is_claim]
    idle = 0
    for one in cut_offs:
        until = min((other.cut for other in cut_offs if other.name == one.name and other.cut > one.cut), default=None)
        worked = any(by == one.name and one.healed < at and (until is None or at < until) for by, at in claims)
        idle += not worked
    return idle
