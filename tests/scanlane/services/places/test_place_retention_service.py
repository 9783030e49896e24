"""What providers said is forgotten in time: content first, coordinates when their own time is over, refs never."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Interval, cast, func, literal, update

from scanlane.clients.places.make import make_providers
from scanlane.crew import job_works
from scanlane.models import LocalBusiness, Place
from scanlane.scheduler_instance import TASKS
from scanlane.services.places.place_retention_service import PurgePlaces, refresh_expired
from scanlane.services.places.places_deep_service import DEEP_SCAN
from scanlane.wiring import Wiring
from tests.conftest import Database
from tests.scanlane.clients.places.fake_google import KEY, FakeGoogle, bakeries, running_google
from tests.scanlane.services.places.settled import TENANT, add_places, all_businesses, all_places, wired_to
from tests.scanlane.stages import running_stage
from worklane import events
from worklane.testing import EventLog


@pytest.fixture
async def google() -> AsyncIterator[FakeGoogle]:
    """A running fake that knows three bakeries."""
    async with running_google(*bakeries(3)) as google:
        yield google


@pytest.fixture
async def wiring(database: Database, tmp_path: Path, google: FakeGoogle) -> AsyncIterator[Wiring]:
    """The application's things, with a key for that fake."""
    async with wired_to(database, tmp_path, places_api_key=KEY, places_base_url=google.url) as wiring:
        yield wiring


async def scanned(wiring: Wiring, *refs: str) -> None:
    """Places that had their deep scan."""
    await add_places(wiring, *refs)
    await scan(wiring, len(refs))


async def scan(wiring: Wiring, rows: int) -> None:
    """Let so many deep scans be done."""
    log = EventLog()
    async with running_stage(wiring, DEEP_SCAN, log) as stage:
        assert await stage.poll() == rows
        await log.saw(events.Settled, times=rows)


async def time_passes(wiring: Wiring, days: float) -> None:
    """Let everything have been fetched so much earlier."""
    span = cast(literal(timedelta(days=days)), Interval)
    async with wiring.sessions.begin() as session:
        for table in (Place, LocalBusiness):
            earlier = {"fetched_at": table.fetched_at - span, "expires_at": table.expires_at - span}
            await session.execute(update(table).values(**earlier))


async def purge(wiring: Wiring, *, batch: int = 2) -> dict[str, int]:
    """Blank what is due."""
    return await PurgePlaces(wiring.sessions, make_providers(wiring.settings), batch=batch).purge()


class TestPurging:
    async def test_nothing_goes_before_its_time(self, wiring: Wiring) -> None:
        await scanned(wiring, "google:ChIJ0000")
        await time_passes(wiring, 0.9)

        assert await purge(wiring) == {"places": 0, "businesses": 0}
        assert (await all_places(wiring))[0].name == "Bakery 0"

    async def test_after_a_day_the_ref_and_the_coordinates_are_left(self, wiring: Wiring) -> None:
        await scanned(wiring, "google:ChIJ0000", "google:ChIJ0001", "google:ChIJ0002")
        await time_passes(wiring, 1.1)

        assert await purge(wiring) == {"places": 3, "businesses": 3}

        place, business = (await all_places(wiring))[0], (await all_businesses(wiring))[0]
        assert (place.ref, place.name, place.address, place.raw) == ("google:ChIJ0000", "google:ChIJ0000", None, {})
        assert (place.category, place.fetched_at, place.expires_at) == (None, None, None)
        assert (business.name, business.raw, business.phones) == ("google:ChIJ0000", {}, [])
        said = (business.address, business.street, business.city, business.phone, business.website, business.rating)
        assert set(said) == {None}
        assert (business.latitude, business.longitude) == (59.9, 5.3)
        assert business.fetched_at is not None
        assert business.expires_at == business.fetched_at + timedelta(days=30)
        assert business.domain_extraction_status is None

    async def test_after_thirty_days_the_coordinates_are_gone_too(self, wiring: Wiring) -> None:
        await scanned(wiring, "google:ChIJ0000")
        await time_passes(wiring, 1.1)
        await purge(wiring)
        assert await purge(wiring) == {"places": 0, "businesses": 0}
        await time_passes(wiring, 29)

        assert await purge(wiring) == {"places": 0, "businesses": 1}

        (business,) = await all_businesses(wiring)
        assert (business.latitude, business.longitude, business.expires_at) == (None, None, None)

    async def test_a_domain_that_was_found_stays_found(self, wiring: Wiring) -> None:
        await scanned(wiring, "google:ChIJ0000")
        async with wiring.sessions.begin() as session:
            await session.execute(update(LocalBusiness).values(domain_extraction_status="Completed"))
        await time_passes(wiring, 40)

        await purge(wiring)

        assert (await all_businesses(wiring))[0].domain_extraction_status == "Completed"

    async def test_what_was_forgotten_can_be_asked_for_again(self, wiring: Wiring) -> None:
        await scanned(wiring, "google:ChIJ0000", "google:ChIJ0001")
        await time_passes(wiring, 40)
        await purge(wiring)

        async with wiring.sessions.begin() as session:
            assert await refresh_expired(session, tenant="somebody-else") == 0
            assert await refresh_expired(session, tenant=TENANT) == 2
            assert await refresh_expired(session, tenant=TENANT) == 0
        await scan(wiring, 2)

        assert [one.name for one in await all_businesses(wiring)] == ["Bakery 0", "Bakery 1"]
        assert [one.name for one in await all_places(wiring)] == ["Bakery 0", "Bakery 1"]
        assert all(one.expires_at for one in await all_places(wiring))

    async def test_places_of_a_file_are_kept(self, wiring: Wiring) -> None:
        await scanned(wiring, "file:harbour-town-01")
        await time_passes(wiring, 4000)

        assert await purge(wiring) == {"places": 0, "businesses": 0}
        assert (await all_businesses(wiring))[0].name == "Harbour Bakery"


class TestTheOperatorsChoice:
    @pytest.mark.parametrize(
        ("keep", "ref", "days"),
        [("forever", "google:ChIJ0000", None), (90, "google:ChIJ0000", 90), (90, "file:harbour-town-01", 90)],
    )
    async def test_another_time_may_be_set(
        self, database: Database, tmp_path: Path, google: FakeGoogle, keep: object, ref: str, days: int | None
    ) -> None:
        settings = {"places_api_key": KEY, "places_base_url": google.url, "places_keep": keep}
        async with wired_to(database, tmp_path, **settings) as wiring:
            await scanned(wiring, ref)
            (business,) = await all_businesses(wiring)
            assert business.fetched_at is not None
            expected = None if days is None else business.fetched_at + timedelta(days=days)
            assert business.expires_at == expected

            await time_passes(wiring, 100)
            await purge(wiring)

            (business,) = await all_businesses(wiring)
            assert (business.latitude is None) is (days is not None)


class TestTheTask:
    async def test_it_is_scheduled_and_known_to_the_workers(self, wiring: Wiring) -> None:
        assert PurgePlaces.kind in {task.kind for task in TASKS}
        assert PurgePlaces.kind in {work.kind for work in job_works(wiring)}

    async def test_the_database_says_when_time_is_over(self, wiring: Wiring) -> None:
        await scanned(wiring, "google:ChIJ0000")
        async with wiring.sessions.begin() as session:
            await session.execute(update(Place).values(expires_at=func.worklane_now()))

        assert (await purge(wiring))["places"] == 1
