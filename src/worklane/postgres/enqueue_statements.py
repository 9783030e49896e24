"""The statements that add jobs: one, or many at once; a job that is active already stands for its like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    Boolean,
    ColumnElement,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import Insert, distinct_on, insert
from sqlalchemy.sql.base import Executable

from worklane.lifecycle import Status
from worklane.postgres.words import literal, word


@dataclass(frozen=True, slots=True)
class EnqueueStatements:
    """Every statement that adds rows to one jobs table. `channel`: where waiting workers listen for a call."""

    jobs: Table
    channel: str

    def enqueue(self, values: Mapping[str, Any]) -> Executable:
        """Add a row, or answer the active one for the same tenant, type and subject: id, status, is_new."""
        return self._or_the_active_one(insert(self.jobs).values(**values)).returning(
            self.jobs.c.id, self.jobs.c.status, literal_column("(xmax = 0)").label("is_new")
        )

    def add_many(self, names: Sequence[str]) -> Executable:
        """Add rows without a subject: an array for each of these columns, and :kind to call, if :calls."""
        given = self._given(names)
        adding = insert(self.jobs).from_select(list(names), select(*(given.c[name] for name in names)))
        made: Executable = self._call().add_cte(adding.cte("added"))
        return made

    def enqueue_many(self, names: Sequence[str]) -> Executable:
        """Add rows of which some have a subject: number (from 1 on), id, status, is_new for each, in any order.

        Rows are added in the order of their key, so that two such statements wait for each other at most one way.
        Of several that are about the same thing the first is added, and stands for the others.
        """
        given = select(self._given(names)).cte("given")
        key = _key(given)
        first = select(given).ext(distinct_on(*key)).order_by(*key, given.c.number).cte("first")
        adding = insert(self.jobs).from_select(list(names), select(*(first.c[name] for name in names)))
        job = self.jobs.c
        made = literal_column("(xmax = 0)", Boolean).label("is_new")
        added = self._or_the_active_one(adding).returning(job.tenant, job.type, job.subject, job.id, job.status, made)
        standing = added.cte("standing")
        called = self._call().cte("called")
        is_new = standing.c.is_new & (standing.c.id == given.c.id)
        return (
            select(given.c.number, standing.c.id, standing.c.status, is_new.label("is_new"))
            .where(*(one == other for one, other in zip(_key(standing), key, strict=True)))
            .add_columns(select(func.count()).select_from(called).scalar_subquery().label("calls"))
        )

    def _call(self) -> Any:
        kind = bindparam("kind", type_=Text)
        return select(func.pg_notify(literal(self.channel), kind).label("called")).where(
            bindparam("calls", type_=Boolean)
        )

    def _given(self, names: Sequence[str]) -> Any:
        arrays = [bindparam(name, type_=ARRAY(self.jobs.c[name].type)) for name in names]
        columns = [column(name, self.jobs.c[name].type) for name in names]
        return func.unnest(*arrays).table_valued(*columns, with_ordinality="number").render_derived(name="each")

    def _or_the_active_one(self, adding: Insert) -> Insert:
        return adding.on_conflict_do_update(
            index_elements=[self.jobs.c[name] for name in ("tenant", "type", "subject")],
            index_where=self._is_active(),
            set_={"subject": adding.excluded.subject},
        )

    def _is_active(self) -> ColumnElement[bool]:
        job = self.jobs.c
        return job.status.in_([word(Status.PENDING), word(Status.RUNNING)]) & job.subject.is_not(None)


def _key(rows: CTE) -> list[ColumnElement[Any]]:
    """What a row is about; without a subject it is about itself."""
    itself = cast(rows.c.id, Text)
    return [rows.c.tenant, rows.c.type, func.coalesce(rows.c.subject, itself)]
