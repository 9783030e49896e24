"""Who works here: the workers of this installation, and what they can do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from scanlane.clients.address_guard import AddressGuard, parse_networks
from scanlane.clients.website import WebsiteClient
from scanlane.errors import BadInput
from scanlane.scheduler_instance import make_scheduler
from scanlane.services.places.places_deep_service import DEEP_SCANS, DeepScan
from scanlane.services.website_crawl import Fetch
from scanlane.settings import Settings
from scanlane.tasks.email_scraper import EmailScrape, Fetching, ScanOptions
from scanlane.wiring import Wiring, in_words
from worklane import events
from worklane.executor import AnyWork, Executor
from worklane.heartbeat import Heartbeat
from worklane.poller import Scheduler
from worklane.postgres.listener import Listener
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


def deep_scans(wiring: Wiring) -> StatusQueue:
    """The queue of places that wait for their deep scan."""
    return wiring.status_queue(DEEP_SCANS)


def make_deep_scanner(
    wiring: Wiring, queue: StatusQueue, heartbeat: Heartbeat, *, listener: events.Listener = events.to_log
) -> Worker:
    """A worker for deep scans. It starts on what the scheduled poll finds, and on what it is handed."""
    executor = Executor(queue, [DeepScan()], listener=listener, persistence=wiring.persistence(), describe=in_words)
    options = wiring.worker_options(polls=False, concurrency=wiring.settings.deep_scan_batch, lane=queue.lane)
    return Worker(queue, executor, heartbeat, options=options, listener=listener)


def make_quarantined(wiring: Wiring, lane: str, *, listener: events.Listener) -> Worker:
    """A worker that runs the suspects of one lane alone, in a process of its own."""
    places = deep_scans(wiring)
    queues: dict[str, tuple[Queue, list[AnyWork]]] = {
        wiring.queue.lane: (wiring.queue, job_works(wiring)),
        places.lane: (places, [DeepScan()]),
    }
    if lane not in queues:
        raise BadInput(f"there is no lane {lane!r}; there are {', '.join(sorted(queues))}", field="alone")
    queue, works = queues[lane]
    executor = Executor(queue, works, listener=listener, persistence=wiring.persistence(), describe=in_words)
    options = WorkerOptions(
        alone=True, poll_every=timedelta(seconds=0.25), grace=timedelta(seconds=wiring.settings.grace_seconds)
    )
    heartbeat = Heartbeat(wiring.pulse(wiring.queue, places))
    return Worker(queue, executor, heartbeat, options=options, listener=listener)


@dataclass(slots=True)
class Crew:
    """All workers of one process, and the scheduler that polls for them."""

    jobs: Worker
    deep_scanner: Worker
    scheduler: Scheduler
    listener: Listener | None
    tell: events.Listener = events.to_log

    @classmethod
    def of(cls, wiring: Wiring, *, concurrency: int | None = None, listener: events.Listener) -> Self:
        """The crew of this process, not yet at work."""
        places = deep_scans(wiring)
        heartbeat = wiring.heartbeat(wiring.queue, places)
        jobs = make_worker(wiring, heartbeat, concurrency=concurrency, listener=listener)
        deep_scanner = make_deep_scanner(wiring, places, heartbeat, listener=listener)
        return cls(
            jobs=jobs,
            deep_scanner=deep_scanner,
            scheduler=make_scheduler(wiring, deep_scans=deep_scanner, listener=listener),
            listener=wiring.listener(jobs.nudge, tell=listener),
            tell=listener,
        )

    async def run(self) -> None:
        """Work until `stop` is called."""
        self.scheduler.start()
        listening = asyncio.create_task(self.listener.run()) if self.listener else None
        try:
            async with self._watched(), asyncio.TaskGroup() as group:
                group.create_task(self.jobs.run())
                group.create_task(self.deep_scanner.run())
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
        return self.jobs.named(task) or self.deep_scanner.named(task)

    def stop(self, *, at_once: bool = False) -> None:
        """Stop claiming; running work has the grace period, or none when `at_once`."""
        self.jobs.stop(at_once=at_once)
        self.deep_scanner.stop(at_once=at_once)


def job_works(wiring: Wiring) -> list[AnyWork]:
    """Everything that is done as a job."""
    return [email_scrape(wiring.settings), Prune(wiring.pruner())]


def email_scrape(settings: Settings) -> EmailScrape:
    """The work of scanning websites, over the real network."""
    timeout = timedelta(seconds=settings.scan_timeout_seconds)
    return EmailScrape(
        _fetching(settings), agent=product_token(settings.user_agent), max_pages=settings.max_pages, timeout=timeout
    )


def product_token(user_agent: str) -> str:
    """The name by which robots.txt knows us: the letters before the first slash (RFC 9309, section 2.2.1)."""
    return user_agent.partition("/")[0].strip().lower() or "scanlane"


def _fetching(settings: Settings) -> Fetching:
    @asynccontextmanager
    async def fetching(options: ScanOptions) -> AsyncIterator[Fetch]:
        allowed = ",".join([settings.allow_networks, *options.allow_networks])
        guard = AddressGuard(parse_networks(allowed))
        async with WebsiteClient(guard, user_agent=settings.user_agent) as client:
            yield client.fetch

    return fetching
