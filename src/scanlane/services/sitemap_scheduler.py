"""What a scheduled poll does: look for rows whose status column says so, and start on a batch of them."""

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.stores.queue_pauses import is_paused
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
