"""The job lane on PostgreSQL: a queue over the owner's jobs table."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.sql.dml import Update

from worklane.claim import Claim, Held, WorkerId
from worklane.errors import ClaimLost
from worklane.lifecycle import COMPLETE, Settlement, Status
from worklane.order import Order
from worklane.postgres.batches import Batches
from worklane.postgres.bookmark import TOP, Bookmark, Place
from worklane.postgres.compiled import Compiled, compiled
from worklane.postgres.enqueue_statements import EnqueueStatements
from worklane.postgres.listener import CALL, CHANNEL
from worklane.postgres.ordered_claims import OrderedClaims
from worklane.postgres.records import RawLines, Records
from worklane.postgres.settler import NO_WAIT, Settler, completion_arrays, settlement_arrays
from worklane.postgres.statements import JobStatements
from worklane.postgres.worker_statements import WorkerStatements
from worklane.queue import Exchange, Finished, Rescued


class Enqueued(NamedTuple):
    """The job that now stands for the request: a new one, or the active one that was there."""

    job_id: UUID
    status: Status
    is_new: bool


class JobQueue:
    """Rows of a jobs table. Claims run on raw asyncpg; what writes results runs in the application's session.

    While claims are slow, `bookmark` lets them go on where the last one ended; a more urgent row may then wait
    a quarter of a second longer. With an `order`, claims keep to it; that takes RawLines for `records` and, where the
    order has a rate, the table of `rates`. Raises ValueError without them.
    """

    def __init__(
        self,
        *,
        jobs: Table,
        workers: Table,
        batches: Table,
        records: Records,
        sessions: async_sessionmaker[AsyncSession],
        bookmark: Bookmark | None = None,
        order: Order | None = None,
        rates: Table | None = None,
    ) -> None:
        made = JobStatements(jobs, workers, batches)
        self.lane = jobs.name
        self.held_by = compiled(made.held_by())
        self._enqueueing = EnqueueStatements(jobs, CHANNEL)
        self._records = records
        self._sessions = sessions
        self._bookmark = bookmark or Bookmark()
        self._batches = Batches()
        self._claim = compiled(made.claim())
        self._claim_alone = compiled(made.claim_alone())
        self._claim_one = compiled(made.claim_one())
        self._exchange = compiled(made.exchange())
        self._complete_and_claim = compiled(made.complete_and_claim())
        self._waiting_suspects = compiled(made.waiting_suspects())
        self._hand_back = compiled(made.hand_back().returning(jobs.c.id))
        self._bury = compiled(WorkerStatements(workers).bury())
        self._free = compiled(made.free())
        self._forget = compiled(made.forget())
        self._settler = Settler(records, compiled(made.settle_many()))
        tables = {"jobs": jobs, "workers": workers, "batches": batches, "rates": rates}
        self._ordered = order and self._in_order(order, records, tables)
        self._keep = made.keep()
        self._settle = made.settle()
        self._cancel = made.cancel()

    async def enqueue(self, session: AsyncSession, values: Mapping[str, Any]) -> Enqueued:
        """Insert a job in the caller's transaction, or find the active one for its tenant, type and subject."""
        row = (await session.execute(self._enqueueing.enqueue(values))).one()
        if row.is_new:
            await session.execute(CALL, {"kind": values["type"]})
        return Enqueued(row.id, Status(row.status), row.is_new)

    async def cancel(self, session: AsyncSession, row_id: UUID, *, tenant: str) -> bool:
        """Cancel an active job of this tenant; answer whether there was one."""
        found = await session.execute(self._cancel, {"row_id": row_id, "tenant_id": tenant})
        return found.first() is not None

    async def claim(
        self, worker: WorkerId, *, kinds: Collection[str], limit: int, alone: bool = False
    ) -> Sequence[Claim]:
        """Take up to `limit` due rows of these kinds, best priority first, oldest first; or as the order says."""
        if self._ordered and self._ordered.concerns(kinds, alone=alone):
            return await self._ordered.claim(worker, kinds=kinds, limit=limit, alone=alone)
        if alone:
            return await self._claimed(self._claim_alone, worker=worker, kinds=[*kinds], limit=limit)
        begin = self._bookmark.begin(kinds)
        claims = await self._take(worker, kinds, limit, begin)
        return [*claims, *await self._rest(worker, kinds, limit - len(claims), begin)]

    async def claim_one(self, worker: WorkerId, row_id: UUID, *, kinds: Collection[str]) -> Claim | None:
        """Take this row if it is due, nobody holds it, it is no suspect, and the order has room for it."""
        if self._ordered and self._ordered.limits(kinds):
            return await self._ordered.claim_one(worker, row_id, kinds=kinds)
        claims = await self._claimed(self._claim_one, worker=worker, kinds=[*kinds], row_id=row_id)
        return claims[0] if claims else None

    async def exchange(
        self, worker: WorkerId, finished: Sequence[Finished], *, kinds: Collection[str], limit: int
    ) -> Exchange:
        """Settle what is finished and take up to `limit` due rows, in one statement; with an order, one transaction."""
        if self._ordered and limit > 0 and self._ordered.concerns(kinds):
            return await self._ordered.exchange(worker, finished, kinds=kinds, limit=limit)
        if limit < 1 or not finished:
            gone = await self._settler.settle_all(finished) if finished else frozenset[Held]()
            self._batches.close(one.claim for one in finished)
            return Exchange(await self.claim(worker, kinds=kinds, limit=limit) if limit > 0 else (), gone)
        begin = self._bookmark.begin(kinds)
        are_complete = all(one.settlement is COMPLETE for one in finished)
        with self._batches.next() as batch:
            rows = await self._fetch(
                self._complete_and_claim if are_complete else self._exchange,
                worker=worker,
                kinds=[*kinds],
                limit=limit,
                batch=batch.number,
                emptied=batch.emptied,
                **begin.as_parameters(),
                **(completion_arrays(finished) if are_complete else settlement_arrays(finished)),
            )
        self._batches.close(one.claim for one in finished)
        lost = [row for row in rows if row["type"] is None]
        taken = rows[: len(rows) - len(lost)]
        self._bookmark.turn(taken, limit)
        claims = self._batches.opened(batch, taken)
        more = await self._rest(worker, kinds, limit - len(taken), begin)
        return Exchange([*claims, *more], frozenset(Held(row["id"], row["claim_token"]) for row in lost))

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
                given_run_after=settlement.run_after or NO_WAIT,
                given_refund=settlement.refund,
            )
            yield session
        self._batches.close([claim])

    async def settle(self, claim: Claim, settlement: Settlement) -> None:
        """Settle a row that has nothing else to write, in one statement with others that come at the same time."""
        await self._settler.settle(claim, settlement)
        self._batches.close([claim])

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
        await self._fetch(self._forget)
        if self._ordered:
            await self._ordered.tidy()
        return [Rescued(row_id=row["id"], status=Status(row["status"])) for row in rows]

    def nudge(self) -> None:
        """A claim looks at the top often enough; calls that come all the time must not make each begin there."""

    async def waiting_suspects(self, *, kinds: Collection[str], most: int) -> int:
        """How many suspects of these kinds are due; `most` where there are more."""
        [row] = await self._fetch(self._waiting_suspects, kinds=[*kinds], limit=most)
        number: int = row["number"]
        return number

    def _in_order(self, order: Order, records: Records, tables: Mapping[str, Any]) -> OrderedClaims:
        if not isinstance(records, RawLines):
            raise ValueError("an order needs RawLines, whose statements can share a transaction")
        return OrderedClaims(**tables, order=order, records=records, settler=self._settler, counted=self._batches)

    async def _take(self, worker: WorkerId, kinds: Collection[str], limit: int, begin: Place) -> Sequence[Claim]:
        with self._batches.next() as batch:
            rows = await self._fetch(
                self._claim,
                worker=worker,
                kinds=[*kinds],
                limit=limit,
                batch=batch.number,
                emptied=batch.emptied,
                **begin.as_parameters(),
            )
        self._bookmark.turn(rows, limit)
        return self._batches.opened(batch, rows)

    async def _rest(self, worker: WorkerId, kinds: Collection[str], missing: int, begun: Place) -> Sequence[Claim]:
        # Behind the mark there was too little; before it there may be more.
        return await self._take(worker, kinds, missing, TOP) if missing > 0 and begun is not TOP else ()

    async def _claimed(self, statement: Compiled, **values: object) -> Sequence[Claim]:
        with self._batches.next() as batch:
            rows = await self._fetch(statement, batch=batch.number, emptied=batch.emptied, **values)
        return self._batches.opened(batch, rows)

    async def _fetch(self, statement: Compiled, **values: object) -> list[asyncpg.Record]:
        return await self._records.fetch(statement.sql, *statement.arguments(**values))

    async def _guarded(self, session: AsyncSession, statement: Update, claim: Claim, **values: object) -> None:
        done = await session.execute(statement, {"given_row": claim.row_id, "given_token": claim.token, **values})
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise ClaimLost
