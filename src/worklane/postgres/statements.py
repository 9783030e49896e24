"""The statements of the job lane, built from the owner's tables; executes nothing.

Each statement that moves a row names the state it moves from, so that looking at the row count tells who won.
The compiled text of each stands beside its test, in tests/worklane/golden/. Parameters of statements that run in a
session are called given_...: SQLAlchemy would write a parameter that is named like a column into that column.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Delete,
    Float,
    Integer,
    Interval,
    Select,
    Table,
    Text,
    Update,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    column,
    delete,
    exists,
    func,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, Insert, insert
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.dml import ReturningDelete

from worklane.lifecycle import MAX_CRASHES, Status
from worklane.postgres.compiled import Compiled as Compiled
from worklane.postgres.compiled import compiled as compiled

now = func.worklane_now


@dataclass(frozen=True, slots=True)
class JobStatements:
    """Every statement of the job lane over one jobs table and one workers table."""

    jobs: Table
    workers: Table

    def claim(self) -> Update:
        """Take due rows: :worker, :kinds, :limit."""
        job = self.jobs.c
        due = (
            select(job.id)
            .where(job.status == word(Status.PENDING), job.run_at <= now(), job.type == one_of("kinds"))
            .where(self._worker_is_known())
            .order_by(job.priority.desc(), job.run_at, job.id)
            .limit(bindparam("limit", type_=Integer))
            .with_for_update(skip_locked=True)
        )
        return self._taking(job.id == func.any(func.array(due.scalar_subquery())))

    def claim_one(self) -> Update:
        """Take this row, if it is due: :worker, :kinds, :row_id."""
        job = self.jobs.c
        due = (
            select(job.id)
            .where(job.id == bindparam("row_id", type_=Uuid), job.type == one_of("kinds"))
            .where(job.status == word(Status.PENDING), job.run_at <= now())
            .where(self._worker_is_known())
            .with_for_update(skip_locked=True)
        )
        return self._taking(job.id == func.any(func.array(due.scalar_subquery())))

    def keep(self) -> Update:
        """Guard a portion and record progress: :given_row, :given_token, :given_progress (or null)."""
        progress = cast(bindparam("given_progress", type_=Float), Float)
        job = self.jobs.c
        return update(self.jobs).where(self._held()).values(progress=func.greatest(job.progress, progress))

    def settle(self) -> Update:
        """Move a held row on: :given_row, :given_token; :given_status, _result, _error and _run_after say where."""
        job = self.jobs.c
        status = bindparam("given_status", type_=Text)
        waits = status == word(Status.PENDING)
        return (
            update(self.jobs)
            .where(self._held())
            .values(
                status=status,
                result_data=func.coalesce(bindparam("given_result", type_=JSONB(none_as_null=True)), job.result_data),
                error=bindparam("given_error", type_=Text),
                progress=case((status == word(Status.COMPLETE), 1.0), else_=job.progress),
                run_at=case((waits, now() + bindparam("given_run_after", type_=Interval)), else_=job.run_at),
                finished_at=case((waits, null()), else_=now()),
                worker_id=null(),
            )
        )

    def settle_many(self) -> Update:
        """Move held rows on, each by its own claim: arrays of equal length, one for each of `settle`'s parameters."""
        job = self.jobs.c
        given = (
            func.unnest(
                bindparam("row_ids", type_=ARRAY(Uuid)),
                bindparam("tokens", type_=ARRAY(BigInteger)),
                bindparam("statuses", type_=ARRAY(Text)),
                bindparam("results", type_=ARRAY(JSONB)),
                bindparam("errors", type_=ARRAY(Text)),
                bindparam("run_afters", type_=ARRAY(Interval)),
            )
            .table_valued("row_id", "token", "status", "result", "error", column("run_after", Interval))
            .render_derived(name="given")
        )
        waits = given.c.status == word(Status.PENDING)
        return (
            update(self.jobs)
            .where(job.id == given.c.row_id, job.claim_token == given.c.token)
            .where(job.status == word(Status.RUNNING))
            .values(
                status=given.c.status,
                result_data=func.coalesce(given.c.result, job.result_data),
                error=given.c.error,
                progress=case((given.c.status == word(Status.COMPLETE), 1.0), else_=job.progress),
                run_at=case((waits, now() + given.c.run_after), else_=job.run_at),
                finished_at=case((waits, null()), else_=now()),
                worker_id=null(),
            )
            .returning(job.id, job.claim_token)
        )

    def hand_back(self) -> Update:
        """Return held rows to waiting, without using an attempt: :row_ids, :tokens (arrays of equal length)."""
        job = self.jobs.c
        held = (
            func.unnest(bindparam("row_ids", type_=ARRAY(Uuid)), bindparam("tokens", type_=ARRAY(BigInteger)))
            .table_valued("row_id", "token")
            .render_derived(name="held")
        )
        return (
            update(self.jobs)
            .where(job.id == held.c.row_id, job.claim_token == held.c.token)
            .where(job.status == word(Status.RUNNING))
            .values(status=word(Status.PENDING), worker_id=null(), attempt=job.attempt - 1)
        )

    def free(self) -> Update:
        """Free what forgotten workers held: :limit.

        `seen` is the row as this statement's snapshot shows it, `held` the row as it is once it is locked. Only if
        both carry the same token may it be freed: in between, a worker that the snapshot does not know may have
        claimed it. A freed row keeps its `run_at`: it goes on before those that came after it.
        """
        job, seen, held = self.jobs.c, self.jobs.alias("seen"), self.jobs.alias("held")
        orphaned = (
            select(held.c.id)
            .join_from(seen, held, and_(held.c.id == seen.c.id, held.c.claim_token == seen.c.claim_token))
            .where(seen.c.status == word(Status.RUNNING), held.c.status == word(Status.RUNNING))
            .where(~exists().where(self.workers.c.id == seen.c.worker_id))
            .limit(bindparam("limit", type_=Integer))
            .with_for_update(of=held, skip_locked=True)
        )
        crashes = job.crashes + 1
        over = crashes >= MAX_CRASHES
        return (
            update(self.jobs)
            .where(job.id == func.any(func.array(orphaned.scalar_subquery())))
            .values(
                status=case((over, word(Status.FAILED)), else_=word(Status.PENDING)),
                finished_at=case((over, now()), else_=null()),
                error=func.concat("its worker stopped while it ran (crash ", crashes, ")"),
                crashes=crashes,
                worker_id=null(),
            )
            .returning(job.id, job.status)
        )

    def cancel(self) -> Update:
        """Cancel an active row: :row_id, :tenant."""
        job = self.jobs.c
        return (
            update(self.jobs)
            .where(job.id == bindparam("row_id", type_=Uuid), job.tenant == bindparam("tenant_id", type_=Text))
            .where(self._active())
            .values(status=word(Status.CANCELLED), worker_id=null(), finished_at=now())
            .returning(job.id)
        )

    def enqueue(self, values: Mapping[str, Any]) -> Executable:
        """Add a row, or answer the active one for the same tenant, type and subject: id, status, is_new."""
        job = self.jobs.c
        adding = insert(self.jobs).values(**values)
        return adding.on_conflict_do_update(
            index_elements=[job.tenant, job.type, job.subject],
            index_where=self._active(),
            set_={"subject": adding.excluded.subject},
        ).returning(job.id, job.status, literal_column("(xmax = 0)").label("is_new"))

    def register(self) -> Insert:
        """Make a worker known: :worker, :name."""
        return insert(self.workers).values(id=bindparam("worker", type_=Uuid), name=bindparam("name", type_=Text))

    def beat(self) -> Update:
        """Say "alive": :worker. No row: the worker was declared dead."""
        worker = self.workers.c
        return (
            update(self.workers)
            .where(worker.id == bindparam("worker", type_=Uuid))
            .values(beat_at=now())
            .returning(worker.id)
        )

    def held_by(self) -> Select[Any]:
        """The claims of one worker: :worker."""
        job = self.jobs.c
        return select(job.id, job.claim_token).where(
            job.worker_id == bindparam("worker", type_=Uuid), job.status == word(Status.RUNNING)
        )

    def leave(self) -> Delete:
        """Forget a worker: :worker."""
        return delete(self.workers).where(self.workers.c.id == bindparam("worker", type_=Uuid))

    def _taking(self, which: ColumnElement[bool]) -> Update:
        job = self.jobs.c
        return (
            update(self.jobs)
            .where(which)
            .values(
                status=word(Status.RUNNING),
                attempt=job.attempt + 1,
                claim_token=job.claim_token + 1,
                worker_id=bindparam("worker", type_=Uuid),
                started_at=func.coalesce(job.started_at, now()),
                error=null(),
            )
            .returning(
                job.id,
                job.type,
                job.claim_token,
                job.attempt,
                job.max_attempts,
                job.crashes,
                job.tenant,
                job.subject,
                job.payload,
            )
        )

    def _worker_is_known(self) -> ColumnElement[bool]:
        return exists().where(self.workers.c.id == bindparam("worker", type_=Uuid))

    def _held(self) -> ColumnElement[bool]:
        job = self.jobs.c
        return and_(
            job.id == bindparam("given_row", type_=Uuid),
            job.claim_token == bindparam("given_token", type_=BigInteger),
            job.status == word(Status.RUNNING),
        )

    def _active(self) -> ColumnElement[bool]:
        return self.jobs.c.status.in_([word(Status.PENDING), word(Status.RUNNING)])


def bury(workers: Table) -> ReturningDelete[Any]:
    """Forget silent workers: :dead_after. Either their beat comes first, or it finds them declared dead."""
    oldest = now() - bindparam("dead_after", type_=Interval)
    silent = select(workers.c.id).where(workers.c.beat_at < oldest).with_for_update(skip_locked=True)
    return delete(workers).where(workers.c.id == func.any(func.array(silent.scalar_subquery()))).returning(workers.c.id)


def word(status: Status) -> ColumnElement[str]:
    """A status as a literal: a parameter would keep the planner from using the partial indexes."""
    return literal_column(f"'{status.value}'", Text)


def one_of(name: str) -> ColumnElement[Any]:
    """`= any(:name)` over an array of texts."""
    return func.any(bindparam(name, type_=ARRAY(Text)))
