"""Workers on three machines, cut off in turn: `python -m benchmarks.hosts --jobs 2000`. Needs root on Linux.

The last line is one JSON object; the exit status is 1 if anything that must be zero is not, 2 if it cannot run here.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.chaos.plan import Mutant, Plan
from benchmarks.hosts.places import places
from benchmarks.hosts.plan import FULL_JOBS, QUICK_JOBS, Cut, cuts, full_plan, quick_plan
from benchmarks.hosts.possible import obstacle
from benchmarks.hosts.report import failures, report
from benchmarks.hosts.run import run

MY_NAMESPACE = Path("/proc/self/ns/net")
CANNOT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What the command was asked for; `outside` is the network namespace that it was started in."""

    plan: Plan
    cuts: Sequence[Cut]
    logs: Path | None
    outside: int | None


def parse(words: Sequence[str]) -> Arguments:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hosts", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a quick rhythm and short cuts: less than a minute")
    parser.add_argument("--jobs", type=int, help=f"(default: {FULL_JOBS}, quick {QUICK_JOBS})")
    parser.add_argument("--cuts", type=int, default=3, help="of each machine, besides one of two (default: 3)")
    parser.add_argument("--cut-seconds", type=float, help="how long each cut lasts (default: longer than a claim)")
    parser.add_argument("--seed", type=int, default=11, help="decides jobs and cuts (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=600, help="bound on the run (default: %(default)s)")
    parser.add_argument("--mutant", choices=[one.value for one in Mutant], default="none", help="plant this bug")
    parser.add_argument("--logs", type=Path, help="folder in which to keep logs and marks")
    parser.add_argument("--outside", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args(words)
    make, jobs = (quick_plan, QUICK_JOBS) if given.quick else (full_plan, FULL_JOBS)
    plan = make(jobs=given.jobs or jobs, seed=given.seed, seconds=given.seconds, mutant=Mutant(given.mutant))
    if given.cut_seconds:
        plan = replace(plan, stop=(given.cut_seconds, given.cut_seconds))
    return Arguments(plan=plan, cuts=cuts(plan, given.cuts), logs=given.logs, outside=given.outside)


async def suite(given: Arguments, folder: Path) -> int:
    """Run, print the report, answer the exit status. SIGTERM ends it as Ctrl-C does."""
    me = asyncio.current_task()
    assert me is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, me.cancel)
    async with places(given.plan.workers, folder) as where:
        result = await run(given.plan, given.cuts, where)
    for reason in failures(result):
        print(f"FAILED: {reason}", file=sys.stderr, flush=True)
    print(json.dumps(report(result)), flush=True)
    return 1 if failures(result) else 0


def move_to_own_namespace(words: Sequence[str]) -> None:
    """Become the same command in a new network namespace. The machine's own network is never touched."""
    here = str(MY_NAMESPACE.stat().st_ino)
    command = [sys.executable, "-m", "benchmarks.hosts", *words, "--outside", here]
    os.execvp("unshare", ["unshare", "--net", "--", *command])


def main() -> int:
    """Run as the command line says."""
    given = parse(sys.argv[1:])
    if given.outside is None:
        found = obstacle()
        if found is not None:
            print(found.reason, file=sys.stderr)
            return CANNOT
        move_to_own_namespace(sys.argv[1:])
    if MY_NAMESPACE.stat().st_ino == given.outside:
        raise RuntimeError("this is still the network namespace of the machine itself")
    if given.logs is not None:
        given.logs.mkdir(parents=True, exist_ok=True)
        return asyncio.run(suite(given, given.logs))
    with tempfile.TemporaryDirectory(prefix="hosts-") as folder:
        return asyncio.run(suite(given, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
