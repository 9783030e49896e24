"""The scheduler, and the table of everything that it polls and of every task that it starts."""

from datetime import timedelta
from functools import partial

from scanlane.services.sitemap_scheduler import process_pending_jobs
from scanlane.wiring import Wiring
from worklane import events
from worklane.periodic import Every, Periodic
from worklane.poller import Poll, Scheduler, scheduled
from worklane.postgres.retention import Prune
from worklane.worker import Worker

TASKS = (Periodic(name="prune", schedule=Every(timedelta(minutes=10)), kind=Prune.kind),)
A_TASK_IS_LOOKED_FOR_EVERY = timedelta(seconds=1)


def polls(wiring: Wiring, *, deep_scans: Worker, listener: events.Listener = events.to_log) -> tuple[Poll, ...]:
    """Everything that is looked for at an interval."""
    settings = wiring.settings
    places = Poll(
        name="deep_scans",
        every=timedelta(seconds=settings.deep_scan_every_seconds),
        tick=partial(process_pending_jobs, deep_scans, batch=settings.deep_scan_batch),
    )
    return places, *(
        Poll(name=task.name, every=A_TASK_IS_LOOKED_FOR_EVERY, tick=wiring.ticker(task, listener=listener).tick)
        for task in TASKS
    )


def make_scheduler(wiring: Wiring, *, deep_scans: Worker, listener: events.Listener = events.to_log) -> Scheduler:
    """The one scheduler of this process, not yet started."""
    return scheduled(polls(wiring, deep_scans=deep_scans, listener=listener), listener=listener)
