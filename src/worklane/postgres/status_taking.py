"""The statements that take rows of a status queue; executes nothing.

Whatever the way to the rows, each takes them as `due`, locked, and answers `taken`: the claims, in the queue's order,
each with the values it was ordered by (key_0, key_1, ...) and the group it belongs to.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    Column,
    ColumnElement,
    Integer,
    Interval,
    ScalarSelect,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.sql.base import Executable

from worklane.lifecycle import MAX_CRASHES, Status
from worklane.postgres.status_column import quoted
from worklane.postgres.status_tables import StatusTables
from worklane.postgres.words import now

ONE = literal_column("1", Integer)


class TakingStatements(StatusTables):
    """Every way to take rows: from the top, from where the last claim ended, in turns, alone, by name."""

    __slots__ = ()

    def claim(self) -> Executable:
        """Take due rows from the top: :worker, :limit."""
        return self._taking(self._due().limit(_limit()))

    def claim_from(self) -> Executable:
        """Take due rows from a key on: :worker, :limit, and the key as :from_0, :from_1, ..."""
        bound = [bindparam(f"from_{number}", type_=one.type) for number, one in enumerate(self.column.order)]
        return self._taking(self._due().where(self._is_not_before(bound)).limit(_limit()))

    def claim_in_turns(self) -> Executable:
        """Take due rows of several groups: :worker, and arrays :groups, :shares, :from_0, :from_1, ...

        Of each group so many as its share says, from its key on.
        """
        order = self.column.order
        given = [bindparam("groups", type_=ARRAY(self._group.type)), bindparam("shares", type_=ARRAY(Integer))]
        given += [bindparam(f"from_{number}", type_=ARRAY(one.type)) for number, one in enumerate(order)]
        bounds = [column(f"from_{number}", one.type) for number, one in enumerate(order)]
        turn = (
            func.unnest(*given)
            .table_valued(column("mine", self._group.type), column("share", Integer), *bounds)
            .render_derived(name="turn")
        )
        bound = [turn.c[one.name] for one in bounds]
        rows = self._due().where(self._group == turn.c.mine, self._is_not_before(bound)).limit(turn.c.share)
        mine = rows.lateral("waiting")
        return self._taking(select(*mine.c).select_from(turn.join(mine, true())))

    def claim_one(self, *, alone: bool = False) -> Executable:
        """Take this row, if it is due: :worker, :row_id. `alone`: even if it is a suspect."""
        return self._taking(self._due(alone=alone).where(self._id == bindparam("row_id", type_=Uuid)))

    def claim_alone(self) -> Executable:
        """Take due suspects: :worker, :limit."""
        suspects = self._suspects(*self._row()).where(self._worker_is_known()).order_by(*self.column.order)
        return self._taking(suspects.limit(_limit()).with_for_update(skip_locked=True, of=self.column.rows))

    def waiting_suspects(self) -> Select[Any]:
        """How many suspects are due, as `number`, counted up to so many: :limit."""
        due = self._suspects(self._id).limit(_limit()).subquery("due")
        return select(func.count().label("number")).select_from(due)

    def heads(self, *, is_first_page: bool) -> Executable:
        """The first waiting row of each group, a page of them: :limit; :after, the last group of the page before.

        Goes from group to group through the index, however many rows each has.
        """
        waiting = select(*self._row()).where(self._is_waiting()).order_by(*self.column.index_columns).limit(ONE)
        beyond = true() if is_first_page else self._group > bindparam("after", type_=self._group.type)
        start = waiting.where(beyond).subquery("start")
        heads = select(*start.c).cte("heads", recursive=True)
        following = waiting.where(self._group > heads.c.group_key).lateral("following")
        heads = heads.union_all(select(*following.c).select_from(heads.join(following, true())))
        return select(*heads.c).limit(_limit())

    @property
    def _group(self) -> Column[Any]:
        if self.column.group is None:
            raise ValueError(f"queue {self.column.queue!r} has no groups")
        return self.column.rows.c[self.column.group]

    def _row(self) -> Sequence[ColumnElement[Any]]:
        keys = [one.label(f"key_{number}") for number, one in enumerate(self.column.order)]
        group = quoted("") if self.column.group is None else self._group
        return [self._id.label("id"), *keys, group.label("group_key")]

    def _due(self, *, alone: bool = False) -> Select[Any]:
        return (
            select(*self._row())
            .where(self._is_waiting(), self._must_wait(alone=alone).is_not(true()), self._worker_is_known())
            .order_by(*self.column.order)
            .with_for_update(skip_locked=True, of=self.column.rows)
        )

    def _must_wait(self, *, alone: bool) -> ScalarSelect[bool]:
        # A scalar subquery is looked up by key for each row, whatever the planner believes. `not exists` may become a
        # join that reads all claims, and under an old snapshot all that were deleted since.
        claim = self.claims.c
        must = [claim.run_after > now()] if alone else [claim.run_after > now(), self._is_suspect()]
        return (
            select(and_(claim.worker_id.is_(null()), or_(*must)))
            .where(claim.queue == self._queue(), claim.row_id == self._id)
            .scalar_subquery()
        )

    def _suspects(self, *columns: ColumnElement[Any]) -> Select[Any]:
        claim = self.claims.c
        return (
            select(*columns)
            .join_from(self.claims, self.column.rows, self._id == claim.row_id)
            .where(claim.queue == self._queue(), claim.worker_id.is_(null()), self._is_suspect())
            .where(self._may_run(), self._is_waiting())
        )

    def _is_not_before(self, bound: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
        return tuple_(*self.column.order) >= tuple_(*bound)

    def _taking(self, due_rows: Select[Any]) -> Executable:
        due = due_rows.cte("due")
        taken, moved = self._claimed(due), self._moved_to_working(due)
        keys = [one for one in due.c if one.name != "id"]
        answer = select(taken.c.row_id, taken.c.token, taken.c.attempt, taken.c.crashes, *keys)
        in_order = [due.c[f"key_{number}"] for number in range(len(self.column.order))]
        return answer.join_from(taken, due, due.c.id == taken.c.row_id).order_by(*in_order).add_cte(moved)

    def _claimed(self, due: CTE) -> CTE:
        claim = self.claims.c
        worker, until = bindparam("worker", type_=Uuid), self._lease_ends()
        fresh = select(self._queue(), due.c.id, func.nextval("worklane_token"), worker, until)
        # Such a row had failed; its owner has set it to waiting again.
        starts_afresh = claim.crashes >= MAX_CRASHES
        adding = insert(self.claims).from_select(["queue", "row_id", "token", "worker_id", "run_after"], fresh)
        return (
            adding.on_conflict_do_update(
                index_elements=[claim.queue, claim.row_id],
                set_={
                    "token": adding.excluded.token,
                    "worker_id": adding.excluded.worker_id,
                    "attempt": case((starts_afresh, 1), else_=claim.attempt + 1),
                    "crashes": case((starts_afresh, 0), else_=claim.crashes),
                    "run_after": adding.excluded.run_after,
                },
            )
            .returning(claim.row_id, claim.token, claim.attempt, claim.crashes)
            .cte("taken")
        )

    def _moved_to_working(self, due: CTE) -> CTE:
        values = {self.column.status: self.column.literal(Status.RUNNING), self.column.error: null()}
        return update(self.column.rows).where(self._is_keyed(due.c.id)).values(values).cte("moved")

    def _lease_ends(self) -> ColumnElement[Any]:
        # While a claim is held, `run_after` is when others may have the row although its worker lives.
        if self.column.lease is None:
            return cast(null(), self.claims.c.run_after.type)
        return now() + literal(self.column.lease, Interval)


def _limit() -> BindParameter[int]:
    return bindparam("limit", type_=Integer)
