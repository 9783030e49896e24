"""The command of the fault suite: `python -m benchmarks.chaos --jobs 10000`. The last line is one JSON object."""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.chaos.plan import FULL_JOBS, Mutant, Plan, full_plan, small_plan
from benchmarks.chaos.report import failures, is_caught, is_clean, report
from benchmarks.chaos.run import Result, run
from benchmarks.chaos.server import ScratchServer, scratch_server

ALL = "all"
SMALL_RUNS_AT_ONCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What the command was asked for."""

    jobs: int
    seed: int
    seconds: float
    mutants: Sequence[Mutant]
    has_poison: bool
    faketime: Path | None
    logs: Path | None


def parse(words: Sequence[str]) -> Arguments:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--jobs", type=int, default=FULL_JOBS, help="faults are in proportion (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=11, help="decides jobs and faults (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=600, help="bound on the run (default: %(default)s)")
    names = [ALL, *(mutant.value for mutant in Mutant)]
    parser.add_argument("--mutants", choices=names, default=ALL, help="planted bugs to run (default: %(default)s)")
    parser.add_argument("--no-poison", action="store_true", help="leave out the jobs that kill their process")
    parser.add_argument("--logs", type=Path, help="folder for logs, and slowest.txt: why recoveries took long")
    parser.add_argument("--faketime", type=Path, metavar="LIBRARY", help="libfaketimeMT: some clocks are an hour off")
    given = parser.parse_args(words)
    planted = [mutant for mutant in Mutant if mutant is not Mutant.NONE and given.mutants in (ALL, mutant.value)]
    return Arguments(
        jobs=given.jobs,
        seed=given.seed,
        seconds=given.seconds,
        mutants=planted,
        has_poison=not given.no_poison,
        faketime=given.faketime,
        logs=given.logs,
    )


async def suite(given: Arguments, folder: Path) -> int:
    """Run the control and the planted bugs, then the run proper; print the report; answer the exit status."""
    started = time.monotonic()
    async with scratch_server() as server:
        control, caught = await _small_runs(given, server, folder)
        result = await _run(_plan(given), "proper", server, folder)
    for reason in failures(result, caught, control=control):
        _say(f"FAILED: {reason}")
    print(json.dumps(report(result, caught, control=control, seconds=time.monotonic() - started)), flush=True)
    return 1 if failures(result, caught, control=control) else 0


def _plan(given: Arguments) -> Plan:
    plan = full_plan(jobs=given.jobs, seed=given.seed, seconds=given.seconds)
    return replace(plan, faketime=given.faketime, poison=plan.poison if given.has_poison else 0)


async def _small_runs(given: Arguments, server: ScratchServer, folder: Path) -> tuple[bool | None, dict[Mutant, bool]]:
    """Whether the run without a planted bug was clean, and which bugs were caught; a few runs at once."""
    if not given.mutants:
        return None, {}
    room = asyncio.Semaphore(SMALL_RUNS_AT_ONCE)

    async def small(mutant: Mutant) -> Result:
        async with room:
            name = "control" if mutant is Mutant.NONE else mutant.value
            return await _run(small_plan(mutant=mutant, seed=given.seed), name, server, folder)

    control, *planted = await asyncio.gather(*(small(mutant) for mutant in (Mutant.NONE, *given.mutants)))
    return is_clean(control), {result.plan.mutant: is_caught(result) for result in planted}


async def _run(plan: Plan, name: str, server: ScratchServer, folder: Path) -> Result:
    place = folder / name
    place.mkdir()
    result = await run(plan, server, name=name, folder=place)
    _say(f"{name}: {result.seconds:.0f} s, {result.accepted} jobs, not zero: {result.findings.broken or 'nothing'}")
    return result


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """Run the suite as the command line says."""
    given = parse(sys.argv[1:])
    if given.logs is not None:
        given.logs.mkdir(parents=True, exist_ok=True)
        return asyncio.run(suite(given, given.logs))
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        return asyncio.run(suite(given, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
