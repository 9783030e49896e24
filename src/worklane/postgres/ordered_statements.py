"""The statements of an ordered job lane: fair shares, limits and rates; executes nothing.

Limits need two statements in one transaction. The first finds candidates and tries the locks of their keys; the
second, whose snapshot is younger than those locks, counts what runs and takes what has room. Whoever else took or
takes a row of such a key held or wants that very lock, so nobody counts what another is about to change.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Interval,
    Select,
    Subquery,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.dml import ReturningDelete

from worklane.lifecycle import Status
from worklane.postgres.fair_statements import LIMIT, FairRows
from worklane.postgres.statements import JobStatements
from worklane.postgres.waiting import due, first, taken
from worklane.postgres.words import now, word

LOCK_SPACE = 6_081_958_302
"""Keeps the locks of keys apart from other advisory locks of the same database."""


@dataclass(frozen=True, slots=True)
class OrderedStatements(JobStatements):
    """What an ordered job lane has beside its plain statements; `rates` only where the order has a rate.

    The limits are parameters: arrays of equal length :types, :runnings (null: any number), :spacings (microseconds,
    null: no rate) and :bursts.
    """

    rates: Table | None = None

    def claim_fair(self) -> Executable:
        """Take due rows by fair shares, in one statement: :worker, :kinds, :limit and what FairRows wants."""
        chosen = FairRows(self.jobs, self.batches, lambda job: due(job, self.workers)).chosen()
        return self._noted(self._taking(self._ids(chosen)))

    def tenants(self) -> Select[Any]:
        """The tenants that have waiting rows."""
        return FairRows(self.jobs, self.batches, lambda job: due(job, self.workers)).tenants()

    def candidates(self, *, fair: bool = False, alone: bool = False) -> Select[Any]:
        """Lock due rows of keys that seem open, and try the locks of those keys: id, type, limit_key, is_ours.

        :worker, :kinds, :limit, the limits, and :busy_types and :busy_keys, whose locks were found taken before.
        """
        closed = self._closed()

        def may_run(job: FromClause) -> list[ColumnElement[bool]]:
            return [*due(job, self.workers, alone=alone), self._is_open(job, closed)]

        if not fair:
            job = self.jobs.alias("job")
            chosen = select(*taken(job)).where(*may_run(job)).order_by(*first(job)).limit(LIMIT)
            return self._with_locks(chosen.with_for_update(skip_locked=True).cte("chosen"))
        return self._with_locks(FairRows(self.jobs, self.batches, may_run).chosen())

    def candidate(self) -> Select[Any]:
        """Lock this row, if it is due and its key seems open: :row_id, :worker, :kinds, the limits."""
        job = self.jobs.alias("job")
        this = job.c.id == bindparam("row_id", type_=Uuid)
        chosen = select(*taken(job)).where(this, *due(job, self.workers), self._is_open(job, self._closed()))
        return self._with_locks(chosen.with_for_update(skip_locked=True).cte("chosen"))

    def take(self) -> Executable:
        """Take of these locked rows what their keys have room for, and move the rates: :row_ids, :worker, the limits.

        To be run in the transaction of `candidates`, as a statement after it: its snapshot must be younger than the
        locks of the keys.
        """
        fitting = self._fitting()
        taken_rows = self._taking(self._ids(fitting)).cte("taken")
        moved = () if self.rates is None else (self._using_up(self.rates, fitting).cte("moved"),)
        return select(*taken_rows.c).add_cte(*self._notes(taken_rows), *moved)

    def purge(self, rates: Table) -> ReturningDelete[Any]:
        """Forget keys that have been rested for :idle_for, at most :limit of them."""
        rate = rates.alias("rate")
        old = rate.c.tat < now() - bindparam("idle_for", type_=Interval)
        rested = select(rate.c.type, rate.c.key).where(old).limit(LIMIT).with_for_update(skip_locked=True).cte("rested")
        return (
            delete(rates)
            .where(rates.c.type == rested.c.type, rates.c.key == rested.c.key)
            .returning(rates.c.type, rates.c.key)
        )

    def _ids(self, rows: CTE) -> ColumnElement[bool]:
        return self.jobs.c.id == func.any(func.array(select(rows.c.id).scalar_subquery()))

    def _noting(self, taken: CTE) -> Insert:
        """One batch for all that a claim takes, however many rounds it needs."""
        noting = JobStatements._noting(self, taken)
        both = self.batches.c.row_ids + noting.excluded.row_ids
        batch = [self.batches.c.worker_id, self.batches.c.number]
        return noting.on_conflict_do_update(index_elements=batch, set_={"row_ids": both})

    def _with_locks(self, chosen: CTE) -> Select[Any]:
        """The chosen rows, each with whether the lock of its key is ours now; a row without a limit needs none."""
        row = chosen.c
        space = func.hashtextextended(row.type, literal(LOCK_SPACE, BigInteger))
        lock = func.pg_try_advisory_xact_lock(func.hashtextextended(row.limit_key, space))
        is_free = or_(row.limit_key.is_(None), row.type != func.all(bindparam("types", type_=ARRAY(Text))))
        is_ours = case((is_free, literal_column("true")), else_=lock)
        return select(row.id, row.type, row.limit_key, is_ours.label("is_ours"))

    def _closed(self) -> CTE:
        """The keys that are full or busy, as far as this statement can see."""
        job, limit = self.jobs.alias("running"), _limits()
        full = (
            select(job.c.type, job.c.limit_key)
            .join(limit, limit.c.type == job.c.type)
            .where(job.c.status == word(Status.RUNNING), job.c.limit_key.is_not(None))
            .group_by(job.c.type, job.c.limit_key, limit.c.running)
            .having(func.count() >= limit.c.running)
        )
        busy = (
            func.unnest(bindparam("busy_types", type_=ARRAY(Text)), bindparam("busy_keys", type_=ARRAY(Text)))
            .table_valued("type", "limit_key")
            .render_derived(name="busy")
        )
        return union_all(full, select(busy.c.type, busy.c.limit_key)).cte("closed")

    def _is_open(self, job: FromClause, closed: CTE) -> ColumnElement[bool]:
        is_closed = tuple_(job.c.type, job.c.limit_key).in_(select(closed.c.type, closed.c.limit_key))
        if self.rates is None:
            return or_(job.c.limit_key.is_(None), ~is_closed)
        rate, limit = self.rates.alias("rate"), _limits()
        is_over = exists().where(
            rate.c.type == job.c.type,
            rate.c.key == job.c.limit_key,
            limit.c.type == job.c.type,
            rate.c.tat > now() + _microseconds((limit.c.burst - 1) * limit.c.spacing),
        )
        return or_(job.c.limit_key.is_(None), and_(~is_closed, ~is_over))

    def _fitting(self) -> CTE:
        """The locked rows that their keys have room for; what the limit of a key is null says nothing."""
        row = self._placed()
        room = func.least(row.c.running_limit - row.c.running, row.c.starts)
        return (
            select(row.c.id, row.c.type, row.c.limit_key, row.c.spacing, row.c.tat)
            .where(row.c.place <= func.coalesce(room, row.c.place))
            .cte("fitting")
        )

    def _placed(self) -> Subquery:
        """Each locked row with its place in its key, how many run there, and how many more may start."""
        job, limit = self.jobs.alias("job"), _limits()
        source = job.outerjoin(limit, and_(limit.c.type == job.c.type, job.c.limit_key.is_not(None)))
        tat: ColumnElement[Any] = null()
        starts: ColumnElement[int] = cast(null(), BigInteger)
        if self.rates is not None:
            rate = self.rates.alias("rate")
            source = source.outerjoin(rate, and_(rate.c.type == job.c.type, rate.c.key == job.c.limit_key))
            tat = func.greatest(rate.c.tat, now())
            starts = _starts_left(tat, limit)
        place = func.row_number().over(partition_by=(job.c.type, job.c.limit_key), order_by=first(job))
        return (
            select(
                job.c.id,
                job.c.type,
                job.c.limit_key,
                limit.c.spacing,
                limit.c.running.label("running_limit"),
                place.label("place"),
                self._running(job).label("running"),
                tat.label("tat"),
                starts.label("starts"),
            )
            .select_from(source)
            .where(job.c.id == func.any(bindparam("row_ids", type_=ARRAY(Uuid))))
            .where(job.c.status == word(Status.PENDING))
            .where(exists().where(self.workers.c.id == bindparam("worker", type_=Uuid)))
            .subquery("placed")
        )

    def _running(self, job: FromClause) -> ColumnElement[int]:
        other = self.jobs.alias("other")
        return (
            select(func.count())
            .where(other.c.status == word(Status.RUNNING), other.c.limit_key.is_not(None))
            .where(other.c.type == job.c.type, other.c.limit_key == job.c.limit_key)
            .scalar_subquery()
        )

    def _using_up(self, rates: Table, fitting: CTE) -> Insert:
        """Use up one spacing for each start of a key."""
        row = fitting.c
        used = func.max(row.tat) + _microseconds(func.count() * func.max(row.spacing))
        moved = select(row.type, row.limit_key, used).where(row.spacing.is_not(None)).group_by(row.type, row.limit_key)
        adding = insert(rates).from_select([rates.c.type, rates.c.key, rates.c.tat], moved)
        return adding.on_conflict_do_update(
            index_elements=[rates.c.type, rates.c.key], set_={"tat": adding.excluded.tat}
        )


def _limits() -> FromClause:
    return (
        func.unnest(
            bindparam("types", type_=ARRAY(Text)),
            bindparam("runnings", type_=ARRAY(Integer)),
            bindparam("spacings", type_=ARRAY(BigInteger)),
            bindparam("bursts", type_=ARRAY(Integer)),
        )
        .table_valued("type", "running", "spacing", "burst")
        .render_derived(name="limits")
    )


def _starts_left(tat: ColumnElement[Any], limit: FromClause) -> ColumnElement[int]:
    """How many starts may follow now: the whole spacings that fit between the used-up time and the burst."""
    ahead = func.extract("epoch", tat - now()) * 1_000_000
    return cast(func.floor((limit.c.burst * limit.c.spacing - ahead) / limit.c.spacing), BigInteger)


def _microseconds(number: ColumnElement[Any]) -> ColumnElement[Any]:
    """An interval of so many microseconds; it has no days, whose length would depend on the session's time zone."""
    return number * literal_column("interval '1 microsecond'", Interval)
