"""How deep the queues are: bounded counts over the partial indexes, so that asking stays cheap however much waits.

The planner would read the whole table for the sake of a limit that it believes to be near. Within the transactions of
this file it may not; finished rows are never read.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    Table,
    Text,
    and_,
    case,
    func,
    lateral,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from worklane.depth import Depth, Stage
from worklane.lifecycle import MAX_CRASHES, SUSPECT_AFTER, Status
from worklane.postgres.status_column import StatusColumn
from worklane.postgres.words import now, word

MOST = 100_000
MOST_PRIORITIES = 1000

# Which stages are counted from the same rows, up to the same limit.
JOB_SOURCES = (
    frozenset({Stage.WAITING, Stage.SCHEDULED}),
    frozenset({Stage.SUSPECT}),
    frozenset({Stage.RUNNING}),
)
STATUS_SOURCES = (frozenset({Stage.WAITING, Stage.SCHEDULED, Stage.SUSPECT}), frozenset({Stage.RUNNING}))

BY_INDEX_ONLY = select(
    *(func.set_config(way, "off", true()) for way in ("enable_seqscan", "enable_bitmapscan", "enable_sort"))
)


class JobDepths:
    """The depth of a jobs table. At most `most` rows of each of its partial indexes, and of those held, are counted."""

    def __init__(self, jobs: Table, *, batches: Table, kinds: Collection[str] = (), most: int = MOST) -> None:
        self._jobs = jobs
        self._batches = batches
        self._kinds = kinds
        self._most = most
        self.counting = _counting(self._pending(), self._suspects(), self._running())
        self.ageing = self._ageing()

    async def read(self, sessions: async_sessionmaker[AsyncSession]) -> Depth:
        """Count, in a transaction of its own. `kinds` that have no rows are named with 0."""
        rows, oldest = await _read(sessions, self.counting, self.ageing)
        counts = _counts(rows, self._kinds)
        capped = _capped(counts, self._most, JOB_SOURCES)
        return Depth(queue=self._jobs.name, counts=counts, capped=capped, oldest_waiting=oldest)

    def _pending(self) -> Select[Any]:
        job = self._jobs.c
        stage = case((job.run_at <= now(), _text(Stage.WAITING)), else_=_text(Stage.SCHEDULED))
        pending = _labelled(stage, job.type).where(self._is_pending())
        return pending.order_by(*self._order()).limit(_number(self._most))

    def _suspects(self) -> Select[Any]:
        job = self._jobs.c
        suspects = job.status == word(Status.PENDING), job.crashes >= _number(SUSPECT_AFTER)
        return _labelled(_text(Stage.SUSPECT), job.type).where(*suspects).limit(_number(self._most))

    def _running(self) -> Select[Any]:
        job, batch = self._jobs.c, self._batches.c
        is_held = and_(job.worker_id == batch.worker_id, job.status == word(Status.RUNNING))
        of_a_batch = select(job.type).where(job.id == func.any(batch.row_ids), is_held).correlate(self._batches)
        held = of_a_batch.offset(_number(0)).lateral("held")
        running = _labelled(_text(Stage.RUNNING), held.c.type).select_from(self._batches.join(held, true()))
        return running.limit(_number(self._most))

    def _ageing(self) -> Select[Any]:
        """How long the oldest due row has been due: the first row of each priority is looked at, and no other."""
        job = self._jobs.c
        first = select(job.priority, job.run_at).where(self._is_pending()).order_by(*self._order()).limit(_number(1))
        best = first.subquery("best")
        firsts = select(best.c.priority, best.c.run_at).cte("firsts", recursive=True)
        lower = lateral(first.where(-job.priority > -firsts.c.priority)).alias("lower")
        firsts = firsts.union_all(select(lower.c.priority, lower.c.run_at).join_from(firsts, lower, true()))
        looked_at = select(firsts.c.run_at).limit(_number(MOST_PRIORITIES)).subquery("looked_at")
        return select(now() - func.min(looked_at.c.run_at)).where(looked_at.c.run_at <= now())

    def _is_pending(self) -> ColumnElement[bool]:
        job = self._jobs.c
        return and_(job.status == word(Status.PENDING), job.crashes < _number(SUSPECT_AFTER))

    def _order(self) -> Sequence[ColumnElement[Any]]:
        return -self._jobs.c.priority, self._jobs.c.run_at, self._jobs.c.id


class StatusDepths:
    """The depth of a status queue. At most `most` rows of the owner's waiting ones are counted.

    `since` is the first column of the queue's order, if that says since when a row waits; without it there is no age.
    """

    def __init__(self, column: StatusColumn, *, claims: Table, since: str | None = None, most: int = MOST) -> None:
        if since not in (None, column.order_by[0]):
            raise ValueError(f"{since} is not the first column of the order {column.order_by}")
        self._column = column
        self._claims = claims
        self._most = most
        self.counting = _counting(self._queued(), self._working())
        self.ageing = None if since is None else self._ageing(column.rows.c[since])

    async def read(self, sessions: async_sessionmaker[AsyncSession]) -> Depth:
        """Count, in a transaction of its own. The kind of the rows is the queue's name."""
        rows, oldest = await _read(sessions, self.counting, self.ageing)
        counts = _counts(rows, [self._column.queue])
        capped = _capped(counts, self._most, STATUS_SOURCES)
        return Depth(
            queue=self._column.queue,
            counts=counts,
            capped=capped,
            oldest_waiting=oldest,
            knows_age=self.ageing is not None,
        )

    def _queued(self) -> Select[Any]:
        # In the order of the index: in any other, all that wait would be read and sorted before the limit.
        waiting = self._waiting().order_by(*self._column.index_columns)
        claim, queued = self._claims.c, waiting.limit(_number(self._most)).subquery("queued")
        # A row that crashed more often had failed; its owner has set it to waiting again, and it starts afresh.
        suspect = claim.crashes >= _number(SUSPECT_AFTER), claim.crashes < _number(MAX_CRASHES)
        stage = case(
            (and_(*suspect), _text(Stage.SUSPECT)),
            (claim.run_after > now(), _text(Stage.SCHEDULED)),
            else_=_text(Stage.WAITING),
        )
        same = and_(claim.queue == self._name(), claim.row_id == queued.c.id)
        return _labelled(stage, self._name()).join_from(queued, self._claims, same, isouter=True)

    def _working(self) -> Select[Any]:
        claim = self._claims.c
        held = claim.queue == self._name(), claim.worker_id.is_not(None)
        return _labelled(_text(Stage.RUNNING), self._name()).where(*held).limit(_number(self._most))

    def _ageing(self, since: ColumnElement[Any]) -> Select[Any]:
        claim = self._claims.c
        unready = and_(claim.queue == self._name(), claim.row_id == self._column.rows.c.id)
        put_off = select(claim.row_id).where(unready, claim.run_after > now()).exists()
        oldest = self._waiting().with_only_columns(now() - since).where(~put_off)
        return oldest.order_by(*(self._column.rows.c[name] for name in self._column.order_by)).limit(_number(1))

    def _waiting(self) -> Select[Any]:
        column = self._column.rows.c
        waits = column[self._column.status] == self._column.literal(Status.PENDING)
        return select(column.id).where(waits)

    def _name(self) -> ColumnElement[str]:
        return _text(self._column.queue)


