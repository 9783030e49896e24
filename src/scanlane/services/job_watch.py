"""Waiting for jobs to change: one query per tick for all who wait in this process, and no connection held meanwhile."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.stores.jobs import JobView, find_jobs
from worklane.events import QueueUnreachable, to_log

TICK = timedelta(milliseconds=250)


@dataclass(slots=True, eq=False)
class _Waiter:
    """Somebody who waits for a job: what was last heard, and what is to be told."""

    heard: JobView | None = None
    inbox: "asyncio.Queue[JobView | None]" = field(default_factory=asyncio.Queue)

    def tell(self, view: JobView) -> None:
        if view != self.heard:
            self.heard = view
            self.inbox.put_nowait(view)


class JobWatch:
    """Tells any number of waiters when the job they watch changes. The caller has checked whose job it is."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], *, tick: timedelta = TICK) -> None:
        self._sessions = sessions
        self._tick = tick.total_seconds()
        self._waiters: dict[UUID, set[_Waiter]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    async def changes(self, job_id: UUID) -> AsyncGenerator[JobView, None]:
        """The job as it is, then every change that a tick sees, until it is finished or the watch closes."""
        waiter = _Waiter()
        self._waiters.setdefault(job_id, set()).add(waiter)
        self._look()
        try:
            while not self._closed and (view := await waiter.inbox.get()) is not None:
                yield view
                if not view.is_active:
                    return
        finally:
            self._forget(job_id, waiter)

    def close(self) -> None:
        """Let every waiter go."""
        self._closed = True
        self._let_go(*self._waiters.values())
        if self._looking is not None:
            self._looking.cancel()

    def _look(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_until_nobody_waits())

    async def _look_until_nobody_waits(self) -> None:
        while self._waiters and not self._closed:
            try:
                await self._look_once()
            except Exception as error:
                to_log(QueueUnreachable(doing="watching jobs", error=type(error).__name__))
            await asyncio.sleep(self._tick)

    async def _look_once(self) -> None:
        # Only who waited before the query is told its answer: to others it may be older than what they know.
        asked = {job_id: set(waiters) for job_id, waiters in self._waiters.items()}
        async with self._sessions() as session:
            found = {view.id: view for view in await find_jobs(session, list(asked))}
        for job_id, view in found.items():
            for waiter in asked[job_id]:
                waiter.tell(view)
        self._let_go(*(asked[gone] for gone in asked.keys() - found.keys()))

    def _let_go(self, *waiters: set[_Waiter]) -> None:
        for waiter in itertools.chain(*waiters):
            waiter.inbox.put_nowait(None)

    def _forget(self, job_id: UUID, waiter: _Waiter) -> None:
        waiters = self._waiters.get(job_id, set())
        waiters.discard(waiter)
        if not waiters:
            self._waiters.pop(job_id, None)


async def wait_for_change(
    watch: JobWatch, job_id: UUID, *, longest: timedelta, wanted: Callable[[JobView], bool]
) -> bool:
    """Wait until the job is as `wanted`, or has ended; answer False when time is up before."""
    try:
        async with asyncio.timeout(longest.total_seconds()):
            return await _becomes(watch, job_id, wanted)
    except TimeoutError:
        return False


async def _becomes(watch: JobWatch, job_id: UUID, wanted: Callable[[JobView], bool]) -> bool:
    async with contextlib.aclosing(watch.changes(job_id)) as changes:
        async for view in changes:
            if wanted(view):
                return True
    return False
