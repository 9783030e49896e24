"""What one run of the fault suite does: how much work, how many faults, which rhythm, which planted bug."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from worklane.heartbeat import Rhythm

FULL_JOBS = 10_000
# Kills, stops, restarts and poison jobs for so many jobs, and the fewest of each that any run has.
FULL_FAULTS = ((50, 2), (60, 2), (5, 1), (20, 1))
PHASES = 8
BURSTS_PER_DEEP_PHASE = 3
LONG_PORTIONS = (1, 4)


class Mutant(StrEnum):
    """A bug planted in the workers of a run; NONE is the engine as it is."""

    NONE = "none"
    NO_TOKEN_CHECK = "no-token-check"
    STATUS_ONLY_CHECK = "status-only-check"
    RESCUE_OF_LIVE_CLAIMS = "rescue-of-live-claims"
    CLIENT_CLOCK = "client-clock"
    NO_RESCUE = "no-rescue"


# Kills and stops of the small run that has to show each bug.
SMALL_FAULTS = {
    Mutant.NONE: (2, 3),
    Mutant.NO_TOKEN_CHECK: (0, 4),
    Mutant.STATUS_ONLY_CHECK: (0, 4),
    Mutant.RESCUE_OF_LIVE_CLAIMS: (0, 2),
    Mutant.CLIENT_CLOCK: (0, 2),
    Mutant.NO_RESCUE: (9, 0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """How long jobs take, in seconds, and how many of them are long. Long jobs keep portions on their way.

    Stubborn jobs do not let themselves be stopped: they finish, and try to write, whatever their worker has learnt.
    Plain jobs save nothing, and are settled together with others and with the next claim.
    """

    shortest: float = 0.02
    short: float = 0.15
    long_from: float = 0.5
    long_mostly: float = 3.0
    longest: float = 12.0
    share_long: float = 0.10
    share_longest: float = 0.15
    share_stubborn: float = 0.25
    share_plain: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run. `pause` is how long a worker is left in peace before its next fault, `stop` how long it is stopped.

    With `faketime`, the library of that name, the clocks of some workers are an hour off.
    Where all workers are stopped at once nobody rescues, and no claim is ever lost: hence `stopped_at_once`.
    """

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
    rescue_every: timedelta = timedelta(seconds=1)
    pause: tuple[float, float] = (1.0, 4.0)
    stop: tuple[float, float] = (8.0, 9.5)
    stopped_at_once: int = 2
    mix: Mix = field(default_factory=Mix)
    faketime: Path | None = None

    @property
    def stalled_after(self) -> float:
        """Seconds without any change of any row after which nothing more is expected."""
        return 2 * (self.rhythm.dead_after + self.rescue_every).total_seconds() + self.mix.longest


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedJob:
    """A job to be fed: what it is about, how long it takes, in how many portions, and how it behaves."""

    id: UUID
    subject: str
    seconds: float
    portions: int
    is_poison: bool
    is_stubborn: bool
    is_plain: bool = False


def full_plan(*, jobs: int, seed: int, seconds: float) -> Plan:
    """The faults in proportion to the jobs: 50 kills, 60 stops, 5 restarts and 20 poison jobs for 10,000."""
    share = jobs / FULL_JOBS
    kills, stops, restarts, poison = (max(least, round(number * share)) for number, least in FULL_FAULTS)
    return Plan(jobs=jobs, kills=kills, stops=stops, restarts=restarts, poison=poison, seed=seed, seconds=seconds)


def small_plan(*, mutant: Mutant, seed: int) -> Plan:
    """A short run in a quick rhythm over a queue that is nearly empty, where a zombie overlaps its successor."""
    kills, stops = SMALL_FAULTS[mutant]
    quick = Rhythm(every=timedelta(seconds=0.5), dead_after=timedelta(seconds=1.5), margin=timedelta(seconds=0.25))
    return Plan(
        jobs=130,
        kills=kills,
        stops=stops,
        restarts=0,
        poison=0,
        seed=seed,
        seconds=45,
        mutant=mutant,
        workers=3,
        slots=10,
        rhythm=quick,
        rescue_every=timedelta(seconds=0.5),
        pause=(0.4, 0.8),
        stop=(2.4, 2.8),
        stopped_at_once=1,
        mix=Mix(share_long=0.3, long_from=2.5, long_mostly=5.0, longest=5.0, share_stubborn=0.7),
    )


def planned_jobs(plan: Plan) -> list[PlannedJob]:
    """The jobs of a run in the order in which they are fed; the same seed gives the same jobs."""
    dice = random.Random(plan.seed)
    poison = set(dice.sample(range(plan.jobs), min(plan.poison, plan.jobs)))
    return [_planned(dice, plan.mix, number, number in poison) for number in range(plan.jobs)]


def due_by(progress: float, jobs: int) -> int:
    """How many jobs are fed once this share (0..1) of the faults is done: in thin phases a few, in deep ones bursts."""
    if progress >= 1:
        return jobs
    phase, within = divmod(max(progress, 0.0) * PHASES, 1)
    is_deep = int(phase) % 2 == 1
    if is_deep:
        within = (int(within * BURSTS_PER_DEEP_PHASE) + 1) / BURSTS_PER_DEEP_PHASE
    return min(jobs, round(jobs * (phase + within) / PHASES))


def _planned(dice: random.Random, mix: Mix, number: int, is_poison: bool) -> PlannedJob:
    is_long = dice.random() < mix.share_long and not is_poison
    is_plain = dice.random() < mix.share_plain and not is_poison
    portions = dice.choice(LONG_PORTIONS) if is_long else int(dice.random() < 0.1)
    return PlannedJob(
        id=UUID(int=dice.getrandbits(128)),
        subject=str(number),
        seconds=round(_long(dice, mix) if is_long else dice.uniform(mix.shortest, mix.short), 3),
        portions=0 if is_plain else portions,
        is_poison=is_poison,
        is_stubborn=dice.random() < mix.share_stubborn,
        is_plain=is_plain,
    )


def _long(dice: random.Random, mix: Mix) -> float:
    if dice.random() < mix.share_longest:
        return dice.uniform(mix.long_mostly, mix.longest)
    return dice.uniform(mix.long_from, mix.long_mostly)
