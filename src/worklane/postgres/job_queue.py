"""The job lane on PostgreSQL: a queue over the owner's jobs table."""

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.sql.dml import Update

from worklane.claim import Claim, WorkerId
from worklane.errors import ClaimLost
from worklane.lifecycle import Settlement, Status
from worklane.postgres.listener import CALL
from worklane.postgres.records import Records
from worklane.postgres.settler import Settler
from worklane.postgres.statements import Compiled, JobStatements, bury, compiled
from worklane.queue import Held, Rescued


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueued:
    """The job that now stands for the request: a new one, or the active one that was there."""

    job_id: UUID
    status: Status
    is_new: bool


class JobQueue:
    """Rows of a jobs table. Claims run on raw asyncpg; what writes results runs in the application's session."""

    def __init__(
        self, *, jobs: Table, workers: Table, records: Records, sessions: async_sessionmaker[AsyncSession]
    ) -> None:
        made = JobStatements(jobs, workers)
        self._statements = made
        self._records = records
        self._sessions = sessions
        self._claim = compiled(made.claim())
        self._claim_one = compiled(made.claim_one())
        self._hand_back = compiled(made.hand_back().returning(jobs.c.id))
        self._bury = compiled(bury(workers))
        self._free = compiled(made.free())
        self._settler = Settler(records, compiled(made.settle_many()))
        self._keep = made.keep()
        self._settle = made.settle()
        self._cancel = made.cancel()

    async def enqueue(self, session: AsyncSession, values: Mapping[str, Any]) -> Enqueued:
        """Insert a job in the caller's transaction, or find the active one for its tenant, type and subject."""
        row = (await session.execute(self._statements.enqueue(values))).one()
        if row.is_new:
            await session.execute(CALL, {"kind": values["type"]})
        return Enqueued(job_id=row.id, status=Status(row.status), is_new=row.is_new)

    async def cancel(self, session: AsyncSession, row_id: UUID, *, tenant: str) -> bool:
        """Cancel an active job of this tenant; answer whether there was one."""
        found = await session.execute(self._cancel, {"row_id": row_id, "tenant_id": tenant})
        return found.first() is not None

    async def claim(self, worker: WorkerId, *, kinds: Collection[str], limit: int) -> Sequence[Claim]:
        """Take up to `limit` due rows of these kinds, best priority first, oldest first."""
        rows = await self._fetch(self._claim, worker=worker, kinds=sorted(kinds), limit=limit)
        return [_claim(row) for row in rows]

    async def claim_one(self, worker: WorkerId, row_id: UUID, *, kinds: Collection[str]) -> Claim | None:
        """Take this row if it is due and nobody holds it."""
        rows = await self._fetch(self._claim_one, worker=worker, kinds=sorted(kinds), row_id=row_id)
        return _claim(rows[0]) if rows else None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A short transaction for `load`."""
        async with self._sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def keeping(self, claim: Claim, *, progress: float | None) -> AsyncIterator[AsyncSession]:
        """A transaction that holds the row's lock, and is rolled back unless the claim stands."""
        async with self._sessions.begin() as session:
            await self._guarded(session, self._keep, claim, given_progress=progress)
            yield session

    @asynccontextmanager
    async def settling(self, claim: Claim, settlement: Settlement) -> AsyncIterator[AsyncSession]:
        """A transaction that settles the row first, and is rolled back unless the claim stands."""
        async with self._sessions.begin() as session:
            await self._guarded(
                session,
                self._settle,
                claim,
                given_status=settlement.status.value,
                given_result=settlement.result,
                given_error=settlement.error,
                given_run_after=settlement.run_after or timedelta(0),
            )
            yield session

    async def settle(self, claim: Claim, settlement: Settlement) -> None:
        """Settle a row that has nothing else to write, in one statement with others that come at the same time."""
        await self._settler.settle(claim, settlement)

    async def hand_back(self, claims: Sequence[Claim | Held]) -> int:
        """Return claimed rows to waiting without using an attempt; answer how many were still held."""
        rows = await self._fetch(
            self._hand_back,
            row_ids=[claim.row_id for claim in claims],
            tokens=[claim.token for claim in claims],
        )
        return len(rows)

    async def rescue(self, *, dead_after: timedelta, limit: int) -> Sequence[Rescued]:
        """Bury workers that have not beaten for `dead_after`, and free their claims."""
        await self._fetch(self._bury, dead_after=dead_after)
        rows = await self._fetch(self._free, limit=limit)
        return [Rescued(row_id=row["id"], status=Status(row["status"])) for row in rows]

    async def _fetch(self, statement: Compiled, **values: object) -> list[asyncpg.Record]:
        return await self._records.fetch(statement.sql, *statement.arguments(**values))

    async def _guarded(self, session: AsyncSession, statement: Update, claim: Claim, **values: object) -> None:
        done = await session.execute(statement, {"given_row": claim.row_id, "given_token": claim.token, **values})
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise ClaimLost


def _claim(row: asyncpg.Record) -> Claim:
    payload = row["payload"]
    return Claim(
        row_id=row["id"],
        kind=row["type"],
        token=row["claim_token"],
        attempt=row["attempt"],
        max_attempts=row["max_attempts"],
        crashes=row["crashes"],
        tenant=row["tenant"],
        subject=row["subject"],
        payload=json.loads(payload) if isinstance(payload, str) else payload,
    )
