"""One run: a database, a fleet, a feeder and faults; afterwards the judgement."""

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from benchmarks.chaos.checker import Expected, Findings, check, outside_twice, percentile, recoveries
from benchmarks.chaos.faults import Faults
from benchmarks.chaos.feeder import feeder
from benchmarks.chaos.fleet import Tally, fleet
from benchmarks.chaos.history import read_history
from benchmarks.chaos.plan import Plan, PlannedJob, planned_jobs
from benchmarks.chaos.schema import make_schema
from benchmarks.chaos.server import ScratchServer
from scanlane.session.async_session import raw_dsn

ACTIVE = "select count(*) from jobs where status in ('pending', 'running')"
LAST_CHANGE = "select coalesce(max(seq), 0) from job_ledger"
TELLS_EVERY = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one run found. `accepted` falls short of the plan's jobs when the bound on its time was reached."""

    plan: Plan
    findings: Findings
    tally: Tally
    accepted: int
    recovery: list[float]
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


async def run(plan: Plan, server: ScratchServer, *, keep_log: Path | None = None) -> Result:
    """Run the plan on a new database of this server, and judge it."""
    started = time.monotonic()
    url = await _new_database(server, plan)
    jobs, tally = planned_jobs(plan), Tally()
    with _folder(keep_log) as folder:
        accepted, was_cut_short = [], False
        async with fleet(plan, url=url, folder=folder, tally=tally) as seats, feeder(url) as feeding:
            faults = Faults(plan, seats, server, tally)
            try:
                async with asyncio.timeout(plan.seconds), asyncio.TaskGroup() as doing:
                    telling = doing.create_task(_tell(plan, faults, tally, url))
                    doing.create_task(_until_settled(doing_all(faults, feeding, jobs), plan, url, telling))
            except TimeoutError:
                was_cut_short = True
            accepted = list(feeding.accepted)
        history = await read_history(url, folder / "outside")
    return Result(
        plan=plan,
        findings=check(history, _expected(plan, jobs, accepted)),
        tally=tally,
        accepted=len(accepted),
        recovery=recoveries(history, tally.kills),
        outside_twice=outside_twice(history),
        seconds=time.monotonic() - started,
        was_cut_short=was_cut_short,
    )
