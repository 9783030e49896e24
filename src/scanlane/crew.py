"""Who works here: the workers of this installation, and what they can do."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Self

from scanlane.clients.places.make import make_providers
from scanlane.errors import BadInput
from scanlane.scheduler_instance import make_scheduler
from scanlane.services.contact_retention import PurgeContacts
from scanlane.services.opt_outs import UnlessOptedOut, by_subject
from scanlane.services.pipeline import STAGES, Stage
from scanlane.services.places.place_retention_service import PurgePlaces
from scanlane.services.scan_verification import ScanVerification
from scanlane.services.sitemap_scheduler import unless_paused
from scanlane.services.verification import MailVerifier, own_disposable
from scanlane.tasks.email_scraper import email_scrape
from scanlane.wiring import Wiring, in_words
from worklane import events
from worklane.executor import AnyWork, Executor
from worklane.heartbeat import Heartbeat
from worklane.poller import Scheduler
from worklane.postgres.listener import Listener
from worklane.postgres.pulse import Lane
from worklane.postgres.retention import Prune
from worklane.postgres.status_queue import StatusQueue
from worklane.queue import Queue
from worklane.watchdog import Watchdog
from worklane.worker import Worker, WorkerOptions


def make_worker(
    wiring: Wiring,
    heartbeat: Heartbeat | None = None,
    *,
    polls: bool = True,
    concurrency: int | None = None,
    listener: events.Listener = events.to_log,
) -> Worker:
    """A worker that can do everything this application knows."""
    executor = Executor(
        wiring.queue,
        job_works(wiring),
        listener=listener,
        persistence=wiring.persistence(),
        describe=in_words,
    )
    options = wiring.worker_options(polls=polls, concurrency=concurrency, lane=wiring.queue.lane)
    heart = heartbeat or wiring.heartbeat(wiring.queue)
    return Worker(wiring.queue, executor, heart, options=options, listener=listener)


def make_stage_worker(
    wiring: Wiring, stage: Stage, queue: StatusQueue, heartbeat: Heartbeat, *, listener: events.Listener = events.to_log
) -> Worker:
    """A worker for one stage of the pipeline. It starts on what the scheduled poll finds, and on what it is handed."""
    executor = Executor(
        queue, [stage.work(wiring)], listener=listener, persistence=wiring.persistence(), describe=in_words
    )
    said = wiring.settings.stage(stage.name)
    options = wiring.worker_options(polls=False, concurrency=said.batch, lane=queue.lane)
    alone = options.quarantine if said.on else _nobody
    held = alone and unless_paused(alone, queue=stage.name, sessions=wiring.sessions)
    return Worker(queue, executor, heartbeat, options=replace(options, quarantine=held), listener=listener)


async def _nobody() -> int:
    """The quarantine of a stage that is off: its suspects wait, as its other rows do."""
    await asyncio.Event().wait()
    return 0


def make_quarantined(wiring: Wiring, lane: str, *, listener: events.Listener) -> Worker:
    """A worker that runs the suspects of one lane alone, in a process of its own."""
    queue, works = _lane(wiring, lane)
    executor = Executor(queue, works, listener=listener, persistence=wiring.persistence(), describe=in_words)
    options = WorkerOptions(
        alone=True, poll_every=timedelta(seconds=0.25), grace=timedelta(seconds=wiring.settings.grace_seconds)
    )
    heartbeat = Heartbeat(wiring.pulse(*_all_queues(wiring)))
    return Worker(queue, executor, heartbeat, options=options, listener=listener)


@dataclass(slots=True)
class Crew:
    """All workers of one process, and the scheduler that polls for them. `stages`: who works on which status queue."""

    jobs: Worker
    stages: Mapping[str, Worker]
    scheduler: Scheduler
    listener: Listener | None
    tell: events.Listener = events.to_log

    @classmethod
    def of(cls, wiring: Wiring, *, concurrency: int | None = None, listener: events.Listener) -> Self:
        """The crew of this process, not yet at work."""
        queues = {stage.name: wiring.status_queue(stage.column) for stage in STAGES}
        heartbeat = wiring.heartbeat(wiring.queue, *queues.values())
        jobs = make_worker(wiring, heartbeat, concurrency=concurrency, listener=listener)
        stages = {
            stage.name: make_stage_worker(wiring, stage, queues[stage.name], heartbeat, listener=listener)
            for stage in STAGES
        }
        return cls(
            jobs=jobs,
            stages=stages,
            scheduler=make_scheduler(wiring, workers=stages, listener=listener),
            listener=wiring.listener(jobs.nudge, tell=listener),
            tell=listener,
        )

    @property
    def workers(self) -> tuple[Worker, ...]:
        """All of them."""
        return self.jobs, *self.stages.values()

    async def run(self) -> None:
        """Work until `stop` is called."""
        self.scheduler.start()
        listening = asyncio.create_task(self.listener.run()) if self.listener else None
        try:
            async with self._watched(), asyncio.TaskGroup() as group:
                for worker in self.workers:
                    group.create_task(worker.run())
        finally:
            self.scheduler.shutdown(wait=False)
            if listening is not None:
                listening.cancel()
                await asyncio.wait([listening])

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        """An alarm goes off when work blocks the event loop, and names it."""
        loop = asyncio.get_running_loop()
        with Watchdog(loop, listener=self.tell, named=self._named).watching():
            yield

    def _named(self, task: "asyncio.Task[Any]") -> str | None:
        return next((name for worker in self.workers if (name := worker.named(task))), None)

    def stop(self, *, at_once: bool = False) -> None:
        """Stop claiming; running work has the grace period, or none when `at_once`."""
        for worker in self.workers:
            worker.stop(at_once=at_once)


def _all_queues(wiring: Wiring) -> list[Lane]:
    return [wiring.queue, *(wiring.status_queue(stage.column) for stage in STAGES)]


def _lane(wiring: Wiring, lane: str) -> tuple[Queue, list[AnyWork]]:
    if lane == wiring.queue.lane:
        return wiring.queue, job_works(wiring)
    for stage in STAGES:
        if lane == stage.name:
            return wiring.status_queue(stage.column), [stage.work(wiring)]
    known = sorted([wiring.queue.lane, *(stage.name for stage in STAGES)])
    raise BadInput(f"there is no lane {lane!r}; there are {', '.join(known)}", field="alone")


def job_works(wiring: Wiring) -> list[AnyWork]:
    """Everything that is done as a job."""
    purge = PurgePlaces(wiring.sessions, make_providers(wiring.settings))
    scan = email_scrape(wiring.settings, wiring.requests, _verification(wiring), breaker=wiring.manners.breaker)
    forget = PurgeContacts(wiring.sessions, wiring.settings)
    return [UnlessOptedOut(scan, by_subject), Prune(wiring.pruner()), purge, forget]


def mail_verifier(wiring: Wiring) -> MailVerifier:
    """What knows of domains how they receive mail."""
    servers = [one.strip() for one in wiring.settings.verify_nameservers.split(",") if one.strip()]
    return MailVerifier(wiring.sessions, nameservers=servers)


def _verification(wiring: Wiring) -> ScanVerification:
    settings = wiring.settings
    return ScanVerification(mail_verifier(wiring), usual=settings.verify_on, disposable=own_disposable(settings))
