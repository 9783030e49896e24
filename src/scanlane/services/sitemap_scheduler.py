"""What the scheduled poll does: look for places whose status column says so, and start on a batch of them."""

from worklane.worker import Worker

BATCH = 10


async def process_pending_jobs(deep_scans: Worker, *, batch: int = BATCH) -> int:
    """Claim up to `batch` queued places and start on them; answer how many.

    Run by the scheduler at an interval, in as many processes as there are: the claim decides who gets which row.
    """
    return await deep_scans.take(batch)
