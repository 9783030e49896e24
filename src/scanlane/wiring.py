"""The one place where concrete things are made and closed: database, queue, clients."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

import asyncpg
from sqlalchemy import Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from scanlane.errors import AppError
from scanlane.models import ClaimBatch, Job, PeriodicSlot, StatusClaim, WorkerRow
from scanlane.services.fetching import RequestCount
from scanlane.services.host_breaker import HostBreaker
from scanlane.services.host_gate import HostGate
from scanlane.services.jobs import ORDER
from scanlane.services.site_access import Manners
from scanlane.session import migration
from scanlane.session.async_session import (
    DatabaseOptions,
    connect,
    make_engine,
    make_lines,
    make_sessions,
    passes_by_itself,
)
from scanlane.session.embedded import EmbeddedPostgres, find_binaries
from scanlane.settings import Settings
from worklane import events
from worklane.executor import Persistence
from worklane.heartbeat import Heartbeat
from worklane.nursery import Nursery
from worklane.periodic import Periodic
from worklane.postgres.job_queue import JobQueue
from worklane.postgres.listener import Listener
from worklane.postgres.periodic_ticker import PeriodicTicker
from worklane.postgres.pulse import Lane, PostgresPulse
from worklane.postgres.records import RawLines
from worklane.postgres.retention import Pruner, Retention
from worklane.postgres.status_column import StatusColumn
from worklane.postgres.status_queue import StatusQueue
from worklane.quarantine import in_a_process
from worklane.worker import WorkerOptions

LOOK_AFTER_SERVER_EVERY = 2.0
LONGEST_FIRST_ANSWER = 15.0

log = logging.getLogger("scanlane")

JOBS = cast(Table, Job.__table__)
CLAIMS = cast(Table, StatusClaim.__table__)
WORKERS = cast(Table, WorkerRow.__table__)
BATCHES = cast(Table, ClaimBatch.__table__)
SLOTS = cast(Table, PeriodicSlot.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """Everything concrete that the application needs, ready for use."""

    settings: Settings
    options: DatabaseOptions
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    records: RawLines
    queue: JobQueue
    manners: Manners = field(default_factory=Manners)
    nursery: Nursery | None = None
    requests: RequestCount = field(default_factory=RequestCount)

    def heartbeat(self, *lanes: Lane) -> Heartbeat:
        """The sign of life of this process for all its lanes, on a connection of its own."""
        return Heartbeat(self.pulse(*lanes))

    def pulse(self, *lanes: Lane) -> PostgresPulse:
        """Where this process beats, and what it holds in these lanes."""
        return PostgresPulse(workers=WORKERS, lanes=lanes, connect=lambda: connect(self.options))

    def status_queue(self, column: StatusColumn) -> StatusQueue:
        """The queue that a status column is."""
        return StatusQueue(column, claims=CLAIMS, workers=WORKERS, records=self.records, sessions=self.sessions)

    def listener(self, on_call: Callable[[], None], *, tell: events.Listener) -> Listener | None:
        """Wake-up calls, where the way to the database lets them through: a transaction pooler does not."""
        if self.options.pooled_elsewhere:
            return None
        return Listener(lambda: connect(self.options), on_call, listener=tell)

    def ticker(self, task: Periodic, *, listener: events.Listener) -> PeriodicTicker:
        """What takes the slots of a periodic task, in as many processes as there are."""
        return PeriodicTicker(task, queue=self.queue, slots=SLOTS, sessions=self.sessions, listener=listener)

    def pruner(self) -> Pruner:
        """What deletes jobs that were kept long enough. Pages and sightings go with their job: a few at a time."""
        days = self.settings.keep_jobs_days
        age = None if days is None else timedelta(days=days)
        retention = Retention(done=age, failed=age, cancelled=age)
        return Pruner(jobs=JOBS, slots=SLOTS, records=self.records, retention=retention, batch=50)

    def persistence(self) -> Persistence:
        """How long writes are insisted on while the database is away."""
        return Persistence(passing=passes_by_itself)

    def worker_options(self, *, lane: str, polls: bool = True, concurrency: int | None = None) -> WorkerOptions:
        """How workers of this installation behave."""
        alone = in_a_process([sys.executable, "-m", "scanlane", "work", "--alone", lane])
        return WorkerOptions(
            polls=polls,
            concurrency=concurrency or self.settings.concurrency,
            grace=timedelta(seconds=self.settings.grace_seconds),
            quarantine=self.nursery.quarantine(lane, otherwise=alone) if self.nursery else alone,
        )


class DatabaseUnreachable(AppError):
    """The database cannot be reached."""

    status = 503


async def _reach(engine: AsyncEngine) -> None:
    try:
        async with asyncio.timeout(LONGEST_FIRST_ANSWER), engine.connect() as connection:
            await connection.execute(text("select 1"))
    except (OSError, ValueError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        place = engine.url.render_as_string(hide_password=True).partition("?")[0]
        reason = str(cause).partition("\n")[0] or type(cause).__name__
        raise DatabaseUnreachable(f"the database at {place} cannot be reached: {reason}") from error


def in_words(error: BaseException) -> str:
    """What a job's owner may read about an unexpected error: no statement, no value, no address of a manual."""
    if isinstance(error, AppError):
        return error.message
    if isinstance(error, DBAPIError):
        return f"the database refused what was found ({type(error.orig).__name__})"
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


