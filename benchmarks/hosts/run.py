"""One run: a network, a server, a worker on each machine, and cuts; afterwards the judgement."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
from benchmarks.chaos.checker import Expected, Findings, check, recoveries
from benchmarks.chaos.feeder import Feeder, feeder
from benchmarks.chaos.fleet import Kill
from benchmarks.chaos.history import Change, History, read_history
from benchmarks.chaos.plan import Plan, PlannedJob, planned_jobs
from benchmarks.hosts.cutting import CutOff, Cutting, idle_after
from benchmarks.hosts.fleet import fleet
from benchmarks.hosts.marks import Fences, fences, marks_beside, read_marks
from benchmarks.hosts.places import Places, connection
from benchmarks.hosts.plan import Cut

ACTIVE = "select count(*) from jobs where status in ('pending', 'running')"
LATEST = "select coalesce(max(seq), 0) from job_ledger"
LOOKS_EVERY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run found. `idle_after`: cuts after which the machine was never seen to take work again."""

    plan: Plan
    accepted: int
    findings: Findings
    fences: Fences
    cut_offs: Sequence[CutOff]
    idle_after: int
    recovery: list[float]
    surprising_exits: list[int]
    seconds: float
    was_cut_short: bool


async def run(plan: Plan, cuts: Sequence[Cut], where: Places) -> Result:
    """Run the plan and judge it."""
    started, jobs, was_cut_short = time.monotonic(), planned_jobs(plan), False
    surprising: list[int] = []
    async with feeder(where.url) as feeding, connection(where.url) as watch:
        cutting = Cutting(cuts, where.machines, watch)
        try:
            async with asyncio.timeout(plan.seconds) as bound, fleet(plan, where, surprising):
                await _under_fire(cutting, feeding, jobs)
                await _settled(plan, watch)
        except TimeoutError:
            if not bound.expired():
                raise
            was_cut_short = True
    history = await read_history(where.url, where.outside)
    (where.folder / "ledger").write_text("".join(f"{line}\n" for line in story(history, cutting.cut_offs)))
    return Result(
        plan=plan,
        accepted=len(feeding.accepted),
        findings=check(history, _expected(plan, jobs, feeding)),
        fences=fences(history, read_marks(marks_beside(where.outside)), {job.id for job in jobs if job.is_stubborn}),
        cut_offs=cutting.cut_offs,
        idle_after=idle_after(cutting.cut_offs, history.changes),
        recovery=recoveries(history, [Kill(one.name, one.cut.timestamp()) for one in cutting.cut_offs]),
        surprising_exits=surprising,
        seconds=time.monotonic() - started,
        was_cut_short=was_cut_short,
    )


def story(history: History, cut_offs: Sequence[CutOff]) -> list[str]:
    """What happened, one line each, in the order in which it did."""
    told = [(change.at, _worded(change)) for change in history.changes]
    told += [(sign.at, f"{sign.by} {sign.kind} worker {sign.worker_id} {sign.name}") for sign in history.signs]
    for one in cut_offs:
        told += [(one.cut, f"{one.name} is cut off"), (one.healed, f"{one.name} is healed")]
    return [f"{at.isoformat()} {words}" for at, words in sorted(told, key=lambda line: line[0])]


def _worded(change: Change) -> str:
    what = "rescue" if change.is_rescue else "claim" if change.is_claim else "write"
    tokens = f"token {change.old_token}->{change.new_token}"
    return f"{change.by} {what} job {change.job_id} {change.old_status}->{change.new_status} {tokens}"


async def _under_fire(cutting: Cutting, feeding: Feeder, jobs: Sequence[PlannedJob]) -> None:
    async with asyncio.TaskGroup() as doing:
        doing.create_task(cutting.run())
        doing.create_task(feeding.feed(jobs, cutting.progress))


async def _settled(plan: Plan, watch: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Wait until every row is terminal, or until nothing has changed for so long that nothing will."""
    latest, changed_at = -1, time.monotonic()
    while await watch.fetchval(ACTIVE) and time.monotonic() - changed_at < plan.stalled_after:
        seen = await watch.fetchval(LATEST)
        if seen != latest:
            latest, changed_at = seen, time.monotonic()
        await asyncio.sleep(LOOKS_EVERY)


def _expected(plan: Plan, jobs: Sequence[PlannedJob], feeding: Feeder) -> Expected:
    return Expected(
        accepted=feeding.accepted,
        portions={job.id: job.portions for job in jobs},
        poison=frozenset(),
        dead_after=plan.rhythm.dead_after,
    )
