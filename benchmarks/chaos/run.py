"""One run: a database, a fleet, a feeder and faults; afterwards the judgement."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from benchmarks.chaos.checker import (
    Expected,
    Findings,
    check,
    outside_twice,
    percentile,
    recoveries,
    recoveries_together,
    rescues,
)
from benchmarks.chaos.faults import Faults
from benchmarks.chaos.feeder import Feeder, feeder
from benchmarks.chaos.fleet import Tally, fleet
from benchmarks.chaos.history import read_history
from benchmarks.chaos.plan import Plan, PlannedJob, planned_jobs
from benchmarks.chaos.schema import make_schema
from benchmarks.chaos.server import ScratchServer
from benchmarks.chaos.slowest import told

from scanlane.session.async_session import raw_dsn

STATE = """
select (select count(*) from jobs where status in ('pending', 'running')),
    (select count(*) from jobs where status = 'running'), (select coalesce(max(seq), 0) from job_ledger)
"""
LOOKS_EVERY = 0.5
TELLS_EVERY = 10.0
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one run found. `accepted` falls short of the plan's jobs when the bound on its time was reached."""

    plan: Plan
    findings: Findings
    tally: Tally
    accepted: int
    recovery: list[float]
    rescue: list[float]
    together: list[float]
    outside_twice: int
    seconds: float
    was_cut_short: bool

    @property
    def recovery_p50(self) -> float | None:
        """Half of the killed rows ran elsewhere within so many seconds."""
        return percentile(self.recovery, 0.5)

    @property
    def recovery_p99(self) -> float | None:
        """Nearly all of the killed rows ran elsewhere within so many seconds."""
        return percentile(self.recovery, 0.99)


@dataclass(frozen=True, slots=True)
class _State:
    """How far a run is: rows that are not terminal, those of them that run, and the last line of the ledger."""

    active: int
    running: int
    last_change: int

    def __str__(self) -> str:
        return f"{self.active} active, {self.running} running"


async def run(plan: Plan, server: ScratchServer, *, name: str, folder: Path) -> Result:
    """Run the plan on a new database of that name, and judge it. Logs and outside effects go to the folder."""
    started = time.monotonic()
    url = await server.new_database(name)
    await _prepare(url)
    jobs, tally, was_cut_short = planned_jobs(plan), Tally(), False
    async with feeder(url) as feeding:
        try:
            async with asyncio.timeout(plan.seconds), fleet(plan, url=url, folder=folder, tally=tally) as seats:
                faults = Faults(plan, seats, server, tally)
                await _under_fire(name, faults, feeding, jobs, tally=tally, url=url)
        except TimeoutError:
            was_cut_short = True
    history = await read_history(url, folder / "outside")
    (folder / "slowest.txt").write_text("\n".join(told(history, tally.kills, tally.outages)), encoding="utf-8")
    return Result(
        plan=plan,
        findings=check(history, _expected(plan, jobs, feeding)),
        tally=tally,
        accepted=len(feeding.accepted),
        recovery=recoveries(history, tally.kills),
        rescue=rescues(history, tally.kills),
        together=recoveries_together(history, tally.kills),
        outside_twice=outside_twice(history),
        seconds=time.monotonic() - started,
        was_cut_short=was_cut_short,
    )


async def _prepare(url: str) -> None:
    connection = await asyncpg.connect(raw_dsn(url))
    try:
        await make_schema(connection)
    finally:
        await connection.close()


async def _under_fire(
    name: str, faults: Faults, feeding: Feeder, jobs: Sequence[PlannedJob], *, tally: Tally, url: str
) -> None:
    async with _telling(name, faults, feeding, tally, url):
        async with asyncio.TaskGroup() as doing:
            doing.create_task(faults.run())
            doing.create_task(feeding.feed(jobs, faults.progress))
        await _settled(faults.plan, url)


async def _settled(plan: Plan, url: str) -> None:
    """Wait until every row is terminal, or until nothing has changed for so long that nothing will."""
    last_change, changed_at = -1, time.monotonic()
    while time.monotonic() - changed_at < plan.stalled_after:
        state = await _state(url)
        if state is not None and state.active == 0:
            return
        if state is not None and state.last_change != last_change:
            last_change, changed_at = state.last_change, time.monotonic()
        await asyncio.sleep(LOOKS_EVERY)


async def _state(url: str) -> _State | None:
    """How far the run is; None while the server is away."""
    try:
        connection = await asyncpg.connect(raw_dsn(url), timeout=5)
        try:
            row = await connection.fetchrow(STATE)
        finally:
            await connection.close()
    except AWAY:
        return None
    return _State(*row) if row is not None else None


@contextlib.asynccontextmanager
async def _telling(name: str, faults: Faults, feeding: Feeder, tally: Tally, url: str) -> AsyncIterator[None]:
    async def tell() -> None:
        started = time.monotonic()
        while True:
            await asyncio.sleep(TELLS_EVERY)
            said = f"{name} {time.monotonic() - started:.0f} s: {faults.progress():.0%} of the faults, {tally.so_far}"
            print(f"{said}, {len(feeding.accepted)} jobs fed, {await _state(url)}", file=sys.stderr, flush=True)

    telling = asyncio.create_task(tell())
    try:
        yield
    finally:
        telling.cancel()


def _expected(plan: Plan, jobs: Sequence[PlannedJob], feeding: Feeder) -> Expected:
    return Expected(
        accepted=feeding.accepted,
        portions={job.id: job.portions for job in jobs},
        poison=frozenset(job.id for job in jobs if job.is_poison),
        dead_after=plan.rhythm.dead_after,
    )