@asynccontextmanager
async def wired(settings: Settings, *, migrate: bool = True, nursery: Nursery | None = None) -> AsyncIterator[Wiring]:
    """Reach the database, bring its schema up to date, and close everything afterwards."""
    if settings.database_url:
        async with connected(settings, settings.database_url, migrate=migrate, nursery=nursery) as wiring:
            yield wiring
        return
    async with _embedded(settings) as url, connected(settings, url, migrate=migrate, nursery=nursery) as wiring:
        yield wiring


@asynccontextmanager
async def _embedded(settings: Settings) -> AsyncIterator[str]:
    embedded = EmbeddedPostgres(settings.data_dir, binaries=find_binaries(settings.postgres_bin))
    try:
        url = (await asyncio.to_thread(embedded.start)).url
        reviving = asyncio.create_task(_revive(embedded))
        try:
            yield url
        finally:
            reviving.cancel()
    finally:
        await asyncio.to_thread(embedded.close)


async def _revive(embedded: EmbeddedPostgres) -> None:
    """Start the embedded server again whenever it is gone; requests and workers heal by themselves then."""
    while True:
        await asyncio.sleep(LOOK_AFTER_SERVER_EVERY)
        if await asyncio.to_thread(embedded.ping):
            continue
        log.warning("the embedded PostgreSQL does not answer; starting it again")
        try:
            await asyncio.to_thread(embedded.start)
        except (AppError, OSError) as error:
            log.error("the embedded PostgreSQL cannot be started: %s", error)


@asynccontextmanager
async def connected(
    settings: Settings, url: str, *, migrate: bool, nursery: Nursery | None = None
) -> AsyncIterator[Wiring]:
    """The same over a database that is running already."""
    options = DatabaseOptions(url=url, pooled_elsewhere=settings.database_pooler == "transaction")
    engine = make_engine(options)
    records = make_lines(options)
    try:
        await _reach(engine)
        if migrate:
            await migration.upgrade(engine)
        sessions = make_sessions(engine)
        queue = JobQueue(jobs=JOBS, workers=WORKERS, batches=BATCHES, records=records, sessions=sessions, order=ORDER)
        breaker = HostBreaker(sessions)
        yield Wiring(
            settings=settings,
            options=options,
            engine=engine,
            sessions=sessions,
            records=records,
            queue=queue,
            manners=Manners(gate=HostGate(breaker=breaker), breaker=breaker),
            nursery=nursery,
        )
    finally:
        await records.close()
        await engine.dispose()
