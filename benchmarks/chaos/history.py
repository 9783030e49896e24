"""What happened in a run, as the triggers wrote it down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import asyncpg

from scanlane.session.async_session import raw_dsn

T = TypeVar("T")

CHANGES = "select * from job_ledger order by seq"
SIGNS = "select at, by, worker_id, name, kind from worker_ledger order by seq"
EFFECTS = "select kind, by, job_id, portion, token, row_token from effects order by seq"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A jobs row came, changed or went. `by` is the process that wrote; `is_rescue`: a crash was counted."""

    seq: int
    at: datetime
    by: str
    job_id: UUID
    old_status: str | None
    new_status: str | None
    old_token: int | None
    new_token: int | None
    old_worker: UUID | None
    new_worker: UUID | None
    is_rescue: bool

    @property
    def is_claim(self) -> bool:
        """Whether somebody took the row."""
        return self.new_status == "running" and self.new_worker is not None and self.new_token != self.old_token


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOfLife:
    """A workers row came (INSERT), was renewed by a beat (UPDATE) or went (DELETE)."""

    at: datetime
    by: str
    worker_id: UUID
    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An effect of `save`, or a portion written by `keep`; `row_token` is what the row's token was at that moment."""

    kind: str
    by: str
    job_id: UUID
    portion: int | None
    token: int
    row_token: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The three ledgers, each in the order in which it was written, and the outside effects of each job."""

    changes: Sequence[Change]
    signs: Sequence[SignOfLife]
    effects: Sequence[Effect]
    outside: Sequence[UUID]


async def read_history(url: str, outside: Path) -> History:
    """Read the ledgers of a run that is over."""
    connection = await asyncpg.connect(raw_dsn(url))
    try:
        changes = await _all(connection, Change, CHANGES)
        signs = await _all(connection, SignOfLife, SIGNS)
        effects = await _all(connection, Effect, EFFECTS)
    finally:
        await connection.close()
    return History(changes=changes, signs=signs, effects=effects, outside=_outside(outside))


def _outside(place: Path) -> list[UUID]:
    """The jobs whose outside effects stand in this file, one line each."""
    if not place.exists():
        return []
    return [UUID(line.split()[0]) for line in place.read_text(encoding="utf-8").splitlines()]


async def _all(connection: "asyncpg.Connection[asyncpg.Record]", kind: type[T], query: str) -> list[T]:
    return [kind(**dict(row)) for row in await connection.fetch(query)]
