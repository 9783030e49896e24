"""The scheduler, and the table of everything that it polls."""

from datetime import timedelta
from functools import partial

from scanlane.services.sitemap_scheduler import process_pending_jobs
from scanlane.settings import Settings
from worklane.poller import Poll, Scheduler, scheduled
from worklane.worker import Worker


def polls(settings: Settings, *, deep_scans: Worker) -> tuple[Poll, ...]:
    """Everything that is looked for at an interval."""
    return (
        Poll(
            name="deep_scans",
            every=timedelta(seconds=settings.deep_scan_every_seconds),
            tick=partial(process_pending_jobs, deep_scans, batch=settings.deep_scan_batch),
        ),
    )


def make_scheduler(settings: Settings, *, deep_scans: Worker) -> Scheduler:
    """The one scheduler of this process, not yet started."""
    return scheduled(polls(settings, deep_scans=deep_scans))
