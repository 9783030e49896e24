"""The report of the fault suite: one JSON object, and the exit status that follows from it."""

from collections.abc import Mapping
from dataclasses import asdict

from benchmarks.chaos.checker import percentile
from benchmarks.chaos.mutants import SYMPTOMS
from benchmarks.chaos.plan import Mutant
from benchmarks.chaos.run import Result

LONGEST_RECOVERY = 10.0

Report = dict[str, object]


def is_caught(result: Result) -> bool:
    """Whether the planted bug shows as what it is."""
    return any(symptom in result.findings.broken for symptom in SYMPTOMS[result.plan.mutant])


def is_clean(control: Result) -> bool:
    """Whether the small run without a planted bug shows no sign of one. A job may fail by being hit thrice."""
    return not control.findings.broken.keys() - {"innocents_failed"}


def report(result: Result, mutants: Mapping[Mutant, bool], *, control: bool | None, seconds: float) -> Report:
    """The figures of the run; `control`: whether the small run without a planted bug was clean, if there was one."""
    return {
        "jobs": result.accepted,
        "kills": len(result.tally.kills),
        "stops": result.tally.stops,
        "restarts": len(result.tally.outages),
        "poison_kills": result.tally.poisoned,
        "surprising_exits": len(result.tally.surprising_exits),
        **asdict(result.findings),
        "recovery_p50_s": result.recovery_p50,
        "recovery_p99_s": result.recovery_p99,
        "recovery_unsuspected_p99_s": percentile(result.together, 0.99),
        "recovered_unsuspected": len(result.together),
        "freed_p50_s": percentile(result.rescue, 0.5),
        "freed_p99_s": percentile(result.rescue, 0.99),
        "recovered_rows": len(result.recovery),
        "outside_effects_twice": result.outside_twice,
        "skewed_clocks": result.plan.faketime is not None,
        "mutants": {mutant.value: caught for mutant, caught in mutants.items()},
        "control_is_clean": control,
        "cut_short": result.was_cut_short,
        "seed": result.plan.seed,
        "run_s": round(result.seconds, 1),
        "seconds": round(seconds, 1),
    }


def failures(result: Result, mutants: Mapping[Mutant, bool], *, control: bool | None) -> list[str]:
    """Why the suite fails, in words; empty when it does not."""
    found = [f"{name} is {number}, not 0" for name, number in result.findings.broken.items()]
    p99 = result.recovery_p99
    if p99 is not None and p99 > LONGEST_RECOVERY:
        found.append(f"recovery p99 is {p99} s, more than {LONGEST_RECOVERY:g} s")
    found += [f"the planted bug {mutant} was not caught" for mutant, caught in mutants.items() if not caught]
    if control is False:
        found.append("the small run without a planted bug was not clean")
    if result.was_cut_short:
        found.append(f"the run did not end within {result.plan.seconds:g} s")
    if result.tally.surprising_exits:
        found.append(f"workers ended unasked, with {result.tally.surprising_exits}")
    return found
