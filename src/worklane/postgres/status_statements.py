"""The statements of the status lane: claims on rows of any table that has a status column; executes nothing.

The owner's table keeps its own columns. Who holds a row stands in a narrow table beside it, one row per claim.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Interval,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.dml import ReturningUpdate

from worklane.lifecycle import MAX_CRASHES, Status
from worklane.postgres.words import now


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusColumn:
    """Which column of which table is a queue, and the words it uses."""

    queue: str
    table: Table
    status: str
    error: str
    waiting: str = "Queued"
    working: str = "Processing"
    done: str = "Completed"
    failed: str = "Error"
    order_by: Sequence[str] = field(default=("id",))

    def word(self, status: Status) -> str:
        """The table's own word for a status."""
        words = {Status.PENDING: self.waiting, Status.RUNNING: self.working, Status.COMPLETE: self.done}
        return words.get(status, self.failed)

    def literal(self, status: Status) -> ColumnElement[str]:
        """The same inside a statement. A parameter would keep the planner from using the partial index."""
        quoted = self.word(status).replace("'", "''")
        return literal_column(f"'{quoted}'", Text)


@dataclass(frozen=True, slots=True)
class StatusStatements:
    """Every statement over one status column, its claims table and the workers table."""

    column: StatusColumn
    claims: Table
    workers: Table

    def claim(self) -> Executable:
        """Take due rows: :worker, :limit."""
        return self._taking(self._due().limit(bindparam("limit", type_=Integer)))

    def claim_one(self) -> Executable:
        """Take this row, if it is due: :worker, :row_id."""
        return self._taking(self._due().where(self._id == bindparam("row_id", type_=Uuid)))

    def hold(self) -> Select[Any]:
        """Lock a claim for a portion: :given_row, :given_token. No row: the claim was lost."""
        same_row = self._id == self.claims.c.row_id
        return select(self.claims.c.token).where(self._held(), same_row, self._is_working()).with_for_update()

    def finish(self) -> Executable:
        """Settle a held row for good: :given_row, :given_token, :given_status, :given_error."""
        held = delete(self.claims).where(self._held()).returning(self.claims.c.row_id).cte("held")
        return self._moved(held, bindparam("given_status", type_=Text), bindparam("given_error", type_=Text))

    def put_back(self) -> Executable:
        """Return a held row to waiting for :given_run_after: :given_row, :given_token, :given_error."""
        later = now() + bindparam("given_run_after", type_=Interval)
        freed = update(self.claims).where(self._held()).values(worker_id=null(), run_after=later)
        held = freed.returning(self.claims.c.row_id).cte("held")
        return self._moved(held, self.column.literal(Status.PENDING), bindparam("given_error", type_=Text))

    def hand_back(self) -> Executable:
        """Return held rows to waiting without using an attempt: :row_ids, :tokens."""
        claim = self.claims.c
        given = (
            func.unnest(bindparam("row_ids", type_=ARRAY(Uuid)), bindparam("tokens", type_=ARRAY(BigInteger)))
            .table_valued("row_id", "token")
            .render_derived(name="given")
        )
        held = (
            update(self.claims)
            .where(claim.queue == self._queue(), claim.row_id == given.c.row_id, claim.token == given.c.token)
            .where(claim.worker_id.is_not(null()))
            .values(worker_id=null(), attempt=claim.attempt - 1, run_after=now())
            .returning(claim.row_id)
            .cte("held")
        )
        return self._moved(held, self.column.literal(Status.PENDING), null())

    def free(self) -> Executable:
        """Free what forgotten workers held: :limit.

        A claim is freed only if it carries the token that this statement's snapshot shows: in between, a worker that
        the snapshot does not know may have taken the row.
        """
        claim, seen, held = self.claims.c, self.claims.alias("seen"), self.claims.alias("held")
        same = and_(held.c.queue == seen.c.queue, held.c.row_id == seen.c.row_id, held.c.token == seen.c.token)
        orphaned = (
            select(held.c.row_id)
            .join_from(seen, held, same)
            .where(seen.c.queue == self._queue(), seen.c.worker_id.is_not(null()), held.c.worker_id.is_not(null()))
            .where(~exists().where(self.workers.c.id == seen.c.worker_id))
            .limit(bindparam("limit", type_=Integer))
            .with_for_update(of=held, skip_locked=True)
        )
        freed = (
            update(self.claims)
            .where(claim.queue == self._queue(), claim.row_id == func.any(func.array(orphaned.scalar_subquery())))
            .values(worker_id=null(), crashes=claim.crashes + 1, run_after=now())
            .returning(claim.row_id, claim.crashes)
            .cte("freed")
        )
        over = freed.c.crashes >= MAX_CRASHES
        word = case((over, self.column.literal(Status.FAILED)), else_=self.column.literal(Status.PENDING))
        why = func.concat("its worker stopped while it ran (crash ", freed.c.crashes, ")")
        return self._moved(freed, word, why)

    def held_by(self) -> Select[Any]:
        """The claims of one worker: :worker."""
        claim = self.claims.c
        return select(claim.row_id.label("id"), claim.token.label("claim_token")).where(
            claim.worker_id == bindparam("worker", type_=Uuid), claim.queue == self._queue()
        )

    @property
    def _id(self) -> ColumnElement[Any]:
        return self.column.table.c.id

    @property
    def _status(self) -> ColumnElement[Any]:
        return self.column.table.c[self.column.status]

    def _queue(self) -> ColumnElement[str]:
        return literal_column("'{}'".format(self.column.queue.replace("'", "''")), Text)

    def _due(self) -> Select[Any]:
        claim, worker = self.claims.c, bindparam("worker", type_=Uuid)
        waits_for_its_time = exists().where(
            claim.queue == self._queue(), claim.row_id == self._id, claim.run_after > now()
        )
        order = [self.column.table.c[name] for name in self.column.order_by]
        return (
            select(self._id.label("id"))
            .where(self._status == self.column.literal(Status.PENDING), ~waits_for_its_time)
            .where(exists().where(self.workers.c.id == worker))
            .order_by(*order)
            .with_for_update(skip_locked=True, of=self.column.table)
        )

    def _taking(self, due_rows: Select[Any]) -> Executable:
        claim = self.claims.c
        due = due_rows.cte("due")
        fresh = select(self._queue(), due.c.id, func.nextval("worklane_token"), bindparam("worker", type_=Uuid))
        # Such a row had failed; its owner has set it to waiting again.
        starts_afresh = claim.crashes >= MAX_CRASHES
        adding = insert(self.claims).from_select(["queue", "row_id", "token", "worker_id"], fresh)
        taken = (
            adding.on_conflict_do_update(
                index_elements=[claim.queue, claim.row_id],
                set_={
                    "token": adding.excluded.token,
                    "worker_id": adding.excluded.worker_id,
                    "attempt": case((starts_afresh, 1), else_=claim.attempt + 1),
                    "crashes": case((starts_afresh, 0), else_=claim.crashes),
                    "run_after": null(),
                },
            )
            .returning(claim.row_id, claim.token, claim.attempt, claim.crashes)
            .cte("taken")
        )
        moved = (
            update(self.column.table)
            .where(self._id == due.c.id)
            .values({self.column.status: self.column.literal(Status.RUNNING), self.column.error: null()})
            .cte("moved")
        )
        return select(taken.c.row_id, taken.c.token, taken.c.attempt, taken.c.crashes).add_cte(moved)

    def _moved(self, held: Any, word: ColumnElement[Any], error: ColumnElement[Any]) -> ReturningUpdate[Any]:
        return (
            update(self.column.table)
            .where(self._id == held.c.row_id, self._is_working())
            .values({self.column.status: word, self.column.error: error})
            .returning(self._id.label("id"), self._status.label("status"))
        )

    def _is_working(self) -> ColumnElement[bool]:
        return self._status == self.column.literal(Status.RUNNING)

    def _held(self) -> ColumnElement[bool]:
        claim = self.claims.c
        return and_(
            claim.queue == self._queue(),
            claim.row_id == bindparam("given_row", type_=Uuid),
            claim.token == bindparam("given_token", type_=BigInteger),
            claim.worker_id.is_not(null()),
        )
