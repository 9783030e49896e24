"""The status lane on PostgreSQL: a queue over any table whose status column says what waits."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import asyncpg
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from worklane.claim import Claim, Held, WorkerId
from worklane.errors import ClaimLost
from worklane.lifecycle import Settlement, Status
from worklane.postgres.compiled import Compiled, compiled
from worklane.postgres.records import Records
from worklane.postgres.status_statements import StatusColumn, StatusStatements
from worklane.postgres.worker_statements import WorkerStatements
from worklane.queue import Exchange, Finished, Rescued


class StatusQueue:
    """Rows of the owner's table, claimed under the queue's name. Their kind is the queue's name."""

    def __init__(
        self,
        column: StatusColumn,
        *,
        claims: Table,
        workers: Table,
        records: Records,
        sessions: async_sessionmaker[AsyncSession],
        max_attempts: int = 3,
    ) -> None:
        made = StatusStatements(column, claims, workers)
        self._column = column
        self._records = records
        self._sessions = sessions
        self._max_attempts = max_attempts
        self._claim = compiled(made.claim())
        self._claim_one = compiled(made.claim_one())
        self._hand_back = compiled(made.hand_back())
        self._bury = compiled(WorkerStatements(workers).bury())
        self._free = compiled(made.free())
        self.held_by = compiled(made.held_by())
        self._hold = made.hold()
        self._finish = made.finish()
        self._put_back = made.put_back()

    @property
    def lane(self) -> str:
        """The queue's name."""
        return self._column.queue

    @property
    def name(self) -> str:
        """The queue's name, which is the kind of its rows."""
        return self._column.queue

    async def exchange(
        self, worker: WorkerId, finished: Sequence[Finished], *, kinds: Collection[str], limit: int
    ) -> Exchange:
        """Settle what is finished, then take up to `limit` due rows."""
        lost = set()
        for one in finished:
            try:
                await self.settle(one.claim, one.settlement)
            except ClaimLost:
                lost.add(one.claim.held)
        return Exchange(await self.claim(worker, kinds=kinds, limit=limit) if limit > 0 else (), frozenset(lost))

    async def suspects_wait(self, *, kinds: Collection[str]) -> bool:
        """Whether a suspect is due."""
        return False

    async def claim(
        self, worker: WorkerId, *, kinds: Collection[str], limit: int, alone: bool = False
    ) -> Sequence[Claim]:
        """Take up to `limit` due rows, in the queue's order."""
        if self.name not in kinds:
            return []
        return [self._claimed(row) for row in await self._fetch(self._claim, worker=worker, limit=limit)]

    async def claim_one(self, worker: WorkerId, row_id: UUID, *, kinds: Collection[str]) -> Claim | None:
        """Take this row if it is due and nobody holds it."""
        if self.name not in kinds:
            return None
        rows = await self._fetch(self._claim_one, worker=worker, row_id=row_id)
        return self._claimed(rows[0]) if rows else None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A short transaction for `load`."""
        async with self._sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def keeping(self, claim: Claim, *, progress: float | None) -> AsyncIterator[AsyncSession]:
        """A transaction that holds the claim's lock, and is rolled back unless the claim stands."""
        del progress  # a status column has no room for it
        async with self._sessions.begin() as session:
            held = await session.execute(self._hold, {"given_row": claim.row_id, "given_token": claim.token})
            if held.first() is None:
                raise ClaimLost
            yield session

    @asynccontextmanager
    async def settling(self, claim: Claim, settlement: Settlement) -> AsyncIterator[AsyncSession]:
        """A transaction that settles the row first, and is rolled back unless the claim stands."""
        values: dict[str, object] = {
            "given_row": claim.row_id,
            "given_token": claim.token,
            "given_error": settlement.error,
        }
        if settlement.status is Status.PENDING:
            statement = self._put_back
            values["given_run_after"] = settlement.run_after or timedelta(0)
        else:
            statement = self._finish
            values["given_status"] = self._column.word(settlement.status)
        async with self._sessions.begin() as session:
            moved = await session.execute(statement, values)
            if moved.first() is None:
                raise ClaimLost
            yield session

    async def settle(self, claim: Claim, settlement: Settlement) -> None:
        """Settle a row that has nothing else to write."""
        async with self.settling(claim, settlement):
            pass

    async def hand_back(self, claims: Sequence[Claim | Held]) -> int:
        """Return claimed rows to waiting without using an attempt; answer how many were still held."""
        ids, tokens = [claim.row_id for claim in claims], [claim.token for claim in claims]
        return len(await self._fetch(self._hand_back, row_ids=ids, tokens=tokens))

    async def rescue(self, *, dead_after: timedelta, limit: int) -> Sequence[Rescued]:
        """Bury workers that have not beaten for `dead_after`, and free their claims."""
        await self._fetch(self._bury, dead_after=dead_after)
        rows = await self._fetch(self._free, limit=limit)
        return [Rescued(row_id=row["id"], status=self._status(row["status"])) for row in rows]

    def _status(self, word: str) -> Status:
        return Status.PENDING if word == self._column.waiting else Status.FAILED

    def _claimed(self, row: asyncpg.Record) -> Claim:
        return Claim(
            row_id=row["row_id"],
            kind=self.name,
            token=row["token"],
            attempt=row["attempt"],
            max_attempts=self._max_attempts,
            crashes=row["crashes"],
        )

    async def _fetch(self, statement: Compiled, **values: object) -> list[asyncpg.Record]:
        return await self._records.fetch(statement.sql, *statement.arguments(**values))
