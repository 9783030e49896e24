"""The statements of the status lane: claims on rows of any table that has a status column; executes nothing.

The owner's table keeps its own columns. Who holds a row stands in a narrow table beside it, one row per claim.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Interval,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    column,
    delete,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.dml import ReturningUpdate

from worklane.lifecycle import CONVICTED, MAX_CRASHES, Status
from worklane.postgres.status_taking import ONE, TakingStatements
from worklane.postgres.words import now

DIED = "its worker stopped while it ran (crash "


class StatusStatements(TakingStatements):
    """Every statement over one status column, its claims table and the workers table."""

    __slots__ = ()

    def hold(self) -> Select[Any]:
        """Lock a claim for a portion: :given_row, :given_token. No row: the claim was lost."""
        same_row = self._id == self.claims.c.row_id
        return select(self.claims.c.token).where(self._held(), same_row, self._is_working()).with_for_update()

    def finish(self) -> Executable:
        """Settle a held row for good: :given_row, :given_token, :given_status, :given_error."""
        held = delete(self.claims).where(self._held()).returning(self.claims.c.row_id).cte("held")
        word = self.column.as_status(bindparam("given_status", type_=Text))
        return self._moved(held, word, bindparam("given_error", type_=Text))

    def put_back(self) -> Executable:
        """Return a held row to waiting for :given_run_after: :given_row, :given_token, :given_error, :given_refund."""
        later = now() + bindparam("given_run_after", type_=Interval)
        attempt = self.claims.c.attempt - bindparam("given_refund", type_=Integer)
        freed = update(self.claims).where(self._held()).values(worker_id=null(), run_after=later, attempt=attempt)
        held = freed.returning(self.claims.c.row_id).cte("held")
        return self._moved(held, self.column.literal(Status.PENDING), bindparam("given_error", type_=Text))

    def settle_many(self) -> Executable:
        """Settle held rows, each by its own token: arrays :row_ids, :tokens, :statuses, :errors, :run_afters, :refunds.

        Statuses are Status values. Answers id and claim_token of the rows whose claims stood.
        """
        claim, given = self.claims.c, self._given()
        goes_back = given.c.status == literal(Status.PENDING.value, Text)
        ended = delete(self.claims).where(self._is_held_as(given, ~goes_back))
        waits, refund = (
            select(one).where(given.c.token == claim.token).limit(ONE).scalar_subquery()
            for one in (given.c.run_after, given.c.refund)
        )
        freed = update(self.claims).where(self._is_held_as(given, goes_back))
        freed = freed.values(worker_id=null(), run_after=now() + waits, attempt=claim.attempt - refund)
        both = (one.returning(claim.token).cte(name) for one, name in ((ended, "ended"), (freed, "freed")))
        held = union_all(*(select(one.c.token) for one in both)).scalar_subquery()
        moved = self._moved(given, self._word_for(given.c.status), given.c.error)
        stood = given.c.token == func.any(func.array(held))
        return moved.where(stood).returning(given.c.token.label("claim_token"))

    def hand_back(self) -> Executable:
        """Return held rows to waiting without using an attempt: :row_ids, :tokens."""
        claim = self.claims.c
        freed = update(self.claims).where(
            self._is_one_of(bindparam("row_ids", type_=ARRAY(Uuid)), bindparam("tokens", type_=ARRAY(BigInteger)))
        )
        freed = freed.values(worker_id=null(), attempt=claim.attempt - 1, run_after=now())
        return self._moved(freed.returning(claim.row_id).cte("held"), self.column.literal(Status.PENDING), null())

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
        why = case((over, literal(CONVICTED, Text)), else_=func.concat(DIED, freed.c.crashes, ")"))
        return self._moved(freed, self._waiting_unless(over), why)

    def expire(self) -> Executable:
        """Free what living workers held for longer than their lease: :limit, :wait (before the next attempt)."""
        claim = self.claims.c
        overdue = (
            select(claim.row_id)
            .where(claim.queue == self._queue(), claim.worker_id.is_not(null()), claim.run_after < now())
            .limit(bindparam("limit", type_=Integer))
            .with_for_update(skip_locked=True)
        )
        freed = (
            update(self.claims)
            .where(claim.queue == self._queue(), claim.row_id == func.any(func.array(overdue.scalar_subquery())))
            .values(worker_id=null(), run_after=now() + bindparam("wait", type_=Interval))
            .returning(claim.row_id, (claim.attempt - claim.crashes).label("failures"))
            .cte("freed")
        )
        over = freed.c.failures >= self.column.attempts
        return self._moved(freed, self._waiting_unless(over), literal(f"took longer than {self.column.lease}", Text))

    def _given(self) -> CTE:
        each = (
            func.unnest(
                bindparam("row_ids", type_=ARRAY(Uuid)),
                bindparam("tokens", type_=ARRAY(BigInteger)),
                bindparam("statuses", type_=ARRAY(Text)),
                bindparam("errors", type_=ARRAY(Text)),
                bindparam("run_afters", type_=ARRAY(Interval)),
                bindparam("refunds", type_=ARRAY(Integer)),
            )
            .table_valued("row_id", "token", "status", "error", column("run_after", Interval), "refund")
            .render_derived(name="each")
        )
        return select(*each.c).cte("given")

    def _is_held_as(self, given: CTE, which: ColumnElement[bool]) -> ColumnElement[bool]:
        ids, tokens = (select(one).where(which).scalar_subquery() for one in (given.c.row_id, given.c.token))
        return self._is_one_of(func.array(ids), func.array(tokens))

    def _is_one_of(self, row_ids: ColumnElement[Any], tokens: ColumnElement[Any]) -> ColumnElement[bool]:
        # A token belongs to one claim only. Compared with arrays, claims are looked up by their key; a join might read
        # all claims of the queue instead, and under an old snapshot all that were ended since.
        claim = self.claims.c
        mine = and_(claim.row_id == func.any(row_ids), claim.token == func.any(tokens))
        return and_(claim.queue == self._queue(), mine, claim.worker_id.is_not(null()))

    def _word_for(self, status: ColumnElement[str]) -> ColumnElement[str]:
        known = [Status.PENDING, Status.COMPLETE]
        words = [(status == literal(one.value, Text), self.column.literal(one)) for one in known]
        return case(*words, else_=self.column.literal(Status.FAILED))

    def _waiting_unless(self, over: ColumnElement[bool]) -> ColumnElement[str]:
        return case((over, self.column.literal(Status.FAILED)), else_=self.column.literal(Status.PENDING))

    def _moved(self, held: Any, word: ColumnElement[Any], error: ColumnElement[Any]) -> ReturningUpdate[Any]:
        return (
            update(self.column.rows)
            .where(self._id == held.c.row_id, self._is_working())
            .values({self.column.status: word, self.column.error: error})
            .returning(self._id.label("id"), self._status.label("status"))
        )
