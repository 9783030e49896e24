"""The specification's second flow: places whose status column says Queued are claimed, processed, and settled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from scanlane.crew import deep_scans, make_deep_scanner
from scanlane.models import LocalBusiness, Place
from scanlane.scheduler_instance import make_scheduler
from scanlane.services.places.places_deep_service import process_single_deep_scan
from scanlane.services.sitemap_scheduler import process_pending_jobs
from scanlane.settings import read_settings
from scanlane.stores import places
from scanlane.wiring import Wiring, connected
from tests.conftest import Database
from worklane import events
from worklane.testing import EventLog
from worklane.worker import Worker

TENANT = "harbour"


@pytest.fixture
async def wiring(database: Database, tmp_path: Path) -> AsyncIterator[Wiring]:
    """The application's things over the test's own database."""
    settings = read_settings(data_dir=tmp_path, database_url=database.url, deep_scan_every_seconds=0.2)
    async with connected(settings, database.url, migrate=False) as wiring:
        yield wiring


@pytest.fixture
def log() -> EventLog:
    """What the scanners say."""
    return EventLog()


@asynccontextmanager
async def scanning(wiring: Wiring, log: EventLog) -> AsyncIterator[Worker]:
    """A running deep scanner."""
    queue = deep_scans(wiring)
    scanner = make_deep_scanner(wiring, queue, wiring.heartbeat(queue), listener=log)
    running = asyncio.create_task(scanner.run())
    await scanner.ready()
    try:
        yield scanner
    finally:
        scanner.stop()
        await running


async def queued(wiring: Wiring, *raws: dict[str, str]) -> list[UUID]:
    """Places that wait for their deep scan."""
    async with wiring.sessions.begin() as session:
        ids = [
            await places.stage_place(
                session, tenant=TENANT, ref=f"file:{number}", name=f"place {number}", raw=dict(raw)
            )
            for number, raw in enumerate(raws)
        ]
        await places.queue_deep_scans(session, ids, tenant=TENANT)
    return ids


async def status(wiring: Wiring, place_id: UUID) -> tuple[str | None, str | None]:
    """The place's status and error."""
    async with wiring.sessions() as session:
        place = await session.get_one(Place, place_id)
    return place.deep_scan_status, place.deep_scan_error


class TestProcessPendingJobs:
    async def test_a_queued_place_becomes_completed_and_a_business(self, wiring: Wiring, log: EventLog) -> None:
        (place_id,) = await queued(wiring, {"name": "Harbour Bakery", "website": "https://harbour-bakery.example"})

        async with scanning(wiring, log) as scanner:
            assert await process_pending_jobs(scanner) == 1
            await log.saw(events.Settled)

        async with wiring.sessions() as session:
            business = (await session.scalars(select(LocalBusiness))).one()
        assert await status(wiring, place_id) == ("Completed", None)
        assert (business.name, business.website) == ("Harbour Bakery", "https://harbour-bakery.example")

    async def test_a_place_without_a_name_becomes_an_error_with_the_message(
        self, wiring: Wiring, log: EventLog
    ) -> None:
        (place_id,) = await queued(wiring, {"website": "https://harbour-bakery.example"})

        async with scanning(wiring, log) as scanner:
            await process_pending_jobs(scanner)
            await log.saw(events.Settled)

        assert await status(wiring, place_id) == ("Error", "the place has no name")

    async def test_a_place_shows_processing_while_it_is_claimed(self, wiring: Wiring) -> None:
        (place_id,) = await queued(wiring, {"name": "Harbour Bakery"})
        queue, pulse, worker = deep_scans(wiring), wiring.pulse(), uuid4()
        await pulse.register(worker, "tests")

        (claim,) = await queue.claim(worker, kinds=["deep_scan"], limit=5)
        shown = await status(wiring, place_id)
        await queue.hand_back([claim])
        await pulse.close()

        assert shown == ("Processing", None)
        assert await status(wiring, place_id) == ("Queued", None)

    async def test_two_scanners_never_get_the_same_place(self, wiring: Wiring) -> None:
        one, other = EventLog(), EventLog()
        await queued(wiring, *({"name": f"bakery {number}"} for number in range(40)))

        async with scanning(wiring, one) as first, scanning(wiring, other) as second:
            for _ in range(100):
                taken = await process_pending_jobs(first) + await process_pending_jobs(second)
                if not taken and not first.running and not second.running:
                    break
                await asyncio.sleep(0.01)

        rows = [event.row for event in [*one.heard, *other.heard] if isinstance(event, events.Claimed)]
        assert len(rows) == len(set(rows)) == 40


class TestProcessSingleDeepScan:
    async def test_one_place_is_started_at_once(self, wiring: Wiring, log: EventLog) -> None:
        place_id, other = await queued(wiring, {"name": "Harbour Bakery"}, {"name": "Hill Bakery"})

        async with scanning(wiring, log) as scanner:
            assert await process_single_deep_scan(place_id, worker=scanner)
            await log.saw(events.Settled)

        assert (await status(wiring, place_id))[0] == "Completed"
        assert (await status(wiring, other))[0] == "Queued"


class TestTheScheduler:
    async def test_a_tick_finds_what_waits(self, wiring: Wiring, log: EventLog) -> None:
        (place_id,) = await queued(wiring, {"name": "Harbour Bakery"})

        async with scanning(wiring, log) as scanner:
            scheduler = make_scheduler(wiring, deep_scans=scanner)
            scheduler.start()
            await log.saw(events.Settled)
            scheduler.shutdown(wait=False)

        assert (await status(wiring, place_id))[0] == "Completed"
