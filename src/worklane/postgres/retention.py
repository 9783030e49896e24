"""How long finished jobs are kept, and who takes them away: a few at a time, beside everything else that goes on."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from sqlalchemy import Index, Integer, Interval, Table, bindparam, delete, func, select, text
from sqlalchemy.sql.dml import ReturningDelete

from worklane.lifecycle import TERMINAL, Status
from worklane.outcome import Done, Outcome
from worklane.plain_work import PlainWork
from worklane.postgres.compiled import Compiled, compiled
from worklane.postgres.periodic_statements import PeriodicStatements
from worklane.postgres.records import Records
from worklane.postgres.words import word
from worklane.work import Report

now = func.worklane_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long a job is kept after its end, and a periodic slot after its time; None: for ever."""

    done: timedelta | None = timedelta(days=7)
    failed: timedelta | None = timedelta(days=30)
    cancelled: timedelta | None = timedelta(days=7)
    slots: timedelta | None = timedelta(days=30)

    def of(self, status: Status) -> timedelta | None:
        """How long a job that ended so is kept. Raises KeyError for a status that is not an end."""
        return {Status.COMPLETE: self.done, Status.FAILED: self.failed, Status.CANCELLED: self.cancelled}[status]


def finished_indexes(table: str) -> tuple[Index, ...]:
    """An index by time of end for each way to end. A job gets an entry in one of them, once, when it ends.

    One for each status: what is kept longer is not walked past again and again to find what is not.
    """
    return tuple(
        Index(f"ix_{table}_{status.value}", "finished_at", postgresql_where=text(f"status = '{status.value}'"))
        for status in sorted(TERMINAL)
    )


def prune(jobs: Table, status: Status) -> ReturningDelete[Any]:
    """Delete jobs that ended so, longest ago first: :age, :limit. Rows that somebody else is deleting are left."""
    job = jobs.c
    old = (
        select(job.id)
        .where(job.status == word(status), job.finished_at < now() - bindparam("age", type_=Interval))
        .order_by(job.finished_at)
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(skip_locked=True)
    )
    return delete(jobs).where(job.id == func.any(func.array(old.scalar_subquery()))).returning(job.id)


class Pruner:
    """Deletes what was kept long enough. Any number may run at once, in any number of processes.

    `batch` is how many rows one statement deletes: few, if many other rows go with each job by foreign keys, and index
    those keys. `pause` is the time between two full batches.
    """

    def __init__(
        self,
        *,
        jobs: Table,
        records: Records,
        retention: Retention | None = None,
        slots: Table | None = None,
        batch: int = 1000,
        pause: timedelta = timedelta(milliseconds=50),
    ) -> None:
        kept = retention or Retention()
        self._records = records
        self._batch = batch
        self._pause = pause.total_seconds()
        ages = [(compiled(prune(jobs, status)), kept.of(status)) for status in sorted(TERMINAL)]
        if slots is not None:
            ages.append((compiled(PeriodicStatements(slots).prune()), kept.slots))
        self._steps = [(statement, age) for statement, age in ages if age is not None]

    async def prune_once(self, limit: int | None = None) -> int:
        """Delete everything that is old enough by now, `limit` rows a statement; answer how many rows went."""
        return sum([await self._prune(statement, age, limit or self._batch) for statement, age in self._steps])

    async def _prune(self, statement: Compiled, age: timedelta, limit: int) -> int:
        deleted = 0
        while True:
            rows = await self._records.fetch(statement.sql, *statement.arguments(age=age, limit=limit))
            deleted += len(rows)
            if len(rows) < limit:
                return deleted
            await asyncio.sleep(self._pause)


class Prune(PlainWork):
    """Pruning as work of a periodic task: `Periodic(name="prune", schedule=Every(...), kind=Prune.kind)`."""

    kind: ClassVar[str] = "prune"
    timeout: ClassVar[timedelta | None] = timedelta(minutes=30)

    def __init__(self, pruner: Pruner) -> None:
        self._pruner = pruner

    async def perform(self, given: Any, report: Report[Any]) -> Outcome:
        """Delete what is old enough; the result is the number of rows."""
        del given, report
        return Done(result={"deleted": await self._pruner.prune_once()})
