"""A queue in memory that keeps the same contract as the ones on PostgreSQL: for tests, yours too."""

import threading
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from worklane.claim import Claim, Held, WorkerId
from worklane.clock import Clock, now
from worklane.errors import ClaimLost
from worklane.lifecycle import ACTIVE, CONVICTED, MAX_CRASHES, SUSPECT_AFTER, TERMINAL, Settlement, Status
from worklane.outcome import JsonValue
from worklane.queue import Exchange, Finished, Holdings, Rescued


@dataclass(slots=True, kw_only=True)
class MemoryRow:
    """One waiting, running or finished row."""

    kind: str
    subject: str | None
    run_at: datetime
    created: int
    id: UUID = field(default_factory=uuid4)
    tenant: str = ""
    payload: Mapping[str, JsonValue] = field(default_factory=dict)
    priority: int = 0
    status: Status = Status.PENDING
    attempt: int = 0
    max_attempts: int = 5
    crashes: int = 0
    token: int = 0
    worker: WorkerId | None = None
    progress: float = 0.0
    result: JsonValue = None
    error: str | None = None


class MemoryQueue:
    """Rows in a dictionary; knows no Order. Single-threaded, save for the beats: the heartbeat has its own thread."""

    lane = "memory"

    def __init__(self, clock: Clock = now) -> None:
        self.clock = clock
        self.rows: dict[UUID, MemoryRow] = {}
        self.beats: dict[WorkerId, datetime] = {}
        self.pulses = threading.Lock()

    async def enqueue(
        self,
        kind: str,
        *,
        subject: str | None = None,
        tenant: str = "",
        payload: Mapping[str, JsonValue] | None = None,
        max_attempts: int = 5,
        priority: int = 0,
    ) -> tuple[UUID, bool]:
        """Add a row unless one is active for this (tenant, kind, subject); answer its id and whether it is new."""
        for row in self.rows.values() if subject is not None else ():
            if (row.tenant, row.kind, row.subject) == (tenant, kind, subject) and row.status in ACTIVE:
                return row.id, False
        row = MemoryRow(
            kind=kind,
            subject=subject,
            tenant=tenant,
            payload=payload or {},
            run_at=self.clock(),
            created=len(self.rows),
            max_attempts=max_attempts,
            priority=priority,
        )
        self.rows[row.id] = row
        return row.id, True

    async def cancel(self, row_id: UUID) -> bool:
        """Cancel a row that is not finished; answer whether it was."""
        row = self.rows.get(row_id)
        if row is None or row.status in TERMINAL:
            return False
        row.status, row.worker = Status.CANCELLED, None
        return True

    async def claim(
        self, worker: WorkerId, *, kinds: Collection[str], limit: int, alone: bool = False
    ) -> Sequence[Claim]:
        """Take up to `limit` due rows of these kinds, best priority first, oldest first."""
        due = [row for row in self.rows.values() if row.kind in kinds and self._is_due(row, suspect=alone)]
        due.sort(key=lambda row: (-row.priority, row.run_at, row.created))
        return [self._take(row, worker) for row in due[:limit] if worker in self.beats]

    async def claim_one(self, worker: WorkerId, row_id: UUID, *, kinds: Collection[str]) -> Claim | None:
        """Take this row if it is due and nobody holds it."""
        row = self.rows.get(row_id)
        if row is None or row.kind not in kinds or not self._is_due(row) or worker not in self.beats:
            return None
        return self._take(row, worker)

    async def exchange(
        self, worker: WorkerId, finished: Sequence[Finished], *, kinds: Collection[str], limit: int
    ) -> Exchange:
        """Settle what is finished, then take up to `limit` due rows."""
        lost = [one.claim.held for one in finished if not self._is_held(one.claim)]
        for one in finished:
            if self._is_held(one.claim):
                await self.settle(one.claim, one.settlement)
        return Exchange(await self.claim(worker, kinds=kinds, limit=limit), frozenset(lost))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Nothing to open: rows are plain values."""
        yield None

    @asynccontextmanager
    async def keeping(self, claim: Claim, *, progress: float | None) -> AsyncIterator[None]:
        """Guard a portion of the results."""
        self._held(claim)
        yield None
        row = self._held(claim)
        if progress is not None:
            row.progress = max(row.progress, progress)

    @asynccontextmanager
    async def settling(self, claim: Claim, settlement: Settlement) -> AsyncIterator[None]:
        """Guard the results and settle the row."""
        self._held(claim)
        yield None
        row = self._held(claim)
        row.status, row.worker, row.error = settlement.status, None, settlement.error
        row.attempt -= settlement.refund
        if settlement.run_after is not None:
            row.run_at = self.clock() + settlement.run_after
        if settlement.status is Status.COMPLETE:
            row.result, row.progress = settlement.result, 1.0

    async def settle(self, claim: Claim, settlement: Settlement) -> None:
        """Settle a row that has nothing else to write."""
        async with self.settling(claim, settlement):
            pass

    async def hand_back(self, claims: Sequence[Claim | Held]) -> int:
        """Return claimed rows to waiting without using an attempt."""
        held = [self.rows[claim.row_id] for claim in claims if self._is_held(claim)]
        for row in held:
            row.status, row.worker, row.attempt = Status.PENDING, None, row.attempt - 1
        return len(held)

    async def rescue(self, *, dead_after: timedelta, limit: int) -> Sequence[Rescued]:
        """Free the claims of workers that have not beaten for `dead_after`."""
        oldest = self.clock() - dead_after
        with self.pulses:
            for worker in [worker for worker, beat in self.beats.items() if beat < oldest]:
                del self.beats[worker]
        orphans = [row for row in self.rows.values() if self._is_orphan(row)][:limit]
        return [self._free(row) for row in orphans]

    def nudge(self) -> None:
        """Each claim looks at all rows anyhow."""

    async def waiting_suspects(self, *, kinds: Collection[str], most: int) -> int:
        """How many suspects of these kinds are due; `most` where there are more."""
        due = sum(row.kind in kinds and self._is_due(row, suspect=True) for row in self.rows.values())
        return min(due, most)

    def _is_due(self, row: MemoryRow, *, suspect: bool = False) -> bool:
        waits = row.status is Status.PENDING and row.run_at <= self.clock()
        return waits and (row.crashes >= SUSPECT_AFTER) is suspect

    def _is_orphan(self, row: MemoryRow) -> bool:
        return row.status is Status.RUNNING and row.worker not in self.beats

    def _is_held(self, claim: Claim | Held) -> bool:
        row = self.rows.get(claim.row_id)
        return row is not None and row.status is Status.RUNNING and row.token == claim.token

    def _held(self, claim: Claim) -> MemoryRow:
        if not self._is_held(claim):
            raise ClaimLost
        return self.rows[claim.row_id]

    def _take(self, row: MemoryRow, worker: WorkerId) -> Claim:
        row.status, row.worker = Status.RUNNING, worker
        row.token, row.attempt, row.error = row.token + 1, row.attempt + 1, None
        return Claim(
            row_id=row.id,
            kind=row.kind,
            token=row.token,
            attempt=row.attempt,
            max_attempts=row.max_attempts,
            crashes=row.crashes,
            tenant=row.tenant,
            subject=row.subject or "",
            given=row.payload,
        )

    def _free(self, row: MemoryRow) -> Rescued:
        row.crashes, row.worker = row.crashes + 1, None
        row.status = Status.FAILED if row.crashes >= MAX_CRASHES else Status.PENDING
        row.error = (
            CONVICTED if row.crashes >= MAX_CRASHES else f"its worker stopped while it ran (crash {row.crashes})"
        )
        return Rescued(row_id=row.id, status=row.status)


class MemoryPulse:
    """Signs of life in the dictionary of a MemoryQueue."""

    def __init__(self, queue: MemoryQueue) -> None:
        self._queue = queue

    async def register(self, worker: WorkerId, name: str) -> None:
        """Make a new worker known."""
        del name
        with self._queue.pulses:
            self._queue.beats[worker] = self._queue.clock()

    async def beat(self, worker: WorkerId) -> Holdings | None:
        """Say "alive"; answer what the worker holds, or None when it was declared dead."""
        with self._queue.pulses:
            if worker not in self._queue.beats:
                return None
            self._queue.beats[worker] = self._queue.clock()
        mine = [row for row in list(self._queue.rows.values()) if row.worker == worker]
        return {self._queue.lane: frozenset(Held(row.id, row.token) for row in mine)}

    async def leave(self, worker: WorkerId) -> None:
        """Say good-bye."""
        with self._queue.pulses:
            self._queue.beats.pop(worker, None)

    async def close(self) -> None:
        """Nothing to close."""
