"""What the contract of queues is played on: a bench, and the moves that its tests share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID, uuid4

from worklane.claim import Claim, WorkerId
from worklane.errors import ClaimLost
from worklane.lifecycle import Settlement, Status
from worklane.queue import Pulse, Queue

DEAD_AFTER = timedelta(seconds=6)
LONGER_THAN_THAT = timedelta(seconds=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRow:
    """What the contract looks at in a row of any queue."""

    status: Status
    error: str | None = None


class QueueBench(Protocol):
    """One kind of queue, empty, and the handles that its contract needs."""

    queue: Queue
    pulse: Pulse
    kind: str

    async def add_row(self) -> UUID:
        """Add a row of `kind` that is due, after the ones that are there; it may fail once and be tried again."""

    async def see(self, row_id: UUID) -> SeenRow:
        """Read a row past the queue. A status of the owner's is translated."""

    async def turn_clock(self, by: timedelta) -> None:
        """Move the queue's clock on."""

    async def write(self, session: object, row_id: UUID, error: str) -> None:
        """Write something into the row, inside a guarded transaction."""


async def worker(bench: QueueBench) -> WorkerId:
    worker = uuid4()
    await bench.pulse.register(worker, "contract")
    return worker


async def claims(bench: QueueBench, worker: WorkerId, *, limit: int = 10) -> Sequence[Claim]:
    return list(await bench.queue.claim(worker, kinds={bench.kind}, limit=limit))


async def only_claim(bench: QueueBench, worker: WorkerId) -> Claim:
    return (await claims(bench, worker))[0]


async def settles(bench: QueueBench, claim: Claim, settlement: Settlement) -> bool:
    try:
        async with bench.queue.settling(claim, settlement):
            return True
    except ClaimLost:
        return False


async def keeps(bench: QueueBench, claim: Claim, error: str) -> bool:
    try:
        async with bench.queue.keeping(claim, progress=0.9) as session:
            await bench.write(session, claim.row_id, error)
            return True
    except ClaimLost:
        return False


async def waiting_suspects(bench: QueueBench) -> int:
    return await bench.queue.waiting_suspects(kinds={bench.kind}, most=10)


async def crash(bench: QueueBench) -> Status:
    doomed = await worker(bench)
    suspected = await waiting_suspects(bench)
    await bench.queue.claim(doomed, kinds={bench.kind}, limit=1, alone=suspected > 0)
    await bench.pulse.leave(doomed)
    return (await bench.queue.rescue(dead_after=DEAD_AFTER, limit=10))[0].status
