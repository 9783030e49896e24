"""What every queue can do: claim, guard, settle, hand back, rescue. Three kinds keep this contract."""

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from worklane.claim import Claim, WorkerId
from worklane.lifecycle import Settlement, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescued:
    """A row whose worker stopped beating: waiting again, or failed after too many crashes."""

    row_id: UUID
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One claim as the queue knows it, to be compared with what the worker believes it holds."""

    row_id: UUID
    token: int


class Queue(Protocol):
    """Rows that wait for work. Each write names the claim token; a stale one raises ClaimLost and changes nothing."""

    async def claim(self, worker: WorkerId, *, kinds: Collection[str], limit: int) -> Sequence[Claim]:
        """Take up to `limit` due rows of these kinds. Rows of other kinds are left alone."""

    async def claim_one(self, worker: WorkerId, row_id: UUID, *, kinds: Collection[str]) -> Claim | None:
        """Take this row if it is due and nobody holds it."""

    def reading(self) -> AbstractAsyncContextManager[Any]:
        """A short transaction for `load`."""

    def keeping(self, claim: Claim, *, progress: float | None) -> AbstractAsyncContextManager[Any]:
        """A transaction that is guarded by the claim, for a portion of the results and the progress made."""

    def settling(self, claim: Claim, settlement: Settlement) -> AbstractAsyncContextManager[Any]:
        """A transaction that settles the row, guarded by the claim, for the results."""

    async def settle(self, claim: Claim, settlement: Settlement) -> None:
        """Settle a row that has nothing else to write; guarded by the claim all the same."""

    async def hand_back(self, claims: Sequence[Claim | Held]) -> int:
        """Return claimed rows to waiting without using an attempt; answer how many were still held."""

    async def rescue(self, *, dead_after: timedelta, limit: int) -> Sequence[Rescued]:
        """Free the claims of workers that have not beaten for `dead_after`."""


class Pulse(Protocol):
    """A worker's sign of life, kept where other workers see it. Used from the heartbeat's own thread only."""

    async def register(self, worker: WorkerId, name: str) -> None:
        """Make a new worker known."""

    async def beat(self, worker: WorkerId) -> frozenset[Held] | None:
        """Say "alive"; answer the claims this worker holds, or None when it was declared dead."""

    async def leave(self, worker: WorkerId) -> None:
        """Say good-bye."""

    async def close(self) -> None:
        """Give up the connection; the next call makes a new one."""
