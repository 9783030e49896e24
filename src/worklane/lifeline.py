"""What a worker does for rows beside its own work: rescue, hand back what is owed, see that suspects run alone."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta

from worklane import events
from worklane.claim import Held
from worklane.heartbeat import Heartbeat
from worklane.options import WorkerOptions
from worklane.quarantine import Quarantine
from worklane.queue import Queue

A_WRITE_TAKES_AT_MOST = 5.0
# In seconds. Rows that are not handed back look as if their process had died.
INSISTS_FOR = 5.0
INSISTS_EVERY = 0.25
# Whoever may not rescue yet, or could not, tries again sooner; and while suspects wait, looks for more of them.
LOOKS_WHEN_URGENT = 8
# So long after its start, in seconds, a quarantine may still be about to take a suspect.
A_START_TAKES = 1.0


class Lifeline:
    """The chores of one worker. `suspects_wait` tells what the last look at the queue has shown."""

    def __init__(
        self,
        queue: Queue,
        heartbeat: Heartbeat,
        *,
        kinds: Collection[str],
        options: WorkerOptions,
        listener: events.Listener,
        nudge: Callable[[], None],
    ) -> None:
        self._queue = queue
        self._heartbeat = heartbeat
        self._kinds = kinds
        self._options = options
        self._tell = listener
        self._nudge = nudge
        self._owed: set[Held] = set()
        self._quarantined: dict[asyncio.Task[None], float] = {}
        self._is_behind = False
        self.suspects_wait = False

    def owes(self, claims: Iterable[Held]) -> None:
        """These rows are claimed for nobody; hand them back as soon as can be."""
        self._owed.update(claims)

    async def run(self, stopping: asyncio.Event) -> None:
        """Look after rows at an interval until the worker stops."""
        try:
            while not stopping.is_set():
                await self._once()
                await self._pause(stopping)
        finally:
            await self._end_quarantine()

    async def _pause(self, stopping: asyncio.Event) -> None:
        with contextlib.suppress(TimeoutError):
            every = _jittered(self._options.rescue_every)
            is_urgent = self._is_behind or not self._heartbeat.is_steady
            async with asyncio.timeout(every / LOOKS_WHEN_URGENT if is_urgent else every):
                await stopping.wait()

    async def hand_back(self) -> None:
        """Return what is owed to waiting, without using an attempt."""
        owed = list(self._owed)
        if not owed:
            return
        try:
            async with asyncio.timeout(A_WRITE_TAKES_AT_MOST):
                rows = await self._queue.hand_back(owed)
        except Exception as error:
            self._tell(events.QueueUnreachable(doing="handing back", error=type(error).__name__))
            return
        self._owed.difference_update(owed)
        if rows:
            self._tell(events.HandedBack(rows=rows))
            self._nudge()

    async def hand_back_at_last(self) -> None:
        """The same at the end, when nobody will come back to it: insist for a while if the database is away."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(INSISTS_FOR):
                await self.hand_back()
                while self._owed:
                    await asyncio.sleep(INSISTS_EVERY)
                    await self.hand_back()

    async def _once(self) -> None:
        await self.hand_back()
        if self._heartbeat.worker is None:
            return
        try:
            # Whoever may not say yet who is dead can do something for the suspects that there are.
            if silence := self._heartbeat.silence_of_the_dead:
                await self._rescue(silence)
            self._is_behind = await self._look_for_suspects()
        except Exception as error:
            self._is_behind = True
            self._tell(events.QueueUnreachable(doing="rescuing", error=f"{type(error).__name__}: {error}"))

    async def _rescue(self, silence: timedelta) -> None:
        rescued = await self._queue.rescue(dead_after=silence, limit=self._options.rescue_limit)
        for row in rescued:
            self._tell(events.RowRescued(row=str(row.row_id), status=row.status))
        if rescued:
            self._nudge()

    async def _look_for_suspects(self) -> bool:
        """See that suspects run; answer whether to look again soon."""
        if self._options.alone:
            return False
        waiting = await self._queue.waiting_suspects(kinds=self._kinds, most=self._options.quarantines_at_once)
        if waiting and self._options.quarantine is None:
            self.suspects_wait = True
            self._nudge()
        elif waiting and self._options.quarantine is not None:
            self._start(self._options.quarantine, waiting)
            return len(self._quarantined) < self._options.quarantines_at_once
        return False

    def _start(self, quarantine: Quarantine, waiting: int) -> None:
        since, most = self._quarantined.values(), self._options.quarantines_at_once
        for _ in range(to_start(waiting, since, now=time.monotonic(), most=most)):
            task = asyncio.create_task(self._quarantine(quarantine))
            self._quarantined[task] = time.monotonic()
            task.add_done_callback(self._quarantined.pop)

    async def _quarantine(self, quarantine: Quarantine) -> None:
        try:
            self._tell(events.QuarantineEnded(code=await quarantine()))
        except OSError as error:
            self._tell(events.QueueUnreachable(doing="starting the quarantine", error=str(error)))

    async def _end_quarantine(self) -> None:
        quarantined = list(self._quarantined)
        for task in quarantined:
            task.cancel()
        if quarantined:
            await asyncio.wait(quarantined)


def to_start(waiting: int, since: Collection[float], *, now: float, most: int) -> int:
    """How many quarantines to start for so many suspects, when others were started at these times, in seconds.

    One for each that waits, but for those that are just starting; `most` are there at once.
    """
    starting = sum(now - start < A_START_TAKES for start in since)
    return max(0, min(waiting - starting, most - len(since)))


def _jittered(time: timedelta) -> float:
    return time.total_seconds() * (0.8 + 0.4 * random.random())  # noqa: S311 - spreads load, guards nothing
