"""What one run of the fault suite does: how much work, how many faults, which rhythm, which planted bug."""

import random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from worklane.heartbeat import Rhythm

FULL_JOBS = 10_000
PHASES = 8
BURSTS_PER_DEEP_PHASE = 3
LONG_PORTIONS = 4


class Mutant(StrEnum):
    """A bug planted in the workers of a run; NONE is the engine as it is."""

    NONE = "none"
    NO_TOKEN_CHECK = "no-token-check"
    STATUS_ONLY_CHECK = "status-only-check"
    RESCUE_OF_LIVE_CLAIMS = "rescue-of-live-claims"
    CLIENT_CLOCK = "client-clock"
    NO_RESCUE = "no-rescue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """How long jobs take, in seconds, and how many of them are long. Long jobs keep portions on their way."""

    shortest: float = 0.02
    short: float = 0.15
    long_from: float = 0.5
    long_mostly: float = 3.0
    longest: float = 12.0
    share_long: float = 0.10
    share_longest: float = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run. `pause` is how long a worker is left in peace before its next fault, `stop` how long it is paused."""

    jobs: int
    kills: int
    stops: int
    restarts: int
    poison: int
    seed: int
    seconds: float
    mutant: Mutant = Mutant.NONE
    workers: int = 4
    slots: int = 16
    rhythm: Rhythm = field(default_factory=Rhythm)
    rescue_every: timedelta = timedelta(seconds=2)
    pause: tuple[float, float] = (1.0, 4.0)
    stop: tuple[float, float] = (8.5, 10.5)
    mix: Mix = field(default_factory=Mix)
    has_skew: bool = True

    @property
    def stalled_after(self) -> float:
        """Seconds without any change of any row after which nothing more is expected."""
        return 2 * self.rhythm.dead_after.total_seconds() + self.mix.longest + 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedJob:
    """A job to be fed: what it is about, how long it takes, in how many portions, and whether it kills its process."""

    id: UUID
    subject: str
    seconds: float
    portions: int
    is_poison: bool


def full_plan(*, jobs: int, seed: int, seconds: float) -> Plan:
    """The faults in proportion to the jobs: 50 kills, 60 stops, 5 restarts and 20 poison jobs for 10,000."""
    share = jobs / FULL_JOBS
    kills, stops, restarts, poison = (max(1, round(number * share)) for number in (50, 60, 5, 20))
    return Plan(jobs=jobs, kills=kills, stops=stops, restarts=restarts, poison=poison, seed=seed, seconds=seconds)


def small_plan(*, mutant: Mutant, seed: int) -> Plan:
    """A short run in a quick rhythm over a queue that is nearly empty, where a zombie overlaps its successor."""
    quick = Rhythm(
        every=timedelta(seconds=0.5), dead_after=timedelta(seconds=1.5), margin=timedelta(seconds=0.25)
    )
    return Plan(
        jobs=120, kills=3, stops=9, restarts=0, poison=0, seed=seed, seconds=60, mutant=mutant, workers=3, slots=6,
        rhythm=quick, rescue_every=timedelta(seconds=0.5), pause=(0.4, 0.8), stop=(2.6, 3.2),
        mix=Mix(share_long=0.5, longest=3.5, share_longest=0.3),
    )  # fmt: skip


def without_poison(plan: Plan) -> Plan:
    """The same run with no job that kills its process."""
    return replace(plan, poison=0)


def planned_jobs(plan: Plan) -> list[PlannedJob]:
    """The jobs of a run in the order in which they are fed; the same seed gives the same jobs."""
    dice = random.Random(plan.seed)
    poison = set(dice.sample(range(plan.jobs), min(plan.poison, plan.jobs)))
    return [_planned(dice, plan.mix, number, number in poison) for number in range(plan.jobs)]


def due_by(progress: float, jobs: int) -> int:
    """How many jobs are fed once this share (0..1) of the faults is done: thin phases in a line, deep ones in bursts."""
    if progress >= 1:
        return jobs
    phase, within = divmod(max(progress, 0.0) * PHASES, 1)
    is_deep = int(phase) % 2 == 1
    if is_deep:
        within = (int(within * BURSTS_PER_DEEP_PHASE) + 1) / BURSTS_PER_DEEP_PHASE
    return min(jobs, round(jobs * (phase + within) / PHASES))


def _planned(dice: random.Random, mix: Mix, number: int, is_poison: bool) -> PlannedJob:
    is_long = dice.random() < mix.share_long and not is_poison
    return PlannedJob(
        id=UUID(int=dice.getrandbits(128)),
        subject=str(number),
        seconds=round(_long(dice, mix) if is_long else dice.uniform(mix.shortest, mix.short), 3),
        portions=LONG_PORTIONS if is_long else int(dice.random() < 0.1),
        is_poison=is_poison,
    )


def _long(dice: random.Random, mix: Mix) -> float:
    if dice.random() < mix.share_longest:
        return dice.uniform(mix.long_mostly, mix.longest)
    return dice.uniform(mix.long_from, mix.long_mostly)
