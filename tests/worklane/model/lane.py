"""The real job lane on one connection: every call says who is acting, and the ledger is read from here."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import StaticPool

from scanlane.session.async_session import make_sessions, sqlalchemy_url
from tests.worklane.benches import BATCHES, DOMAIN_ID, JOBS, WORKERS
from tests.worklane.model.ledger import READ, SCENE, SET_UP, Acting, Entry, entry
from tests.worklane.model.paper import DEAD_AFTER
from worklane.claim import Claim, Held
from worklane.errors import ClaimLost
from worklane.lifecycle import Settlement, Status
from worklane.postgres.bookmark import Bookmark
from worklane.postgres.job_queue import JobQueue
from worklane.postgres.pulse import PostgresPulse
from worklane.queue import Exchange, Finished, Queue

KIND = "crawl"
MakeQueue = Callable[..., Queue]
EFFECT = text("insert into effects (job_id, token, what) values (:job, :token, :what)")
CLEAR = """
delete from jobs; delete from claim_batches; delete from status_claims;
 delete from places_staging; delete from workers; delete from effects
"""
ROWS = """
select id, status, attempt, crashes, claim_token, worker_id, run_at - timestamptz '2026-01-01 00:00+00', progress
from jobs
"""
DOMAIN = "insert into domains (id, tenant, name, start_url) values ($1, '', 'site.example', 'https://site.example/')"


class ChangedMind(Exception):
    """The work failed while its results were being saved."""


class Lane:
    """The queue under test. `now` is the database's time, counted from the beginning of the story."""

    def __init__(self, url: str, make_queue: MakeQueue, *, planting: str = "select 1") -> None:
        self.now = timedelta(0)
        self._engine = create_async_engine(sqlalchemy_url(url), poolclass=StaticPool)
        self._make_queue = make_queue
        self._planting = planting
        self._read_up_to = 0

    async def open(self) -> None:
        """Connect, and set the ledger up."""
        self._lasting = await self._engine.connect()
        held = await self._lasting.get_raw_connection()
        self._raw: asyncpg.Connection[asyncpg.Record] = held.driver_connection  # type: ignore[assignment]
        self._sessions = make_sessions(self._engine)
        self.queue = self._made_queue()
        self.pulse = self._made_pulse()
        await self._raw.execute("set synchronous_commit to off")
        await self._raw.execute(SET_UP)
        await self.act("set up")
        await self._raw.execute(DOMAIN, DOMAIN_ID)
        await self._raw.execute(self._planting)

    async def close(self) -> None:
        """Let the connection go."""
        await self._lasting.close()
        await self._engine.dispose()

    async def clear(self) -> None:
        """A new story begins, at midnight, with nothing."""
        self.now = timedelta(0)
        await self.act("clear")
        # Truncating these tables takes two hundred times as long, for they are all but empty.
        await self._raw.execute(CLEAR)
        self._read_up_to = await self._raw.fetchval("select coalesce(max(seq), 0) from ledger")

    async def act(self, role: str, worker: UUID | None = None, claims: Sequence[Claim] = ()) -> None:
        """Say who acts next."""
        held = frozenset((claim.row_id, claim.token) for claim in claims)
        said = Acting(role=role, worker=worker, claims=held).as_json()
        await self._raw.fetchrow(SCENE, said, f"{self.now.total_seconds()} seconds")

    async def enqueue(self, values: dict[str, Any]) -> tuple[UUID, Status, bool]:
        await self.act("enqueue")
        about = {"type": KIND, "domain_id": DOMAIN_ID, "user_id": "u", **values}
        assert isinstance(self.queue, JobQueue)
        async with self._sessions.begin() as session:
            added = await self.queue.enqueue(session, about)
        return added.job_id, added.status, added.is_new

    async def register(self, worker: UUID) -> None:
        await self.act("register", worker)
        await self.pulse.register(worker, "model")

    async def beat(self, worker: UUID) -> frozenset[Held] | None:
        await self.act("beat", worker)
        holdings = await self.pulse.beat(worker)
        return None if holdings is None else holdings[self.queue.lane]

    async def leave(self, worker: UUID) -> None:
        await self.act("leave", worker)
        await self.pulse.leave(worker)

    async def claim(self, worker: UUID, limit: int, *, alone: bool = False) -> Sequence[Claim]:
        await self.act("claim", worker)
        return await self.queue.claim(worker, kinds={KIND}, limit=limit, alone=alone)

    async def exchange(self, worker: UUID, finished: Sequence[Finished], limit: int) -> Exchange:
        """Settle and claim at once."""
        await self.act("exchange", worker, [one.claim for one in finished])
        return await self.queue.exchange(worker, finished, kinds={KIND}, limit=limit)

    async def claim_one(self, worker: UUID, row_id: UUID) -> Claim | None:
        await self.act("claim", worker)
        return await self.queue.claim_one(worker, row_id, kinds={KIND})

    async def keep(self, claim: Claim, progress: float) -> bool:
        await self.act("keep", claims=[claim])
        try:
            async with self.queue.keeping(claim, progress=progress) as session:
                await _leave_effect(session, claim, "kept")
        except ClaimLost:
            return False
        return True

    async def settle(self, claim: Claim, settlement: Settlement, *, fails: bool = False) -> bool:
        """Settle with an effect when complete; `fails`: the work raises before the end of the transaction."""
        await self.act("settle", claims=[claim])
        try:
            async with self.queue.settling(claim, settlement) as session:
                if settlement.status is Status.COMPLETE:
                    await _leave_effect(session, claim, "saved")
                if fails:
                    raise ChangedMind
        except (ClaimLost, ChangedMind):
            return False
        return True

    async def hand_back(self, claims: Sequence[Claim]) -> int:
        await self.act("hand back", claims=claims)
        return await self.queue.hand_back(claims)

    async def cancel(self, row_id: UUID, tenant: str) -> bool:
        await self.act("cancel")
        assert isinstance(self.queue, JobQueue)
        async with self._sessions.begin() as session:
            return await self.queue.cancel(session, row_id, tenant=tenant)

    async def rescue(self) -> set[UUID]:
        await self.act("rescue")
        return {row.row_id for row in await self.queue.rescue(dead_after=DEAD_AFTER, limit=100)}

    async def news(self) -> list[Entry]:
        """What the ledger has gained since the last call."""
        rows = await self._raw.fetch(READ, self._read_up_to)
        self._read_up_to = rows[-1]["seq"] if rows else self._read_up_to
        return [entry(row) for row in rows]

    async def rows(self) -> list[asyncpg.Record]:
        """The jobs as they are."""
        return await self._raw.fetch(ROWS)

    def _made_queue(self) -> Queue:
        tables = {"jobs": JOBS, "workers": WORKERS, "batches": BATCHES}
        return self._make_queue(**tables, records=self._raw, sessions=self._sessions, bookmark=Bookmark(is_used=False))

    def _made_pulse(self) -> PostgresPulse:
        return PostgresPulse(workers=WORKERS, lanes=[self.queue], connect=self._connected)  # type: ignore[list-item]

    async def _connected(self) -> "asyncpg.Connection[asyncpg.Record]":
        return self._raw


async def _leave_effect(session: AsyncSession, claim: Claim, what: str) -> None:
    await session.execute(EFFECT, {"job": claim.row_id, "token": claim.token, "what": what})
