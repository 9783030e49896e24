"""Bugs that queues really have had, planted one at a time, to see whether the machine finds them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, Integer, Uuid, bindparam, delete, func, insert, null, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.dml import Update
from sqlalchemy.sql.elements import ColumnElement

from worklane.lifecycle import Status
from worklane.postgres.compiled import compiled
from worklane.postgres.enqueue_statements import EnqueueStatements
from worklane.postgres.job_queue import JobQueue
from worklane.postgres.settler import Settler
from worklane.postgres.statements import JobStatements
from worklane.postgres.words import now, word


class NoTokenCheck(JobStatements):
    def _held(self) -> ColumnElement[bool]:
        return self.jobs.c.id == bindparam("given_row")


class StatusOnlyCheck(JobStatements):
    def _held(self) -> ColumnElement[bool]:
        return (self.jobs.c.id == bindparam("given_row")) & (self.jobs.c.status == word(Status.RUNNING))


class HandBackByStatusOnly(JobStatements):
    def hand_back(self) -> Update:
        job = self.jobs.c
        given = func.any(bindparam("row_ids", type_=ARRAY(Uuid)))
        waiting = {"status": word(Status.PENDING), "worker_id": null(), "attempt": job.attempt - 1}
        return update(self.jobs).where(job.id == given, job.status == word(Status.RUNNING)).values(waiting)


class HandBackBurnsAnAttempt(JobStatements):
    def hand_back(self) -> Update:
        return super().hand_back().values(attempt=self.jobs.c.attempt)


class RescueOfLiveClaims(JobStatements):
    def free(self) -> Update:
        job = self.jobs.c
        running = select(job.id).where(job.status == word(Status.RUNNING)).limit(bindparam("limit", type_=Integer))
        waiting = {"status": word(Status.PENDING), "worker_id": null(), "crashes": job.crashes + 1, "run_at": now()}
        return update(self.jobs).where(job.id.in_(running)).values(waiting).returning(job.id, job.status)


class RescueForgetsTheCrash(JobStatements):
    def free(self) -> Update:
        return super().free().values(crashes=self.jobs.c.crashes)


class ExchangeWithoutTokenCheck(JobStatements):
    def _settling(self, given: CTE) -> Update:
        named = func.any(bindparam("row_ids", type_=ARRAY(Uuid)))
        job, moves = self.jobs.c, {"status": given.c.status, "worker_id": null(), "finished_at": now()}
        here = (job.id == named) & (job.id == given.c.row_id) & (job.status == word(Status.RUNNING))
        return update(self.jobs).where(here).values(moves).returning(job.id, job.claim_token)


class SecondActiveRow(EnqueueStatements):
    def enqueue(self, values: Mapping[str, Any]) -> Executable:
        job = self.jobs.c
        return insert(self.jobs).values(**values).returning(job.id, job.status, true().label("is_new"))


class TokenStandsStill(JobStatements):
    def _taking(self, which: ColumnElement[bool]) -> Update:
        return super()._taking(which).values(claim_token=self.jobs.c.claim_token)


class TheDeadMayClaim(JobStatements):
    def _worker_is_known(self) -> ColumnElement[bool]:
        return true()


class RetryWithoutItsWait(JobStatements):
    def settle(self) -> Update:
        return super().settle().values(run_at=now())


class CancelAfterTheEnd(JobStatements):
    def cancel(self) -> Update:
        job = self.jobs.c
        wanted = update(self.jobs).where(job.id == bindparam("row_id"), job.tenant == bindparam("tenant_id"))
        cancelled = {"status": word(Status.CANCELLED), "worker_id": null(), "finished_at": now()}
        return wanted.values(cancelled).returning(job.id)


class BurialOfTheLiving(JobStatements):
    """Its `bury` takes whoever has not beaten at this very moment."""


@dataclass(frozen=True)
class Planted:
    """A queue with this bug; `beforehand` prepares the database for it."""

    statements: type[JobStatements] = JobStatements
    enqueueing: type[EnqueueStatements] = EnqueueStatements
    beforehand: str = "select 1"

    def __call__(self, **given: Any) -> JobQueue:
        """A queue as any other, but for its statements."""
        return PlantedQueue(self.statements, self.enqueueing, **given)


class PlantedQueue(JobQueue):
    """A job queue whose statements were exchanged."""

    def __init__(self, statements: type[JobStatements], enqueueing: type[EnqueueStatements], **given: Any) -> None:
        super().__init__(**given)
        made = statements(given["jobs"], given["workers"], given["batches"])
        self._enqueueing = enqueueing(given["jobs"], "worklane")
        self._claim, self._claim_one = compiled(made.claim()), compiled(made.claim_one())
        self._claim_alone, self._exchange = compiled(made.claim_alone()), compiled(made.exchange())
        self._complete_and_claim = compiled(made.complete_and_claim())
        self._settler = Settler(given["records"], compiled(made.settle_many()))
        self._hand_back = compiled(made.hand_back().returning(made.jobs.c.id))
        self._free = compiled(made.free())
        self._keep, self._settle, self._cancel = made.keep(), made.settle(), made.cancel()
        if statements is BurialOfTheLiving:
            worker = made.workers.c
            self._bury = compiled(delete(made.workers).where(worker.beat_at < now()).returning(worker.id))


BUGS = {
    "no token check": Planted(NoTokenCheck),
    "status-only check": Planted(StatusOnlyCheck),
    "rescue of live claims": Planted(RescueOfLiveClaims),
    "hand-back burns an attempt": Planted(HandBackBurnsAnAttempt),
    "second active row": Planted(enqueueing=SecondActiveRow, beforehand="drop index uq_jobs_active"),
    "exchange without token check": Planted(ExchangeWithoutTokenCheck),
    "hand-back by status only": Planted(HandBackByStatusOnly),
    "rescue forgets the crash": Planted(RescueForgetsTheCrash),
    "token stands still": Planted(TokenStandsStill),
    "the dead may claim": Planted(TheDeadMayClaim),
    "retry without its wait": Planted(RetryWithoutItsWait),
    "cancel after the end": Planted(CancelAfterTheEnd),
    "burial of the living": Planted(BurialOfTheLiving),
}
