"""A worker: claims due rows, carries a bounded number at once, settles what is finished, stops gently."""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from worklane import events
from worklane.claim import Claim, Held, WorkerId
from worklane.executor import Executor
from worklane.hands import Hands
from worklane.heartbeat import Heartbeat
from worklane.lifeline import Lifeline
from worklane.options import WorkerOptions as WorkerOptions
from worklane.queue import Exchange, Finished, Holdings, Queue

T = TypeVar("T")

A_WRITE_TAKES_AT_MOST = 5.0
MOST_IN_ONE_EXCHANGE = 500


class Worker:
    """Runs the works of one executor against one queue until `stop` is called."""

    def __init__(
        self,
        queue: Queue,
        executor: Executor,
        heartbeat: Heartbeat,
        *,
        options: WorkerOptions | None = None,
        listener: events.Listener = events.to_log,
    ) -> None:
        self._queue = queue
        self._executor = executor
        self._heartbeat = heartbeat
        self._options = options or WorkerOptions()
        self._tell = listener
        self._hands = Hands(executor.carry, on_free=self._freed, on_dropped=self._dropped)
        self._reserved = 0
        self._is_alone = False
        self._idle_since = time.monotonic()
        self._missing_before: set[Held] = set()
        self._strays_before: frozenset[Held] = frozenset()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._stop_by = float("inf")
        self._is_in = False
        self._ready = asyncio.Event()
        self._lifeline = Lifeline(
            queue, heartbeat, kinds=executor.kinds, options=self._options, listener=listener, nudge=self.nudge
        )
        heartbeat.watched_by(self)

    @property
    def running(self) -> int:
        """How many rows are in this worker's hands."""
        return len(self._hands)

    async def ready(self) -> None:
        """Wait until the worker has registered and may claim."""
        await self._ready.wait()

    def nudge(self) -> None:
        """Hint that work may be waiting."""
        self._queue.nudge()
        self._wake.set()

    def stop(self, *, at_once: bool = False) -> None:
        """Stop claiming; running work has the grace period, or none when `at_once`."""
        if at_once:
            self._stop_by = 0.0
        elif not self._stopping.is_set():
            self._stop_by = time.monotonic() + self._options.grace.total_seconds()
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Work until `stop` is called. Unfinished rows are handed back without using an attempt."""
        async with self._heartbeat as heart:
            self._is_in = True
            try:
                await _first_of(heart.known(), self._stopping.wait())
                self._ready.set()
                self._tell(events.WorkerStarted(worker=heart.name, concurrency=self._options.concurrency))
                async with asyncio.TaskGroup() as chores:
                    chores.create_task(self._exchanging())
                    chores.create_task(self._lifeline.run(self._stopping))
            except BaseException:
                self.stop(at_once=True)
                raise
            finally:
                self._is_in = False
                await self._leave_nothing_behind()
        self._tell(events.WorkerStopped(worker=heart.name))

    async def start_now(self, row_id: UUID) -> bool:
        """Claim this row and start on it, if it is free and there is room; otherwise polling will find it."""
        worker = self._identity()
        if worker is None or self._room() < 1:
            self.nudge()
            return False
        with self._reserving(1):
            claim = await self._insistent(
                "claiming", lambda: self._queue.claim_one(worker, row_id, kinds=self._executor.kinds)
            )
            return claim is not None and await self._start(worker, [claim])

    async def take(self, limit: int) -> int:
        """Claim up to `limit` due rows, as many as there is room for, and start on them; answer how many."""
        worker, room = self._identity(), min(limit, self._room())
        if worker is None or room < 1:
            return 0
        with self._reserving(room):
            claims = await self._insistent(
                "claiming", lambda: self._queue.claim(worker, kinds=self._executor.kinds, limit=room)
            )
            await self._start(worker, claims or ())
        return len(claims or ())

    def compare(self, worker: WorkerId, holdings: Holdings) -> None:
        """Stop work whose claim is gone, and hand back rows that are held for nobody."""
        # One difference may be a claim or a settlement on its way while the beat was; the same one twice is none.
        held = holdings.get(self._queue.lane, frozenset())
        missing = self._hands.claimed_as(worker) - held
        for one in missing & self._missing_before:
            if lost := self._hands.stop(one):
                self._tell(events.Lost(lost))
        strays = frozenset[Held]() if self._reserved else held.difference(self._hands.held)
        self._lifeline.owes(strays & self._strays_before)
        self._missing_before, self._strays_before = missing, strays

    def drop_everything(self, worker: WorkerId, why: str) -> None:
        """The process could not beat, or was declared dead: stop what was claimed under that identity."""
        if self._is_in:
            self._tell(events.Fenced(worker=str(worker), why=why))
            for one in self._hands.claimed_as(worker):
                self._hands.stop(one)

    def named(self, task: "asyncio.Task[Any]") -> str | None:
        """What a task of this worker works on: the kind and the row; None for any other task."""
        return self._hands.named(task)

    def _identity(self) -> WorkerId | None:
        if self._stopping.is_set() or not self._is_in:
            return None
        return self._heartbeat.worker

    def _room(self) -> int:
        if self._is_alone or self._options.alone or self._hands.are_full:
            return 0
        return self._options.concurrency - self._hands.busy - self._reserved

    @contextlib.contextmanager
    def _reserving(self, places: int) -> Iterator[None]:
        self._reserved += places
        try:
            yield
        finally:
            self._reserved -= places

    async def _exchanging(self) -> None:
        is_told = False
        while not self._may_end():
            self._wake.clear()
            if self._stopping.is_set() and not is_told:
                is_told = True
                self._tell(events.WorkerStopping(worker=self._heartbeat.name, unfinished=len(self._hands)))
            if not await self._exchange():
                await self._pause()

    def _may_end(self) -> bool:
        return self._stopping.is_set() and (not self._hands or time.monotonic() >= self._stop_by)

    async def _exchange(self) -> bool:
        """Settle what is finished and claim what there is room for; answer whether to do so again at once."""
        worker = self._identity()
        room = min(self._room(), MOST_IN_ONE_EXCHANGE) if worker is not None and self._options.polls else 0
        finished = self._hands.finished(MOST_IN_ONE_EXCHANGE)
        if room < 1 and not finished:
            return await self._take_alone(worker)
        with self._reserving(max(room, 0)):
            exchanged = await self._exchanged(worker, finished, room)
            if exchanged is None or worker is None:
                return False
            await self._start(worker, exchanged.claims)
        is_more = exchanged.more_may_wait or len(exchanged.claims) >= room > 0
        return is_more or bool(self._hands.finished(1)) or await self._take_alone(worker)

    async def _exchanged(self, worker: WorkerId | None, finished: Sequence[Finished], room: int) -> Exchange | None:
        holder = worker or UUID(int=0)
        try:
            exchanged = await self._queue.exchange(holder, finished, kinds=self._executor.kinds, limit=room)
        except Exception as error:
            if finished and not self._executor.passes(error):
                await self._settle_each(finished)
            self._tell(events.QueueUnreachable(doing="claiming", error=f"{type(error).__name__}: {error}"))
            return None
        self._hands.let_go(len(finished))
        for one in finished:
            self._executor.announce(one, stood=not exchanged.lost or one.claim.held not in exchanged.lost)
        return exchanged

    async def _settle_each(self, finished: Sequence[Finished]) -> None:
        # One value that the database refuses must not keep its neighbours from being written.
        for one in finished:
            await self._executor.settle(one)
            self._hands.let_go(1)

    async def _take_alone(self, worker: WorkerId | None) -> bool:
        """Take a suspect if it would be alone here; answer whether one was taken."""
        if worker is None or self._hands or not (self._options.alone or self._lifeline.suspects_wait):
            return False
        with self._reserving(self._options.concurrency):
            taking = self._queue.claim(worker, kinds=self._executor.kinds, limit=1, alone=True)
            claims = await self._insistent("claiming", lambda: taking)
            self._is_alone = bool(claims) and await self._start(worker, claims or ())
        self._lifeline.suspects_wait = bool(claims)
        self._end_if_idle(bool(claims))
        return bool(claims)

    def _end_if_idle(self, is_busy: bool) -> None:
        if is_busy:
            self._idle_since = time.monotonic()
        elif self._options.alone and time.monotonic() - self._idle_since >= self._options.alone_for.total_seconds():
            self.stop()

    async def _start(self, worker: WorkerId, claims: Sequence[Claim]) -> bool:
        if not claims:
            return False
        if self._identity() != worker:
            # A stop or a fence came while the claim was under way: nothing would stop this work any more.
            self._lifeline.owes(claim.held for claim in claims)
            await self._lifeline.hand_back()
            return False
        self._hands.take(worker, claims)
        return True

    def _freed(self) -> None:
        self._is_alone = False
        self._wake.set()

    def _dropped(self, rows: Sequence[Held]) -> None:
        self._lifeline.owes(rows)

    async def _leave_nothing_behind(self) -> None:
        await self._hands.stop_all(within=A_WRITE_TAKES_AT_MOST)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(A_WRITE_TAKES_AT_MOST):
                await self._settle_the_rest()
        self._lifeline.owes(self._hands.held)
        await self._lifeline.hand_back_at_last()

    async def _settle_the_rest(self) -> None:
        while finished := self._hands.finished(MOST_IN_ONE_EXCHANGE):
            if await self._exchanged(None, finished, 0) is None:
                return

    async def _insistent(self, doing: str, call: Callable[[], Awaitable[T]]) -> T | None:
        try:
            return await call()
        except Exception as error:
            self._tell(events.QueueUnreachable(doing=doing, error=f"{type(error).__name__}: {error}"))
            return None

    async def _pause(self) -> None:
        longest = self._options.poll_every.total_seconds() * (0.8 + 0.4 * random.random())  # noqa: S311 - spreads load
        if self._stopping.is_set():
            longest = min(longest, max(self._stop_by - time.monotonic(), 0))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(longest):
                await self._wake.wait()


async def _first_of(*waits: Awaitable[object]) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