async def _read(
    sessions: async_sessionmaker[AsyncSession], counting: Select[Any], ageing: Select[Any] | None
) -> tuple[Sequence[Row[Any]], timedelta | None]:
    async with sessions.begin() as session:
        await session.execute(BY_INDEX_ONLY)
        rows = (await session.execute(counting)).all()
        return rows, None if ageing is None else await session.scalar(ageing)


def _counting(*sources: Select[Any]) -> Select[Any]:
    """Stage, kind and number of what the sources find; a source answers the stage and the kind of each row."""
    parts = [select(source.subquery(f"part_{number}")) for number, source in enumerate(sources)]
    seen = union_all(*parts).subquery("seen")
    return select(seen.c.stage, seen.c.kind, func.count().label("rows")).group_by(seen.c.stage, seen.c.kind)


def _labelled(stage: ColumnElement[Any], kind: ColumnElement[Any]) -> Select[Any]:
    return select(stage.label("stage"), kind.label("kind"))


def _counts(rows: Sequence[Row[Any]], kinds: Collection[str]) -> Mapping[tuple[Stage, str], int]:
    none = {(stage, kind): 0 for stage in Stage for kind in kinds}
    return none | {(Stage(row.stage), row.kind): row.rows for row in rows}


def _capped(
    counts: Mapping[tuple[Stage, str], int], most: int, sources: Sequence[frozenset[Stage]]
) -> frozenset[Stage]:
    """The stages of those sources of which no more than `most` rows were counted, and so many there were."""
    totals = Counter[Stage]()
    for (stage, _), number in counts.items():
        totals[stage] += number
    full = (source for source in sources if sum(totals[stage] for stage in source) >= most)
    return frozenset[Stage]().union(*full)


def _text(value: str) -> ColumnElement[str]:
    return literal_column("'{}'".format(value.replace("'", "''")), Text)


def _number(value: int) -> ColumnElement[int]:
    """A number as a literal: a parameter would keep the planner from using the partial indexes."""
    return literal_column(str(value), Integer)
