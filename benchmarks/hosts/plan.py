"""What a run does: the work, which machines are cut off when, and for how long."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.chaos.plan import Mix, Mutant, Plan

from worklane.heartbeat import Rhythm

MACHINES = 3
FULL_JOBS = 2000
QUICK_JOBS = 300


@dataclass(frozen=True, slots=True)
class Cut:
    """After a pause, these machines (counted from 0) are cut off together for so many seconds."""

    machines: Sequence[int]
    pause: float
    seconds: float


def full_plan(*, jobs: int, seed: int, seconds: float, mutant: Mutant = Mutant.NONE) -> Plan:
    """The usual rhythm, cuts that outlast a claim's life of six seconds, and long jobs for them to hit."""
    return Plan(
        jobs=jobs,
        kills=0,
        stops=0,
        restarts=0,
        poison=0,
        seed=seed,
        seconds=seconds,
        mutant=mutant,
        workers=MACHINES,
        pause=(1.0, 3.0),
        stop=(8.0, 9.5),
        mix=Mix(share_long=0.25),
    )


def quick_plan(*, jobs: int, seed: int, seconds: float, mutant: Mutant = Mutant.NONE) -> Plan:
    """A quick rhythm, and many long jobs that do not let themselves be stopped: zombies overlap their successors."""
    return Plan(
        jobs=jobs,
        kills=0,
        stops=0,
        restarts=0,
        poison=0,
        seed=seed,
        seconds=seconds,
        mutant=mutant,
        workers=MACHINES,
        slots=8,
        rhythm=Rhythm(every=timedelta(seconds=0.5), dead_after=timedelta(seconds=2), margin=timedelta(seconds=0.6)),
        rescue_every=timedelta(seconds=0.5),
        pause=(0.4, 0.8),
        stop=(2.8, 3.2),
        mix=Mix(share_long=0.25, long_from=1.5, long_mostly=4.0, longest=4.0, share_stubborn=0.5),
    )


def cuts(plan: Plan, per_machine: int) -> list[Cut]:
    """One machine after the other, so many times each; after the first round the first two at once.

    No machine is cut off twice running: between its cuts there is at least one of others, in which to show itself.
    """
    dice = random.Random(plan.seed + 1)
    again = [(MACHINES - 1,), *((number,) for number in range(MACHINES - 1))]
    first: list[tuple[int, ...]] = [(number,) for number in range(MACHINES)]
    turns = [*first, (0, 1), *again * (per_machine - 1)]
    return [Cut(turn, pause=dice.uniform(*plan.pause), seconds=dice.uniform(*plan.stop)) for turn in turns]
