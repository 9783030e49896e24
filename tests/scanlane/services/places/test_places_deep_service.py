"""The specification's second flow: places whose status column says Queued are claimed, processed, and settled."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from scanlane.models import LocalBusiness, Place
from scanlane.scheduler_instance import make_scheduler
from scanlane.services.places.places_deep_service import DEEP_SCAN, DEEP_SCANS, process_single_deep_scan
from scanlane.settings import read_settings
from scanlane.stores import places
from scanlane.stores.queue_pauses import is_paused, pause_queue, resume_queue
from scanlane.wiring import Wiring, connected
from tests.conftest import Database
from tests.scanlane.stages import running_stage
from worklane import events
from worklane.testing import EventLog

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

        async with running_stage(wiring, DEEP_SCAN, log) as scanner:
            assert await scanner.poll() == 1
            await log.saw(events.Settled)

        async with wiring.sessions() as session:
            business = (await session.scalars(select(LocalBusiness))).one()
        assert await status(wiring, place_id) == ("Completed", None)
        assert (business.name, business.website) == ("Harbour Bakery", "https://harbour-bakery.example")

    async def test_a_place_without_a_name_becomes_an_error_with_the_message(
        self, wiring: Wiring, log: EventLog
    ) -> None:
        (place_id,) = await queued(wiring, {"website": "https://harbour-bakery.example"})

        async with running_stage(wiring, DEEP_SCAN, log) as scanner:
            await scanner.poll()
            await log.saw(events.Settled)

        assert await status(wiring, place_id) == ("Error", "the place has no name")

    async def test_a_place_shows_processing_while_it_is_claimed(self, wiring: Wiring) -> None:
        (place_id,) = await queued(wiring, {"name": "Harbour Bakery"})
        queue, pulse, worker = wiring.status_queue(DEEP_SCANS), wiring.pulse(), uuid4()
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

        async with (
            running_stage(wiring, DEEP_SCAN, one) as first,
            running_stage(wiring, DEEP_SCAN, other) as second,
        ):
            for _ in range(100):
                taken = await first.poll(batch=10) + await second.poll(batch=10)
                if not taken and not first.worker.running and not second.worker.running:
                    break
                await asyncio.sleep(0.01)

        rows = [event.row for event in [*one.heard, *other.heard] if isinstance(event, events.Claimed)]
        assert len(rows) == len(set(rows)) == 40

    async def test_a_paused_queue_is_not_polled_until_it_is_resumed(self, wiring: Wiring, log: EventLog) -> None:
        await queued(wiring, {"name": "Harbour Bakery"})
        async with wiring.sessions.begin() as session:
            await pause_queue(session, DEEP_SCAN, reason="the key was refused")

        async with running_stage(wiring, DEEP_SCAN, log) as scanner:
            assert await scanner.poll() == 0
            async with wiring.sessions.begin() as session:
                assert await resume_queue(session, DEEP_SCAN)
            assert await scanner.poll() == 1

    async def test_a_pause_of_some_time_ends_by_itself_and_does_not_shorten_an_endless_one(
        self, wiring: Wiring
    ) -> None:
        async with wiring.sessions.begin() as session:
            await pause_queue(session, "over", reason="quota", span=timedelta(0))
            await pause_queue(session, "endless", reason="key")
            await pause_queue(session, "endless", reason="quota", span=timedelta(0))

            assert not await is_paused(session, "over")
            assert await is_paused(session, "endless")


class TestProcessSingleDeepScan:
    async def test_one_place_is_started_at_once(self, wiring: Wiring, log: EventLog) -> None:
        place_id, other = await queued(wiring, {"name": "Harbour Bakery"}, {"name": "Hill Bakery"})

        async with running_stage(wiring, DEEP_SCAN, log) as scanner:
            assert await process_single_deep_scan(place_id, worker=scanner.worker)
            await log.saw(events.Settled)

        assert (await status(wiring, place_id))[0] == "Completed"
        assert (await status(wiring, other))[0] == "Queued"


class TestTheScheduler:
    async def test_a_tick_finds_what_waits(self, wiring: Wiring, log: EventLog) -> None:
        (place_id,) = await queued(wiring, {"name": "Harbour Bakery"})

        async with running_stage(wiring, DEEP_SCAN, log) as scanner:
            scheduler = make_scheduler(wiring, workers={DEEP_SCAN: scanner.worker})
            scheduler.start()
            await log.saw(events.Settled)
            scheduler.shutdown(wait=False)

        assert (await status(wiring, place_id))[0] == "Completed"
