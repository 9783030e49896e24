"""What a scheduled poll does: look for rows whose status column says so, and start on a batch of them."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.stores.queue_pauses import is_paused
from scanlane.stores.sitemaps import requeue_due
from worklane.worker import Worker

BATCH = 10


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


async def refresh_sitemaps(sessions: async_sessionmaker[AsyncSession], *, older_than: timedelta) -> int:
    """Queue sitemap files again that were read longer ago than that, a bounded number at a time; answer how many."""
    async with sessions.begin() as session:
        return await requeue_due(session, older_than)
