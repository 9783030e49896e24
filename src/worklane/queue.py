"""What every queue can do: claim, guard, settle, hand back, rescue. Three kinds keep this contract."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from worklane.claim import Claim, Held, WorkerId
from worklane.lifecycle import Settlement, Status

Holdings = Mapping[str, frozenset[Held]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescued:
    """A row whose worker stopped beating: waiting again, or failed after too many crashes."""

    row_id: UUID
    status: Status


class Finished(NamedTuple):
    """Work that is done, what is to become of its row, and how long it took."""

    claim: Claim
    settlement: Settlement
    seconds: float = 0.0


class Exchange(NamedTuple):
    """What came of one exchange: the rows that were taken, and those settlements whose claim did not stand.

    `more_may_wait` where that may be so although fewer rows were taken than were asked for.
    """

    claims: Sequence[Claim]
    lost: frozenset[Held]
    more_may_wait: bool = False


class Queue(Protocol):
    """Rows that wait for work. Each write names the claim token; a stale one raises ClaimLost and changes nothing.

    Rows under which SUSPECT_AFTER processes have died are suspects. They are taken with `alone`, and only they are;
    it is the worker's part to run them by themselves.
    """

    @property
    def lane(self) -> str:
        """The name by which a pulse tells this queue's claims from those of others."""

    async def claim(
        self, worker: WorkerId, *, kinds: Collection[str], limit: int, alone: bool = False
    ) -> Sequence[Claim]:
        """Take up to `limit` due rows of these kinds. Rows of other kinds are left alone."""

    async def claim_one(self, worker: WorkerId, row_id: UUID, *, kinds: Collection[str]) -> Claim | None:
        """Take this row if it is due, nobody holds it, and it is no suspect."""

    async def exchange(
        self, worker: WorkerId, finished: Sequence[Finished], *, kinds: Collection[str], limit: int
    ) -> Exchange:
        """Settle rows that have nothing else to write and take up to `limit` due ones, in as few statements as can be.

        All or nothing: an error means that no settlement and no claim is known to stand.
        """

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

    def nudge(self) -> None:
        """Rows may wait anywhere, also before those that were claimed last."""

    async def waiting_suspects(self, *, kinds: Collection[str], most: int) -> int:
        """How many suspects of these kinds are due; `most` where there are more."""


class Pulse(Protocol):
    """A worker's sign of life, kept where other workers see it. Used from the heartbeat's own thread only."""

    async def register(self, worker: WorkerId, name: str) -> None:
        """Make a new worker known."""

    async def beat(self, worker: WorkerId) -> Holdings | None:
        """Say "alive"; answer the claims this worker holds in each lane, or None when it was declared dead."""

    async def leave(self, worker: WorkerId) -> None:
        """Say good-bye."""

    async def close(self) -> None:
        """Give up the connection; the next call makes a new one."""
