"""Waiting rows as the ordered claims see them: which are due, and which comes first. Builds conditions only."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, Uuid, bindparam, exists

from worklane.lifecycle import SUSPECT_AFTER, Status
from worklane.postgres.words import now, number, one_of, word

Conditions = Callable[[FromClause], Sequence[ColumnElement[bool]]]
"""Says of a jobs table, under whatever alias, which of its rows are meant."""


def waiting(job: FromClause, *, alone: bool = False) -> list[ColumnElement[bool]]:
    """Rows that wait; the suspects among them, under which a process died twice, only for a claim that wants them."""
    crashes, suspect = job.c.crashes, number(SUSPECT_AFTER)
    return [job.c.status == word(Status.PENDING), crashes >= suspect if alone else crashes < suspect]


def due(job: FromClause, workers: Table, *, alone: bool = False) -> list[ColumnElement[bool]]:
    """Waiting rows whose time has come, for a worker that is known: :worker, :kinds."""
    known = exists().where(workers.c.id == bindparam("worker", type_=Uuid))
    return [*waiting(job, alone=alone), job.c.run_at <= now(), job.c.type == one_of("kinds"), known]


def first(job: FromClause) -> tuple[ColumnElement[Any], ...]:
    """Best priority first, then the oldest; spelled as the index spells it."""
    return (-job.c.priority, job.c.run_at, job.c.id)


def taken(job: FromClause) -> tuple[ColumnElement[Any], ...]:
    """What a claim needs to know of a row before it takes it."""
    return (job.c.id, job.c.type, job.c.limit_key)
