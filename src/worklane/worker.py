"""A worker: claims due rows, carries a bounded number at once, rescues dead workers' rows, stops gently."""

import asyncio
import contextlib
import os
import random
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from worklane import events
from worklane.claim import Claim, WorkerId
from worklane.executor import Executor
from worklane.heartbeat import Heartbeat, Rhythm
from worklane.queue import Held, Pulse, Queue

T = TypeVar("T")

A_WRITE_TAKES_AT_MOST = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """How a worker behaves. `polls=False` runs only the rows it is handed by `start_now`."""

    concurrency: int = 4
    polls: bool = True
    poll_every: timedelta = timedelta(seconds=1)
    rescue_every: timedelta = timedelta(seconds=2)
    rescue_limit: int = 500
    grace: timedelta = timedelta(seconds=10)
    rhythm: Rhythm = field(default_factory=Rhythm)
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")


@dataclass(slots=True)
class _Running:
    claim: Claim
    worker: WorkerId
    task: asyncio.Task[None]


class Worker:
    """Runs the works of one executor against one queue until `stop` is called."""

    def __init__(
        self,
        queue: Queue,
        executor: Executor,
        pulse: Pulse,
        *,
        options: WorkerOptions | None = None,
        listener: events.Listener = events.to_log,
    ) -> None:
        self._queue = queue
        self._executor = executor
        self._pulse = pulse
        self._options = options or WorkerOptions()
        self._tell = listener
        self._running: dict[Held, _Running] = {}
        self._reserved = 0
        self._missing_before: set[Held] = set()
        self._strays_before: frozenset[Held] = frozenset()
        self._owed: set[Held] = set()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._at_once = False
        self._heart: Heartbeat | None = None
        self._ready = asyncio.Event()

    @property
    def running(self) -> int:
        """How many rows are being worked on now."""
        return len(self._running)

    async def ready(self) -> None:
        """Wait until the worker has registered and may claim."""
        await self._ready.wait()

    def nudge(self) -> None:
        """Hint that work may be waiting."""
        self._wake.set()

    def stop(self, *, at_once: bool = False) -> None:
        """Stop claiming; running work has the grace period, or none when `at_once`."""
        self._at_once = self._at_once or at_once
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Work until `stop` is called. Unfinished rows are handed back without using an attempt."""
        async with self._beating() as heart:
            self._heart = heart
            try:
                await self._first_of(heart.known(), self._stopping.wait())
                self._ready.set()
                self._tell(events.WorkerStarted(worker=self._options.name, concurrency=self._options.concurrency))
                async with asyncio.TaskGroup() as chores:
                    chores.create_task(self._claiming())
                    chores.create_task(self._rescuing())
            except BaseException:
                self.stop(at_once=True)
                raise
            finally:
                await self._wind_down()
        self._tell(events.WorkerStopped(worker=self._options.name))

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

    def _beating(self) -> Heartbeat:
        return Heartbeat(
            self._pulse,
            name=self._options.name,
            rhythm=self._options.rhythm,
            on_held=self._compare,
            on_fenced=self._drop_everything,
        )

    def _identity(self) -> WorkerId | None:
        if self._stopping.is_set() or self._heart is None:
            return None
        return self._heart.worker

    def _room(self) -> int:
        return self._options.concurrency - len(self._running) - self._reserved

    @contextlib.contextmanager
    def _reserving(self, places: int) -> Iterator[None]:
        self._reserved += places
        try:
            yield
        finally:
            self._reserved -= places

    async def _claiming(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            room = self._room() if self._options.polls else 0
            if room < 1 or await self.take(room) < room:
                await self._pause(self._options.poll_every)

    async def _start(self, worker: WorkerId, claims: Sequence[Claim]) -> bool:
        if self._identity() != worker:
            # A stop or a fence came while the claim was under way: nothing would stop this work any more.
            self._owed.update(_held(claim) for claim in claims)
            await self._hand_back_owed()
            return False
        for claim in claims:
            task = asyncio.create_task(self._executor.execute(claim), name=f"{claim.kind} {claim.row_id}")
            self._running[_held(claim)] = _Running(claim, worker, task)
            task.add_done_callback(lambda task, held=_held(claim): self._finished(held, task))  # type: ignore[misc]
        return True

    def _finished(self, held: Held, task: asyncio.Task[None]) -> None:
        del self._running[held]
        if task.cancelled():
            self._owed.add(held)
        self._wake.set()

    async def _rescuing(self) -> None:
        while not self._stopping.is_set():
            await self._hand_back_owed()
            if self._identity() is not None:
                freed = await self._insistent("rescuing", self._rescue)
                if freed:
                    self.nudge()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_jittered(self._options.rescue_every)):
                    await self._stopping.wait()

    async def _rescue(self) -> int:
        rescued = await self._queue.rescue(dead_after=self._options.rhythm.dead_after, limit=self._options.rescue_limit)
        for row in rescued:
            self._tell(events.RowRescued(row=str(row.row_id), status=row.status))
        return len(rescued)

    def _compare(self, worker: WorkerId, held: frozenset[Held]) -> None:
        # One difference may be a claim or a settlement on its way while the beat was; the same one twice is none.
        believed = {one: running for one, running in self._running.items() if running.worker == worker}
        missing = believed.keys() - held
        for lost in missing & self._missing_before:
            claim, task = believed[lost].claim, believed[lost].task
            if task.cancelling():
                continue
            task.cancel()
            self._tell(events.Lost(kind=claim.kind, row=str(claim.row_id), attempt=claim.attempt))
        strays = frozenset[Held]() if self._reserved else held - self._running.keys()
        self._owed |= strays & self._strays_before
        self._missing_before, self._strays_before = missing, strays

    def _drop_everything(self, worker: WorkerId, why: str) -> None:
        self._tell(events.Fenced(worker=str(worker), why=why))
        for running in list(self._running.values()):
            if running.worker == worker:
                running.task.cancel()

    async def _wind_down(self) -> None:
        self._tell(events.WorkerStopping(worker=self._options.name, unfinished=len(self._running)))
        try:
            if self._running and not self._at_once:
                await self._wait_for([running.task for running in self._running.values()])
        finally:
            await self._drop_and_hand_back()

    async def _drop_and_hand_back(self) -> None:
        tasks = [running.task for running in self._running.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=A_WRITE_TAKES_AT_MOST)
        self._owed.update(self._running)
        await self._hand_back_owed()

    async def _wait_for(self, tasks: list[asyncio.Task[None]]) -> None:
        hurry = asyncio.create_task(self._hurried())
        all_done = asyncio.create_task(asyncio.wait(tasks))
        await asyncio.wait(
            {hurry, all_done},
            timeout=self._options.grace.total_seconds(),
            return_when=asyncio.FIRST_COMPLETED,
        )
        hurry.cancel()
        all_done.cancel()

    async def _hurried(self) -> None:
        while not self._at_once:
            self._wake.clear()
            await self._wake.wait()

    async def _hand_back_owed(self) -> None:
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
            self.nudge()

    async def _insistent(self, doing: str, call: Callable[[], Awaitable[T]]) -> T | None:
        try:
            return await call()
        except Exception as error:
            self._tell(events.QueueUnreachable(doing=doing, error=f"{type(error).__name__}: {error}"))
            return None

    async def _pause(self, longest: timedelta) -> None:
        if self._stopping.is_set():
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_jittered(longest)):
                await self._wake.wait()

    @staticmethod
    async def _first_of(*waits: Awaitable[object]) -> None:
        tasks = [asyncio.ensure_future(wait) for wait in waits]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()


def _held(claim: Claim) -> Held:
    return Held(row_id=claim.row_id, token=claim.token)


def _jittered(time: timedelta) -> float:
    return time.total_seconds() * (0.8 + 0.4 * random.random())  # noqa: S311 - spreads load, guards nothing
