"""Jobs that are added by themselves, outside any transaction of the caller's: one, or many in one statement.

Callers that come at the same time share a statement. Whoever wants the job to commit together with something else uses
`JobQueue.enqueue` in the session of that transaction.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB

from worklane.lifecycle import Status
from worklane.postgres.bell import Bell
from worklane.postgres.compiled import Compiled, compiled
from worklane.postgres.enqueue_statements import EnqueueStatements
from worklane.postgres.gathering import Gathering
from worklane.postgres.ids import new_ids
from worklane.postgres.job_queue import Enqueued
from worklane.postgres.listener import CHANNEL
from worklane.postgres.records import Records

MOST_AT_ONCE = 1000
# While the database commits one batch, the next is made ready.
LANES = 2

Values = Mapping[str, Any]
Names = tuple[str, ...]


class Enqueuer:
    """Adds jobs over raw connections. `values` are columns of the jobs table; `type` must be among them."""

    def __init__(self, *, jobs: Table, records: Records) -> None:
        self._statements = EnqueueStatements(jobs, CHANNEL)
        self._records = records
        self._json = frozenset(column.name for column in jobs.columns if isinstance(column.type, JSONB))
        self._compiled: dict[tuple[bool, Names], Compiled] = {}
        self._gatherings: dict[Names, Gathering[Values, Enqueued]] = {}
        self._bell = Bell(records)

    async def enqueue(self, values: Values) -> Enqueued:
        """Add a job, or find the active one for its tenant, type and subject; return once it has committed."""
        names = tuple(values)
        if names not in self._gatherings:
            self._gatherings[names] = Gathering(self.enqueue_many, most_at_once=MOST_AT_ONCE, lanes=LANES)
        return await self._gatherings[names].join(values)

    async def enqueue_many(self, jobs: Sequence[Values]) -> Sequence[Enqueued]:
        """Add jobs, or find the active ones that stand for them, all or none; answer in the same order.

        All of them name the same columns. Raises ValueError otherwise.
        """
        names = _names_of(jobs)
        if any(values.get("subject") is not None for values in jobs):
            return await self._add_unique(names, jobs)
        return await self._add(tuple(name for name in names if name != "subject"), jobs) if jobs else ()

    async def _add(self, names: Names, jobs: Sequence[Values]) -> Sequence[Enqueued]:
        arrays = self._arrays(names, jobs)
        await self._run(self._statement(False, tuple(arrays)), jobs[0]["type"], arrays)
        return [Enqueued(job_id, Status.PENDING, True) for job_id in arrays["id"]]

    async def _add_unique(self, names: Names, jobs: Sequence[Values]) -> Sequence[Enqueued]:
        arrays = self._arrays(names, jobs)
        arrays.setdefault("tenant", [""] * len(jobs))
        rows = await self._run(self._statement(True, tuple(arrays)), jobs[0]["type"], arrays)
        answers = {row["number"]: Enqueued(row["id"], Status(row["status"]), row["is_new"]) for row in rows}
        return [answers[number] for number in range(1, len(jobs) + 1)]

    def _arrays(self, names: Sequence[str], jobs: Sequence[Values]) -> dict[str, list[Any]]:
        arrays = {name: [self._written(name)(values[name]) for values in jobs] for name in names}
        if "id" not in arrays:
            arrays["id"] = new_ids(len(jobs))
        return arrays

    def _written(self, name: str) -> Callable[[Any], Any]:
        return json.dumps if name in self._json else _as_it_is

    def _statement(self, has_subjects: bool, names: Names) -> Compiled:
        key, made = (has_subjects, names), self._statements
        if key not in self._compiled:
            self._compiled[key] = compiled(made.enqueue_many(names) if has_subjects else made.add_many(names))
        return self._compiled[key]

    async def _run(self, statement: Compiled, kind: str, arrays: Mapping[str, Any]) -> Sequence[asyncpg.Record]:
        with self._bell.due() as calls:
            return await self._records.fetch(statement.sql, *statement.arguments(kind=kind, calls=calls, **arrays))


def _names_of(jobs: Sequence[Values]) -> Names:
    names = tuple(jobs[0]) if jobs else ()
    for number, values in enumerate(jobs):
        if values.keys() != set(names):
            odd = ", ".join(sorted(values.keys() ^ set(names)))
            raise ValueError(f"job {number} does not name the same columns as job 0: {odd}")
    return names


def _as_it_is(value: Any) -> Any:
    return value
