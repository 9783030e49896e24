"""Work that is done in two portions, over a queue in memory and over the job lane; each effect is counted."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from worklane.backoff import Backoff
from worklane.claim import Claim
from worklane.lifecycle import Settlement
from worklane.memory import MemoryQueue
from worklane.outcome import Done, Outcome
from worklane.work import Report

PORTIONS = ("one", "two")
ALL_EFFECTS = (*PORTIONS, "saved")
EFFECTS = "create table effects (job_id uuid, what text, writes integer not null default 1, primary key (job_id, what))"
LEAVE = text(
    "insert into effects (job_id, what) values (:job, :what)"
    " on conflict (job_id, what) do update set writes = effects.writes + 1"
)
LEFT = text("select what from effects where job_id = :job")


class TwoPortions:
    """Keeps two portions, leaving out those that an earlier attempt has kept."""

    kind = "crawl"
    timeout: timedelta | None = timedelta(seconds=30)
    backoff = Backoff(base=timedelta(0), jitter=0)
    has_begun = False

    async def load(self, session: Any, claim: Claim) -> list[str]:
        return await self.kept(session, claim)

    async def perform(self, given: list[str], report: Report[str]) -> Outcome:
        self.has_begun = True
        for number, portion in enumerate(PORTIONS, 1):
            await moment()
            if portion not in given:
                await report.keep(portion, progress=number / 3)
        return Done(result="both")

    async def keep(self, session: Any, claim: Claim, portion: str) -> None:
        await self.leave(session, claim, portion)

    async def save(self, session: Any, claim: Claim, outcome: Outcome) -> None:
        if isinstance(outcome, Done):
            await self.leave(session, claim, "saved")

    async def kept(self, session: Any, claim: Claim) -> list[str]:
        """What earlier attempts have left."""
        return [what for row_id, what in session if row_id == claim.row_id]

    async def leave(self, session: Any, claim: Claim, what: str) -> None:
        """Leave an effect."""
        await moment()
        session.append((claim.row_id, what))


class TwoPortionsInTables(TwoPortions):
    """The same in the table of effects."""

    async def kept(self, session: AsyncSession, claim: Claim) -> list[str]:
        left = list((await session.execute(LEFT, {"job": claim.row_id})).scalars())
        await moment()
        return left

    async def leave(self, session: AsyncSession, claim: Claim, what: str) -> None:
        await session.execute(LEAVE, {"job": claim.row_id, "what": what})
        await moment()


class SuspendingQueue(MemoryQueue):
    """A queue in memory that suspends wherever a real one does; what a session wrote counts from its commit on."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.effects: Counter[tuple[UUID, str]] = Counter()
        self.open_sessions = 0

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Any]:
        with self._counted():
            await moment()
            yield list(self.effects)
            await moment()

    @asynccontextmanager
    async def keeping(self, claim: Claim, *, progress: float | None) -> AsyncIterator[Any]:
        session: list[tuple[UUID, str]] = []
        with self._counted():
            await moment()
            async with super().keeping(claim, progress=progress):
                yield session
                await moment()
            self.effects.update(session)
            await moment()

    @asynccontextmanager
    async def settling(self, claim: Claim, settlement: Settlement) -> AsyncIterator[Any]:
        session: list[tuple[UUID, str]] = []
        with self._counted():
            await moment()
            async with super().settling(claim, settlement):
                yield session
                await moment()
            self.effects.update(session)
            await moment()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self.open_sessions += 1
        try:
            yield
        finally:
            self.open_sessions -= 1


async def moment() -> None:
    """Let everybody else have a turn."""
    await asyncio.sleep(0)
