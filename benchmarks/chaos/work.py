"""The work of the fault suite: it takes time, keeps portions, leaves one effect, and may kill its process."""

import asyncio
import os
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from benchmarks.chaos.schema import JOBS
from sqlalchemy import column as col
from sqlalchemy import func, insert, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from worklane.backoff import Backoff
from worklane.claim import Claim
from worklane.outcome import Done, Outcome
from worklane.plain_work import PlainWork
from worklane.work import Report

KIND = "chaos"
PLAIN_KIND = "chaos_plain"
EXIT_OF_POISON = 137
EFFECTS = table("effects", col("kind"), col("job_id"), col("portion"), col("token"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What `perform` works on; `kept` portions were saved by earlier attempts."""

    job_id: UUID
    token: int
    seconds: float
    portions: int
    kept: int
    is_poison: bool
    is_stubborn: bool


@dataclass
class ChaosWork:
    """Work whose effects are rows, and whose outside effect is a line in a file that no transaction guards."""

    outside: Path
    kind: str = KIND
    timeout: timedelta | None = None
    backoff: Backoff = field(
        default_factory=lambda: Backoff(base=timedelta(seconds=0.2), factor=2, cap=timedelta(seconds=2))
    )

    async def load(self, session: AsyncSession, claim: Claim) -> Given:
        """Read the job, and how many portions are there already."""
        job = JOBS.c
        kept = (
            select(func.count(EFFECTS.c.portion.distinct()))
            .where(EFFECTS.c.kind == "keep", EFFECTS.c.job_id == claim.row_id)
            .scalar_subquery()
        )
        reading = select(job.seconds, job.portions, job.is_poison, job.is_stubborn, kept).where(job.id == claim.row_id)
        seconds, portions, is_poison, is_stubborn, number = (await session.execute(reading)).one()
        return Given(
            job_id=claim.row_id,
            token=claim.token,
            seconds=seconds,
            portions=portions,
            kept=number,
            is_poison=is_poison,
            is_stubborn=is_stubborn,
        )

    async def perform(self, given: Given, report: Report[int]) -> Outcome:
        """Take the time that is left, portion by portion; then do what cannot be undone."""
        if given.is_poison:
            await asyncio.sleep(given.seconds)
            os._exit(EXIT_OF_POISON)
        for portion in range(given.kept, given.portions):
            await _pass(given.seconds / given.portions, is_stubborn=given.is_stubborn)
            keeping = report.keep(portion, progress=(portion + 1) / given.portions)
            await (_to_its_end(keeping) if given.is_stubborn else keeping)
        if not given.portions:
            await _pass(given.seconds, is_stubborn=given.is_stubborn)
        _append(self.outside, f"{given.job_id} {given.token}\n")
        return Done(result=given.portions)

    async def keep(self, session: AsyncSession, claim: Claim, portion: int) -> None:
        """Leave the portion; after an unknown commit it may be there twice, under the same token."""
        await session.execute(insert(EFFECTS).values(_effect("keep", claim, portion)))

    async def save(self, session: AsyncSession, claim: Claim, outcome: Outcome) -> None:
        """Leave the effect."""
        if isinstance(outcome, Done):
            await session.execute(insert(EFFECTS).values(_effect("save", claim, None)))


class PlainChaosWork(PlainWork):
    """Work that saves nothing: its effect is its result, which says under which token it was made."""

    kind = PLAIN_KIND
    backoff = Backoff(base=timedelta(seconds=0.2), factor=2, cap=timedelta(seconds=2))

    def __init__(self, outside: Path) -> None:
        self._outside = outside

    async def perform(self, given: Claim, report: Report[None]) -> Outcome:  # noqa: ARG002
        """Take the time; then do what cannot be undone."""
        asked = given.payload
        await _pass(float(str(asked["seconds"])), is_stubborn=bool(asked["is_stubborn"]))
        _append(self._outside, f"{given.row_id} {given.token}\n")
        return Done(result={"token": given.token})


async def _pass(seconds: float, *, is_stubborn: bool) -> None:
    until = asyncio.get_running_loop().time() + seconds
    while (left := until - asyncio.get_running_loop().time()) > 0:
        try:
            await asyncio.sleep(left)
        except asyncio.CancelledError:
            if not is_stubborn:
                raise


async def _to_its_end(call: Awaitable[None]) -> None:
    under_way = asyncio.ensure_future(call)
    while True:
        try:
            return await asyncio.shield(under_way)
        except asyncio.CancelledError:
            if under_way.done():
                raise


def _effect(kind: str, claim: Claim, portion: int | None) -> dict[str, object]:
    return {"kind": kind, "job_id": claim.row_id, "portion": portion, "token": claim.token}


def _append(path: Path, line: str) -> None:
    # One write in append mode is whole, also beside other processes.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)
