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
from worklane.postgres.ids import new_id
from worklane.postgres.job_queue import Enqueued
from worklane.postgres.listener import CHANNEL
from worklane.postgres.records import Records

MOST_AT_ONCE = 1000

Values = Mapping[str, Any]


class Enqueuer:
    """Adds jobs over raw connections. `values` are columns of the jobs table; `type` must be among them."""

    def __init__(self, *, jobs: Table, records: Records) -> None:
        self._statements = EnqueueStatements(jobs, CHANNEL)
        self._records = records
        self._json = frozenset(column.name for column in jobs.columns if isinstance(column.type, JSONB))
        self._compiled: dict[tuple[bool, tuple[str, ...]], Compiled] = {}
        self._gathering: Gathering[Values, Enqueued] = Gathering(self.enqueue_many, most_at_once=MOST_AT_ONCE)
        self._bell = Bell(records)

    async def enqueue(self, values: Values) -> Enqueued:
        """Add a job, or find the active one for its tenant, type and subject; return once it has committed."""
        return await self._gathering.join(values)

    async def enqueue_many(self, jobs: Sequence[Values]) -> Sequence[Enqueued]:
        """Add jobs, or find the active ones that stand for them; answer in the same order.

        Jobs of one shape (the same columns, with or without a subject) are added by one statement, all or none; those
        of another shape by another.
        """
        shapes: dict[tuple[bool, tuple[str, ...]], list[int]] = {}
        for number, values in enumerate(jobs):
            shape = values.get("subject") is not None, tuple(values)
            shapes.setdefault(shape, []).append(number)
        answers: dict[int, Enqueued] = {}
        for (is_about_something, names), numbers in shapes.items():
            add = self._add_unique if is_about_something else self._add
            answers.update(zip(numbers, await add(names, [jobs[number] for number in numbers]), strict=True))
        return [answers[number] for number in range(len(jobs))]

    async def _add(self, names: tuple[str, ...], jobs: Sequence[Values]) -> Sequence[Enqueued]:
        names = tuple(name for name in names if name != "subject")
        arrays = self._arrays(names, jobs)
        await self._run(self._statement(False, names), jobs[0]["type"], arrays)
        return [Enqueued(job_id, Status.PENDING, True) for job_id in arrays["id"]]

    async def _add_unique(self, names: tuple[str, ...], jobs: Sequence[Values]) -> Sequence[Enqueued]:
        arrays = self._arrays(names, jobs)
        arrays.setdefault("tenant", [""] * len(jobs))
        rows = await self._run(self._statement(True, tuple(arrays)), jobs[0]["type"], arrays)
        answers = {row["number"]: Enqueued(row["id"], Status(row["status"]), row["is_new"]) for row in rows}
        return [answers[number] for number in range(1, len(jobs) + 1)]

    def _arrays(self, names: Sequence[str], jobs: Sequence[Values]) -> dict[str, list[Any]]:
        arrays = {name: [self._written(name)(values[name]) for values in jobs] for name in names}
        arrays.setdefault("id", [new_id() for _ in jobs])
        return arrays

    def _written(self, name: str) -> Callable[[Any], Any]:
        return json.dumps if name in self._json else _as_it_is

    def _statement(self, is_about_something: bool, names: Sequence[str]) -> Compiled:
        made = self._statements
        key = is_about_something, tuple(dict.fromkeys([*names, "id"]))
        if key not in self._compiled:
            self._compiled[key] = compiled((made.enqueue_many if is_about_something else made.add_many)(key[1]))
        return self._compiled[key]

    async def _run(self, statement: Compiled, kind: str, arrays: Mapping[str, Any]) -> Sequence[asyncpg.Record]:
        with self._bell.due() as calls:
            return await self._records.fetch(statement.sql, *statement.arguments(kind=kind, calls=calls, **arrays))


def _as_it_is(value: Any) -> Any:
    return value
