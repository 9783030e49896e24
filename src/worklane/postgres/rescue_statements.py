"""The statements that say what workers hold, and free what the dead held; executes nothing."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    Table,
    Uuid,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal_column,
    null,
    select,
    true,
    update,
)
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.dml import Update

from worklane.lifecycle import CONVICTED, MAX_CRASHES, Status
from worklane.postgres.job_moves import logged
from worklane.postgres.words import literal, now, word


@dataclass(frozen=True, slots=True)
class RescueStatements:
    """What is held, over one jobs table, one workers table and the batches that the workers took."""

    jobs: Table
    workers: Table
    batches: Table

    def held_by(self) -> Select[Any]:
        """The claims of one worker: :worker."""
        held = self._held_of(self.batches.c).offset(literal_column("0")).lateral("held")
        its = self.batches.c.worker_id == bindparam("worker", type_=Uuid)
        return select(held.c.id, held.c.claim_token).select_from(self.batches.join(held, true())).where(its)

    def free(self) -> Update:
        """Free what forgotten workers held: :limit.

        A row is freed only from the worker of the batch in which it was found: in between, another may have taken it.
        It keeps its `run_at`, and so goes on before those that came after it.
        """
        job, batch = self.jobs.c, self.batches.c
        worker_is_known = exists().where(self.workers.c.id == batch.worker_id)
        orphans = (
            select(batch.worker_id, batch.row_ids).where(~worker_is_known).cte("orphans").prefix_with("materialized")
        )
        held = self._held_of(orphans.c).with_for_update(skip_locked=True).lateral("held")
        orphaned = select(held.c.id).select_from(orphans.join(held, true())).limit(bindparam("limit", type_=Integer))
        crashes = job.crashes + 1
        over = crashes >= MAX_CRASHES
        stopped = func.concat("its worker stopped while it ran (crash ", crashes, ")")
        why = case((over, literal(CONVICTED)), else_=stopped)
        return (
            update(self.jobs)
            .where(job.id == func.any(func.array(orphaned.scalar_subquery())))
            .values(
                status=case((over, word(Status.FAILED)), else_=word(Status.PENDING)),
                finished_at=case((over, now()), else_=null()),
                error=why,
                crashes=crashes,
                worker_id=null(),
                attempt_log=logged(self.jobs, literal("crashed"), why),
            )
            .returning(job.id, job.status)
        )

    def forget(self) -> Executable:
        """Forget the batches of forgotten workers of which nothing is left to free."""
        batch = self.batches.c
        held = self._held_of(batch).subquery()
        left = select(func.count()).select_from(held).scalar_subquery()
        worker_is_known = exists().where(self.workers.c.id == batch.worker_id)
        return delete(self.batches).where(~worker_is_known, left == 0).returning(batch.number)

    def _held_of(self, batch: Any) -> Select[Any]:
        """The rows of a batch that are still with its worker: found by their key, whatever the statistics say."""
        job = self.jobs.c
        return (
            select(job.id, job.claim_token)
            .where(job.id == func.any(batch.row_ids), job.worker_id == batch.worker_id)
            .where(job.status == word(Status.RUNNING))
            .correlate_except(self.jobs)
        )
