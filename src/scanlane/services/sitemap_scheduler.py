"""What a scheduled poll does: look for rows whose status column says so, and start on a batch of them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.stores.queue_pauses import is_paused
from scanlane.stores.sitemaps import requeue_due
from worklane.quarantine import Quarantine
from worklane.worker import Worker

BATCH = 10
A_PAUSE_IS_LOOKED_AT_EVERY = 1.0


async def process_pending_jobs(
    worker: Worker, *, queue: str, sessions: async_sessionmaker[AsyncSession], batch: int = BATCH
) -> int:
    """Claim up to `batch` waiting rows of the queue and start on them, unless it is paused; answer how many.

    Run by the scheduler at an interval, in as many processes as there are: the claim decides who gets which row.
    """
    async with sessions() as session:
        if await is_paused(session, queue):
            return 0
    return await worker.take(batch)


def unless_paused(
    quarantine: Quarantine,
    *,
    queue: str,
    sessions: async_sessionmaker[AsyncSession],
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> Quarantine:
    """The same quarantine, which begins once the queue is not paused: no poll hands suspects to a worker."""

    async def run() -> int:
        while await _is_held(sessions, queue):
            await sleep(A_PAUSE_IS_LOOKED_AT_EVERY)
        return await quarantine()

    return run


async def _is_held(sessions: async_sessionmaker[AsyncSession], queue: str) -> bool:
    try:
        async with sessions() as session:
            return await is_paused(session, queue)
    except (OSError, DBAPIError):
        return True


async def refresh_sitemaps(sessions: async_sessionmaker[AsyncSession], *, older_than: timedelta) -> int:
    """Queue sitemap files again that were read longer ago than that, a bounded number at a time; answer how many."""
    async with sessions.begin() as session:
        return await requeue_due(session, older_than)
