"""The scheduler, and the table of everything that it polls and of every task that it starts."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial

from scanlane.services.contact_retention import PurgeContacts
from scanlane.services.pipeline import STAGES
from scanlane.services.places.place_retention_service import PurgePlaces
from scanlane.services.sitemap_scheduler import process_pending_jobs, refresh_sitemaps
from scanlane.wiring import Wiring
from worklane import events
from worklane.periodic import Every, Periodic
from worklane.poller import Poll, Scheduler, scheduled
from worklane.postgres.retention import Prune
from worklane.worker import Worker

TASKS = (
    Periodic(name="prune", schedule=Every(timedelta(minutes=10)), kind=Prune.kind),
    Periodic(name="purge_contacts", schedule=Every(timedelta(hours=1)), kind=PurgeContacts.kind),
    Periodic(name="purge_places", schedule=Every(timedelta(minutes=10)), kind=PurgePlaces.kind),
)
A_TASK_IS_LOOKED_FOR_EVERY = timedelta(seconds=1)
A_REFRESH_IS_LOOKED_FOR_EVERY = timedelta(minutes=1)


def polls(
    wiring: Wiring, *, workers: Mapping[str, Worker], listener: events.Listener = events.to_log
) -> tuple[Poll, ...]:
    """Everything that is looked for at an interval: the waiting rows of each stage that is on, and due tasks."""
    tasks = (
        Poll(name=task.name, every=A_TASK_IS_LOOKED_FOR_EVERY, tick=wiring.ticker(task, listener=listener).tick)
        for task in TASKS
    )
    return (*_stages(wiring, workers), *_refreshes(wiring), *tasks)


def make_scheduler(
    wiring: Wiring, *, workers: Mapping[str, Worker], listener: events.Listener = events.to_log
) -> Scheduler:
    """The one scheduler of this process, not yet started. `workers`: who works on which status queue."""
    return scheduled(polls(wiring, workers=workers, listener=listener), listener=listener)


def _stages(wiring: Wiring, workers: Mapping[str, Worker]) -> Iterator[Poll]:
    for stage in STAGES:
        said = wiring.settings.stage(stage.name)
        if said.on and stage.name in workers:
            tick = partial(
                process_pending_jobs,
                workers[stage.name],
                queue=stage.name,
                sessions=wiring.sessions,
                batch=said.batch,
            )
            yield Poll(name=stage.name, every=said.every, tick=tick)


def _refreshes(wiring: Wiring) -> Iterator[Poll]:
    days = wiring.settings.sitemap_refresh_days
    if days is not None:
        tick = partial(refresh_sitemaps, wiring.sessions, older_than=timedelta(days=days))
        yield Poll(name="sitemap_refresh", every=A_REFRESH_IS_LOOKED_FOR_EVERY, tick=tick)
