"""What all statements of the status lane speak of: the owner's rows, their claims, the workers."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    null,
    or_,
    select,
)

from worklane.lifecycle import MAX_CRASHES, SUSPECT_AFTER, Status
from worklane.postgres.status_column import StatusColumn, quoted
from worklane.postgres.words import now, number


@dataclass(frozen=True, slots=True)
class StatusTables:
    """One status column, its claims table and the workers table, and the conditions that statements share."""

    column: StatusColumn
    claims: Table
    workers: Table

    def held_by(self) -> Select[Any]:
        """The claims of one worker: :worker."""
        claim = self.claims.c
        return select(claim.row_id.label("id"), claim.token.label("claim_token")).where(
            claim.worker_id == bindparam("worker", type_=Uuid), claim.queue == self._queue()
        )

    @property
    def _id(self) -> ColumnElement[Any]:
        return self.column.key

    @property
    def _status(self) -> ColumnElement[Any]:
        return self.column.rows.c[self.column.status]

    def _queue(self) -> ColumnElement[str]:
        return quoted(self.column.queue)

    def _is_keyed(self, row_ids: ColumnElement[Any]) -> ColumnElement[bool]:
        # Compared with an array, rows are looked up by their key; a join might read the owner's table from end to end.
        return self._id == func.any(func.array(select(row_ids).scalar_subquery()))

    def _is_waiting(self) -> ColumnElement[bool]:
        return self._status == self.column.literal(Status.PENDING)

    def _is_working(self) -> ColumnElement[bool]:
        return self._status == self.column.literal(Status.RUNNING)

    def _is_suspect(self) -> ColumnElement[bool]:
        # As literals, so that the partial index on suspects is seen to fit.
        crashes = self.claims.c.crashes
        return and_(crashes >= number(SUSPECT_AFTER), crashes < number(MAX_CRASHES))

    def _may_run(self) -> ColumnElement[bool]:
        return or_(self.claims.c.run_after.is_(null()), self.claims.c.run_after <= now())

    def _worker_is_known(self) -> ColumnElement[bool]:
        return exists().where(self.workers.c.id == bindparam("worker", type_=Uuid))

    def _held(self) -> ColumnElement[bool]:
        claim = self.claims.c
        return and_(
            claim.queue == self._queue(),
            claim.row_id == bindparam("given_row", type_=Uuid),
            claim.token == bindparam("given_token", type_=BigInteger),
            claim.worker_id.is_not(null()),
        )
