"""Bugs planted on purpose. A suite that lets one of them pass proves nothing about the engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.chaos.plan import Mutant
from benchmarks.chaos.schema import BATCHES, JOBS, WORKERS
from sqlalchemy import CTE, BigInteger, ColumnElement, Update, Uuid, and_, bindparam, func, literal_column

from worklane.lifecycle import Status
from worklane.postgres.compiled import compiled
from worklane.postgres.job_queue import JobQueue
from worklane.postgres.pulse import PostgresPulse
from worklane.postgres.records import Records
from worklane.postgres.settler import Settler
from worklane.postgres.statements import JobStatements
from worklane.postgres.words import now, word
from worklane.postgres.worker_statements import WorkerStatements
from worklane.queue import Rescued

# What each bug must show as, by the names of the findings; any one of them will do.
SYMPTOMS: dict[Mutant, tuple[str, ...]] = {
    Mutant.NO_TOKEN_CHECK: ("double_effects", "stale_effects"),
    Mutant.STATUS_ONLY_CHECK: ("stale_effects",),
    Mutant.RESCUE_OF_LIVE_CLAIMS: ("live_claims_taken",),
    Mutant.CLIENT_CLOCK: ("live_claims_taken",),
    Mutant.NO_RESCUE: ("not_terminal",),
}


class _NoTokenCheck(JobStatements):
    """Guards name the row and nothing else."""

    def _held(self) -> ColumnElement[bool]:
        # The token stays a parameter of the statement, but decides nothing.
        ignored = func.coalesce(bindparam("given_token", type_=BigInteger), 0) >= 0
        return and_(self.jobs.c.id == bindparam("given_row", type_=Uuid), ignored)

    def _stands(self, given: CTE) -> ColumnElement[bool]:
        return func.coalesce(given.c.token, 0) >= 0


class _StatusOnlyCheck(_NoTokenCheck):
    """Guards name the row and its status."""

    def _stands(self, given: CTE) -> ColumnElement[bool]:
        return and_(super()._stands(given), self.jobs.c.status == word(Status.RUNNING))

    def _held(self) -> ColumnElement[bool]:
        return and_(super()._held(), self.jobs.c.status == word(Status.RUNNING))


@dataclass(frozen=True)
class _ClientClock(WorkerStatements):
    """A beat is noted by the worker's own clock, which is `skew` off."""

    skew: timedelta = timedelta(0)

    def beat(self) -> Update:
        return super().beat().values(beat_at=now() + literal_column(f"interval '{self.skew.total_seconds()} seconds'"))


class _NoRescue(JobQueue):
    async def rescue(self, *, dead_after: timedelta, limit: int) -> Sequence[Rescued]:  # noqa: ARG002
        """Free nothing."""
        return ()


class _RescueOfLiveClaims(JobQueue):
    """Takes a worker for dead that is merely between two beats."""

    async def rescue(self, *, dead_after: timedelta, limit: int) -> Sequence[Rescued]:
        return await super().rescue(dead_after=dead_after / 4, limit=limit)


class _ClientClockQueue(JobQueue):
    """Judges silence by the worker's own clock."""

    skew = timedelta(0)

    async def rescue(self, *, dead_after: timedelta, limit: int) -> Sequence[Rescued]:
        return await super().rescue(dead_after=dead_after - self.skew, limit=limit)


def queue_class(mutant: Mutant) -> type[JobQueue]:
    """The queue whose rescue has the bug."""
    rescuing = {
        Mutant.NO_RESCUE: _NoRescue,
        Mutant.RESCUE_OF_LIVE_CLAIMS: _RescueOfLiveClaims,
        Mutant.CLIENT_CLOCK: _ClientClockQueue,
    }
    return rescuing.get(mutant, JobQueue)


def plant(mutant: Mutant, *, queue: JobQueue, pulse: PostgresPulse, records: Records, skew: timedelta) -> None:
    """Put the bug into this worker's statements."""
    if mutant is Mutant.CLIENT_CLOCK:
        _put(queue, "skew", skew)
        _put(pulse, "_beat", compiled(_ClientClock(WORKERS, skew).beat()))
    if mutant in (Mutant.NO_TOKEN_CHECK, Mutant.STATUS_ONLY_CHECK):
        unguarded = _NoTokenCheck if mutant is Mutant.NO_TOKEN_CHECK else _StatusOnlyCheck
        made = unguarded(JOBS, WORKERS, BATCHES)
        _put(queue, "_keep", made.keep())
        _put(queue, "_settle", made.settle())
        _put(queue, "_exchange", compiled(made.exchange()))
        _put(queue, "_complete_and_claim", compiled(made.complete_and_claim()))
        _put(queue, "_settler", Settler(records, compiled(made.settle_many())))


def _put(target: object, name: str, value: object) -> None:
    # A bug that is planted where nobody looks any more would pass as a clean run.
    if not hasattr(target, name):
        raise AttributeError(f"{type(target).__name__} has no {name}: plant the bug where it now belongs")
    setattr(target, name, value)
