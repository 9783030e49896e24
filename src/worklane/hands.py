"""What a worker has in hand: rows that are worked on, and rows whose settlement is still to be written."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple

from worklane.claim import Claim, Held, WorkerId
from worklane.queue import Finished

# So many rows may wait for their settlement; no more are taken until they have been written.
MOST_UNSETTLED = 10_000


class _Running(NamedTuple):
    """A claimed row whose settlement has not been written yet."""

    claim: Claim
    worker: WorkerId
    task: "asyncio.Task[Finished | None]"


class Hands:
    """The rows of one worker. `carry` does the work of a claim; `on_free` hears of each work that has ended.

    `on_dropped` hears of rows whose work was stopped: somebody has to hand them back.
    """

    def __init__(
        self,
        carry: Callable[[Claim], Coroutine[Any, Any, Finished | None]],
        *,
        on_free: Callable[[], None],
        on_dropped: Callable[[Sequence[Held]], None],
    ) -> None:
        self._carry = carry
        self._on_free = on_free
        self._on_dropped = on_dropped
        self._running: dict[Held, _Running] = {}
        self._performing: dict[asyncio.Task[Finished | None], Held] = {}
        self._unsettled: list[Finished] = []
        self._unsettled_rows: list[Held] = []

    def __len__(self) -> int:
        return len(self._running)

    @property
    def busy(self) -> int:
        """How many rows are being worked on."""
        return len(self._performing)

    @property
    def are_full(self) -> bool:
        """Whether so many settlements wait that nothing more should be taken."""
        return len(self._unsettled) > MOST_UNSETTLED

    @property
    def held(self) -> Sequence[Held]:
        """Every row in hand."""
        return list(self._running)

    def take(self, worker: WorkerId, claims: Sequence[Claim]) -> None:
        """Start on these rows, claimed under this identity."""
        loop = asyncio.get_running_loop()
        for claim in claims:
            task, held = loop.create_task(self._carry(claim)), claim.held
            self._running[held] = _Running(claim, worker, task)
            self._performing[task] = held
            task.add_done_callback(self._performed)

    def finished(self, limit: int) -> Sequence[Finished]:
        """The settlements that have waited longest."""
        return self._unsettled[:limit]

    def let_go(self, number: int) -> None:
        """So many settlements that have waited longest were written, or refused for good."""
        for held in self._unsettled_rows[:number]:
            self._running.pop(held, None)
        del self._unsettled[:number], self._unsettled_rows[:number]

    def claimed_as(self, worker: WorkerId) -> set[Held]:
        """The rows in hand that were claimed under this identity."""
        return {held for held, running in self._running.items() if running.worker == worker}

    def stop(self, held: Held) -> Claim | None:
        """Stop working on this row; answer its claim, or None when its work has ended or is ending already."""
        claim, _, task = self._running[held]
        if task.done() or task.cancelling():
            return None
        task.cancel()
        return claim

    async def stop_all(self, *, within: float) -> None:
        """Stop all work, and wait for it to end, at most so many seconds."""
        performing = list(self._performing)
        for task in performing:
            task.cancel()
        if performing:
            await asyncio.wait(performing, timeout=within)

    def named(self, task: "asyncio.Task[Any]") -> str | None:
        """What this task works on: the kind and the row; None for a task that is none of ours."""
        held = self._performing.get(task)
        return f"{self._running[held].claim.kind} {held.row_id}" if held else None

    def _performed(self, task: "asyncio.Task[Finished | None]") -> None:
        held = self._performing.pop(task)
        if task.cancelled():
            del self._running[held]
            self._on_dropped([held])
        elif (finished := task.result()) is None:
            del self._running[held]
        else:
            self._unsettled.append(finished)
            self._unsettled_rows.append(held)
        self._on_free()
