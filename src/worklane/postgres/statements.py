"""The statements by which jobs are claimed, guarded and settled, built from the owner's tables; executes nothing.

Each statement that moves a row names the state it moves from, so that looking at the row count tells who won.
The compiled text of each stands beside its test, in tests/worklane/golden/. Parameters of statements that run in a
session are called given_...: SQLAlchemy would write a parameter that is named like a column into that column.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    DateTime,
    Float,
    Integer,
    Interval,
    Select,
    SmallInteger,
    Text,
    Update,
    Uuid,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    null,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, Insert, insert
from sqlalchemy.sql.base import Executable

from worklane.lifecycle import SUSPECT_AFTER, Status
from worklane.postgres.compiled import Compiled as Compiled
from worklane.postgres.compiled import compiled as compiled
from worklane.postgres.job_moves import completed, given_completions, given_settlements, moved_on
from worklane.postgres.rescue_statements import RescueStatements
from worklane.postgres.words import literal, now, number, one_of, word


@dataclass(frozen=True, slots=True)
class JobStatements(RescueStatements):
    """The statements of the job lane over the owner's tables: jobs, workers, and the batches that they hold.

    Each statement that claims notes what it took as batch :batch of the worker, and forgets its batches :emptied.
    """

    def claim(self) -> Executable:
        """Take due rows: :worker, :kinds, :limit, and :from_rank, :from_time, :from_id, behind which to begin."""
        return self._noted(self._taking(self._chosen(self._due().where(self._from_there_on()))))

    def claim_alone(self) -> Executable:
        """Take due suspects: :worker, :kinds, :limit."""
        return self._noted(self._taking(self._chosen(self._due(suspects=True))))

    def claim_one(self) -> Executable:
        """Take this row, if it is due: :worker, :kinds, :row_id."""
        wanted = self._due().where(self.jobs.c.id == bindparam("row_id", type_=Uuid)).order_by(None)
        return self._noted(self._taking(self.jobs.c.id == func.any(func.array(wanted.scalar_subquery()))))

    def exchange(self) -> Executable:
        """Settle as `settle_many` does and take as `claim` does, in one statement.

        The rows that come back are those taken; after them, with a null for their type, those whose claim was lost.
        """
        given = given_settlements()
        return self._exchanging(given, self._settling(given))

    def complete_and_claim(self) -> Executable:
        """The same for rows that are all complete, without a result: :row_ids, :tokens."""
        given = given_completions()
        return self._exchanging(given, self._moving(given, completed()))

    def _exchanging(self, given: CTE, settling: Update) -> Executable:
        settled = settling.cte("settled")
        taken = self._taking(self._chosen(self._due().where(self._from_there_on()))).cte("taken")
        lost = select(given.c.row_id, null(), given.c.token, *(null() for _ in range(8))).where(
            ~exists().where(settled.c.id == given.c.row_id)
        )
        return union_all(select(*taken.c), lost).add_cte(*self._notes(taken))

    def keep(self) -> Update:
        """Guard a portion and record progress: :given_row, :given_token, :given_progress (or null)."""
        progress = cast(bindparam("given_progress", type_=Float), Float)
        job = self.jobs.c
        return update(self.jobs).where(self._held()).values(progress=func.greatest(job.progress, progress))

    def settle(self) -> Update:
        """Move a held row on: :given_row, :given_token; _status, _result, _error, _run_after, _refund say where."""
        moves = moved_on(
            self.jobs,
            status=bindparam("given_status", type_=Text),
            result=bindparam("given_result", type_=JSONB(none_as_null=True)),
            error=bindparam("given_error", type_=Text),
            run_after=bindparam("given_run_after", type_=Interval),
            refund=bindparam("given_refund", type_=Integer),
        )
        return update(self.jobs).where(self._held()).values(moves)

    def settle_many(self) -> Update:
        """Move held rows on, each by its own claim: arrays of equal length, one for each of `settle`'s parameters."""
        return self._settling(given_settlements())

    def hand_back(self) -> Update:
        """Return held rows to waiting, without using an attempt: :row_ids, :tokens (arrays of equal length)."""
        job = self.jobs.c
        row_ids = bindparam("row_ids", type_=ARRAY(Uuid))
        held = (
            func.unnest(row_ids, bindparam("tokens", type_=ARRAY(BigInteger)))
            .table_valued("row_id", "token")
            .render_derived(name="held")
        )
        return (
            update(self.jobs)
            .where(job.id == func.any(row_ids), job.id == held.c.row_id, job.claim_token == held.c.token)
            .where(job.status == word(Status.RUNNING))
            .values(status=word(Status.PENDING), worker_id=null(), attempt=job.attempt - 1)
        )

    def waiting_suspects(self) -> Select[Any]:
        """How many suspects are due, as `number`, counted up to so many: :kinds, :limit."""
        job = self.jobs.c
        due = (
            select(job.id)
            .where(job.status == word(Status.PENDING), job.crashes >= number(SUSPECT_AFTER))
            .where(job.run_at <= now(), job.type == one_of("kinds"))
            .limit(bindparam("limit", type_=Integer))
            .subquery("due")
        )
        return select(func.count().label("number")).select_from(due)

    def cancel(self) -> Update:
        """Cancel an active row: :row_id, :tenant_id."""
        job = self.jobs.c
        return (
            update(self.jobs)
            .where(job.id == bindparam("row_id", type_=Uuid), job.tenant == bindparam("tenant_id", type_=Text))
            .where(job.status.in_([word(Status.PENDING), word(Status.RUNNING)]))
            .values(status=word(Status.CANCELLED), worker_id=null(), finished_at=now())
            .returning(job.id)
        )

    def _settling(self, given: CTE) -> Update:
        moves = moved_on(
            self.jobs,
            status=given.c.status,
            result=given.c.result,
            error=given.c.error,
            run_after=given.c.run_after,
            refund=given.c.refund,
        )
        return self._moving(given, moves)

    def _moving(self, given: CTE, moves: Mapping[str, Any]) -> Update:
        job = self.jobs.c
        # The ids are named once more as an array: whatever the statistics say, the rows are found by their key.
        row_ids = bindparam("row_ids", type_=ARRAY(Uuid))
        return (
            update(self.jobs)
            .where(job.id == func.any(row_ids), job.id == given.c.row_id, self._stands(given))
            .values(dict(moves))
            .returning(job.id, job.claim_token)
        )

    def _stands(self, given: CTE) -> ColumnElement[bool]:
        job = self.jobs.c
        return and_(job.claim_token == given.c.token, job.status == word(Status.RUNNING))

    def _due(self, *, suspects: bool = False) -> Select[Any]:
        job = self.jobs.c
        return (
            select(job.id)
            .where(job.status == word(Status.PENDING), job.run_at <= now(), job.type == one_of("kinds"))
            .where(job.crashes >= number(SUSPECT_AFTER) if suspects else job.crashes < number(SUSPECT_AFTER))
            .where(self._worker_is_known())
            .order_by(-job.priority, job.run_at, job.id)
            .with_for_update(skip_locked=True)
        )

    def _worker_is_known(self) -> ColumnElement[bool]:
        return exists().where(self.workers.c.id == bindparam("worker", type_=Uuid))

    def _from_there_on(self) -> ColumnElement[bool]:
        job = self.jobs.c
        there = (
            bindparam("from_rank", type_=SmallInteger),
            bindparam("from_time", type_=DateTime(timezone=True)),
            bindparam("from_id", type_=Uuid),
        )
        return tuple_(-job.priority, job.run_at, job.id) > tuple_(*there)

    def _chosen(self, due: Select[Any]) -> ColumnElement[bool]:
        limited = due.limit(bindparam("limit", type_=Integer))
        return self.jobs.c.id == func.any(func.array(limited.scalar_subquery()))

    def _noted(self, taking: Update) -> Executable:
        taken = taking.cte("taken")
        return select(*taken.c).add_cte(*self._notes(taken))

    def _notes(self, taken: CTE) -> tuple[CTE, CTE]:
        batch = self.batches.c
        emptied = batch.number == func.any(bindparam("emptied", type_=ARRAY(BigInteger)))
        forgetting = delete(self.batches).where(batch.worker_id == bindparam("worker", type_=Uuid), emptied)
        return self._noting(taken).cte("noted"), forgetting.cte("forgotten")

    def _noting(self, taken: CTE) -> Insert:
        batch = (bindparam("worker", type_=Uuid), bindparam("batch", type_=BigInteger), func.array_agg(taken.c.id))
        rows = select(*batch).select_from(taken).having(func.count() > 0)
        return insert(self.batches).from_select(["worker_id", "number", "row_ids"], rows)

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
                func.coalesce(job.subject, literal("")).label("subject"),
                cast(job.payload, Text).label("payload"),
                job.run_at,
                job.priority,
            )
        )

    def _held(self) -> ColumnElement[bool]:
        job = self.jobs.c
        return and_(
            job.id == bindparam("given_row", type_=Uuid),
            job.claim_token == bindparam("given_token", type_=BigInteger),
            job.status == word(Status.RUNNING),
        )
