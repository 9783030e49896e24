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
from worklane.postgres.settler import NO_WAIT, Settler
from worklane.postgres.status_column import StatusColumn
from worklane.postgres.status_statements import StatusStatements
from worklane.postgres.status_turns import InTurns
from worklane.postgres.status_watermark import LOOK_BACK_EVERY, FromTheWatermark, Taker
from worklane.postgres.worker_statements import WorkerStatements
from worklane.queue import Exchange, Finished, Rescued

UNREACHABLE = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


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
        look_back_every: timedelta = LOOK_BACK_EVERY,
    ) -> None:
        made = StatusStatements(column, claims, workers)
        taker = FromTheWatermark if column.group is None else InTurns
        self.column = column
        # A worker that lives stops the work by itself before the queue takes the row from it.
        self._longest = None if column.lease is None else column.lease * 0.9
        self._taker: Taker = taker(made, records, look_back_every=look_back_every)
        self._records = records
        self._sessions = sessions
        self._claim_alone = compiled(made.claim_alone())
        self._claim_one, self._claim_one_alone = compiled(made.claim_one()), compiled(made.claim_one(alone=True))
        self._waiting_suspects = compiled(made.waiting_suspects())
        self._settler = Settler(records, compiled(made.settle_many()))
        self._hand_back = compiled(made.hand_back())
        self._bury = compiled(WorkerStatements(workers).bury())
        self._free = compiled(made.free())
        self._expire = compiled(made.expire())
        self.held_by = compiled(made.held_by())
        self._hold = made.hold()
        self._finish = made.finish()
        self._put_back = made.put_back()

    @property
    def lane(self) -> str:
        """The queue's name, which is the kind of its rows."""
        return self.column.queue

    async def claim(
        self, worker: WorkerId, *, kinds: Collection[str], limit: int, alone: bool = False
    ) -> Sequence[Claim]:
        """Take up to `limit` due rows, in the queue's order. `alone`: suspects, which otherwise are left alone."""
        if self.lane not in kinds or limit < 1:
            return []
        if alone:
            rows: Sequence[asyncpg.Record] = await self._fetch(self._claim_alone, worker=worker, limit=limit)
        else:
            rows = await self._taker.take(worker, limit, thorough=True)
        return [self._claimed(row) for row in rows]

    async def claim_one(
        self, worker: WorkerId, row_id: UUID, *, kinds: Collection[str], alone: bool = False
    ) -> Claim | None:
        """Take this row if it is due and nobody holds it; a suspect only if `alone`."""
        if self.lane not in kinds:
            return None
        statement = self._claim_one_alone if alone else self._claim_one
        rows = await self._fetch(statement, worker=worker, row_id=row_id)
        return self._claimed(rows[0]) if rows else None

    async def waiting_suspects(self, *, kinds: Collection[str], most: int) -> int:
        """How many rows are due under which processes have died, so that they must run alone; at most `most`."""
        if self.lane not in kinds:
            return 0
        [row] = await self._fetch(self._waiting_suspects, limit=most)
        number: int = row["number"]
        return number

    async def exchange(
        self, worker: WorkerId, finished: Sequence[Finished], *, kinds: Collection[str], limit: int
    ) -> Exchange:
        """Settle many rows that have nothing else to write, then take up to `limit` more.

        When fewer come, more may wait before the last one that was taken: `claim` looks there, and this at times.
        Once the settlements have committed, a failure to claim is no failure: there are no new claims.
        """
        lost = await self._settler.settle_all(finished) if finished else frozenset[Held]()
        if self.lane not in kinds or limit < 1:
            return Exchange((), lost)
        try:
            rows = await self._taker.take(worker, limit, thorough=False)
        except UNREACHABLE:
            if not finished:
                raise
            rows = []
        return Exchange([self._claimed(row) for row in rows], lost)

    def nudge(self) -> None:
        """Rows may wait anywhere: the next claim begins at the top."""
        self._taker.look_back()

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
            values["given_run_after"] = settlement.run_after or NO_WAIT
            values["given_refund"] = settlement.refund
        else:
            statement = self._finish
            values["given_status"] = self.column.word(settlement.status)
        async with self._sessions.begin() as session:
            moved = await session.execute(statement, values)
            if moved.first() is None:
                raise ClaimLost
            yield session

    async def settle(self, claim: Claim, settlement: Settlement) -> None:
        """Settle a row that has nothing else to write, in one statement with others that come at the same time."""
        await self._settler.settle(claim, settlement)

    async def hand_back(self, claims: Sequence[Claim | Held]) -> int:
        """Return claimed rows to waiting without using an attempt; answer how many were still held."""
        ids, tokens = [claim.row_id for claim in claims], [claim.token for claim in claims]
        rows = await self._fetch(self._hand_back, row_ids=ids, tokens=tokens)
        self.nudge()
        return len(rows)

    async def rescue(self, *, dead_after: timedelta, limit: int) -> Sequence[Rescued]:
        """Bury workers that have not beaten for `dead_after`, free their claims and those held beyond their lease."""
        await self._fetch(self._bury, dead_after=dead_after)
        rows = await self._fetch(self._free, limit=limit)
        if self.column.lease is not None and len(rows) < limit:
            wait = self.column.backoff.delay(1)
            rows += await self._fetch(self._expire, limit=limit - len(rows), wait=wait)
        if rows:
            self.nudge()
        return [Rescued(row_id=row["id"], status=self._status(row["status"])) for row in rows]

    def _status(self, word: str) -> Status:
        return Status.PENDING if word == self.column.waiting else Status.FAILED

    def _claimed(self, row: asyncpg.Record) -> Claim:
        return Claim(
            row_id=row["row_id"],
            kind=self.lane,
            token=row["token"],
            attempt=row["attempt"],
            max_attempts=self.column.attempts,
            crashes=row["crashes"],
            tenant=str(row["group_key"]),
            longest=self._longest,
            backoff=self.column.backoff,
        )

    async def _fetch(self, statement: Compiled, **values: object) -> list[asyncpg.Record]:
        return await self._records.fetch(statement.sql, *statement.arguments(**values))
