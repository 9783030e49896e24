"""The report of a run on several machines: one JSON object, and the reasons for which it fails."""

from dataclasses import asdict

from benchmarks.chaos.checker import percentile
from benchmarks.hosts.run import Result

# A job may fail by being cut off as often as it may crash, without having done anything wrong.
TOLD_ONLY = frozenset({"innocents_failed"})

Report = dict[str, object]


def report(result: Result) -> Report:
    """The figures of the run. Times are in seconds: from a cut to the row running elsewhere, to the machine's return
    after the healing, and from a worker's fence to the first of its rows being freed."""
    returns = sorted((one.returned - one.healed).total_seconds() for one in result.cut_offs if one.returned is not None)
    return {
        "jobs": result.accepted,
        "machines": result.plan.workers,
        "cuts": len(result.cut_offs),
        **asdict(result.findings),
        "fenced_late": result.fences.fenced_late,
        "stopped_late": result.fences.stopped_late,
        "idle_after_cut": result.idle_after,
        "recovered_rows": len(result.recovery),
        "recovery_p50_s": percentile(result.recovery, 0.5),
        "recovery_p99_s": percentile(result.recovery, 0.99),
        "return_p50_s": percentile(returns, 0.5),
        "return_max_s": percentile(returns, 1.0),
        "fenced_before_freed_min_s": percentile(result.fences.margins, 0.0),
        "surprising_exits": len(result.surprising_exits),
        "mutant": result.plan.mutant.value,
        "cut_short": result.was_cut_short,
        "seed": result.plan.seed,
        "run_s": round(result.seconds, 1),
    }


def failures(result: Result) -> list[str]:
    """Why the run fails, in words; empty when it does not."""
    found = [f"{name} is {number}, not 0" for name, number in result.findings.broken.items() if name not in TOLD_ONLY]
    if result.fences.fenced_late:
        found.append(f"{result.fences.fenced_late} workers had not fenced themselves when their rows were freed")
    if result.fences.stopped_late:
        found.append(f"{result.fences.stopped_late} attempts went on when their row was freed")
    if result.idle_after:
        found.append(f"after {result.idle_after} cuts the machine took no work again")
    if not result.recovery:
        found.append("no cut hit a running job: nothing was proven")
    if result.was_cut_short:
        found.append(f"the run did not end within {result.plan.seconds:g} s")
    if result.surprising_exits:
        found.append(f"workers ended unasked, with {result.surprising_exits}")
    return found
