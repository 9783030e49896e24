"""Waiting for jobs to change: one query per tick for all who wait in this process, and no connection held meanwhile."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.stores.jobs import JobView, find_jobs
from worklane.events import QueueUnreachable, to_log

TICK = timedelta(milliseconds=250)


class JobWatch:
    """Tells any number of waiters when the job they watch changes. The caller has checked whose job it is."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], *, tick: timedelta = TICK) -> None:
        self._sessions = sessions
        self._tick = tick.total_seconds()
        self._waiters: dict[UUID, set[asyncio.Queue[JobView | None]]] = {}
        self._latest: dict[UUID, JobView] = {}
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    async def changes(self, job_id: UUID) -> AsyncGenerator[JobView, None]:
        """The job as it is, then every change that a tick sees, until it is finished or the watch closes."""
        inbox: asyncio.Queue[JobView | None] = asyncio.Queue()
        self._waiters.setdefault(job_id, set()).add(inbox)
        if job_id in self._latest:
            inbox.put_nowait(self._latest[job_id])
        self._look()
        try:
            while not self._closed and (view := await inbox.get()) is not None:
                yield view
                if not view.is_active:
                    return
        finally:
            self._forget(job_id, inbox)

    def close(self) -> None:
        """Let every waiter go."""
        self._closed = True
        for inboxes in self._waiters.values():
            for inbox in inboxes:
                inbox.put_nowait(None)
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
        async with self._sessions() as session:
            found = {view.id: view for view in await find_jobs(session, list(self._waiters))}
        for job_id, view in found.items():
            if self._latest.get(job_id) != view:
                self._latest[job_id] = view
                for inbox in self._waiters.get(job_id, ()):
                    inbox.put_nowait(view)
        for gone in self._waiters.keys() - found.keys():
            for inbox in self._waiters[gone]:
                inbox.put_nowait(None)

    def _forget(self, job_id: UUID, inbox: "asyncio.Queue[JobView | None]") -> None:
        inboxes = self._waiters.get(job_id, set())
        inboxes.discard(inbox)
        if not inboxes:
            self._waiters.pop(job_id, None)
            self._latest.pop(job_id, None)


async def wait_for_change(
    watch: JobWatch, seen: JobView, *, longest: timedelta, wanted: Callable[[JobView], bool] = lambda _: True
) -> JobView:
    """The job once it differs from what was seen in the `wanted` way; when time is up, as it is then."""
    views = [seen]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(longest.total_seconds()):
            await _collect(watch, seen, wanted, views)
    return views[-1]


async def _collect(watch: JobWatch, seen: JobView, wanted: Callable[[JobView], bool], views: list[JobView]) -> None:
    async with contextlib.aclosing(watch.changes(seen.id)) as changes:
        async for view in changes:
            views.append(view)
            if view != seen and wanted(view):
                return
