"""The second stage over the network: what a provider says of a place becomes a business, or an error, or a pause."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Table, func, select, update

from scanlane.models import LocalBusiness, Place, StatusClaim
from scanlane.services.places.places_deep_service import DEEP_SCAN
from scanlane.services.suppression import Asked, suppress
from scanlane.wiring import Wiring
from tests.conftest import Database
from tests.scanlane.clients.places.fake_google import KEY, FakeGoogle, failure, place, running_google
from tests.scanlane.clients.places.fake_overpass import element, running_overpass
from tests.scanlane.services.places.settled import (
    add_places,
    all_businesses,
    all_places,
    the_pause,
    the_place,
    wired_to,
)
from tests.scanlane.stages import running_stage
from worklane import events
from worklane.lifecycle import Status
from worklane.postgres.status_requeue import forget_claims
from worklane.testing import EventLog

HARBOUR = place("ChIJharbour", "Harbour Bakery")


@pytest.fixture
async def google() -> AsyncIterator[FakeGoogle]:
    """A running fake that knows one bakery."""
    async with running_google(HARBOUR) as google:
        yield google


@pytest.fixture
async def wiring(database: Database, tmp_path: Path, google: FakeGoogle) -> AsyncIterator[Wiring]:
    """The application's things, with a key for that fake."""
    async with wired_to(database, tmp_path, places_api_key=KEY, places_base_url=google.url) as wiring:
        yield wiring


@pytest.fixture
def log() -> EventLog:
    """What the worker says."""
    return EventLog()


async def scan(wiring: Wiring, rows: int = 1) -> list[events.Settled]:
    """Poll once; answer how the rows were settled."""
    log = EventLog()
    async with running_stage(wiring, DEEP_SCAN, log) as stage:
        assert await stage.poll() == rows
        await log.saw(events.Settled, times=rows)
    return log.of(events.Settled)


async def queue_again(wiring: Wiring) -> None:
    """Ask for every deep scan once more."""
    async with wiring.sessions.begin() as session:
        await session.execute(update(Place).values(deep_scan_status="Queued"))


async def extraction(wiring: Wiring, status: str | None) -> None:
    """Let the extraction of every domain stand so."""
    async with wiring.sessions.begin() as session:
        said = {
            "domain_extraction_status": status,
            "domain_extraction_error": "no domain" if status == "Error" else None,
        }
        await session.execute(update(LocalBusiness).values(**said))


class TestABusiness:
    async def test_everything_that_the_provider_says_is_saved(self, wiring: Wiring) -> None:
        (place_id,) = await add_places(wiring, "google:ChIJharbour")

        await scan(wiring)

        (business,) = await all_businesses(wiring)
        scanned = await the_place(wiring, place_id)
        assert (scanned.deep_scan_status, scanned.name, scanned.category) == ("Completed", "Harbour Bakery", "bakery")
        assert (business.place_id, business.tenant, business.name) == (place_id, "harbour", "Harbour Bakery")
        assert (business.street, business.postcode, business.city) == ("4 Quay Street", "1040", "Northhaven")
        assert (business.region, business.country, business.category) == ("North Shore", "EX", "bakery")
        assert (business.latitude, business.longitude) == (59.9, 5.3)
        assert (business.phone, business.phones) == ("+1 202-555-0123", ["+1 202-555-0123"])
        assert business.website == "https://chijharbour.example/"
        assert business.opening_hours == ["Monday: 7:00 AM - 5:00 PM", "Sunday: Closed"]
        assert (business.rating, business.rating_count) == (4.5, 27)
        assert business.raw["googleMapsUri"] == "https://maps.example/?cid=ChIJharbour"
        assert business.domain_extraction_status == "Queued"
        for one in (business, scanned):
            assert one.fetched_at is not None
            assert one.expires_at == one.fetched_at + timedelta(days=1)

    @pytest.mark.parametrize(("tenant", "phones"), [("harbour", []), ("other", ["+1 202-555-0123"])])
    async def test_a_suppressed_number_is_left_out_with_the_answer_that_holds_it(
        self, wiring: Wiring, tenant: str, phones: list[str]
    ) -> None:
        await add_places(wiring, "google:ChIJharbour")
        await suppress(wiring.sessions, ["+12025550123"], Asked(tenant=tenant, by="tester"))

        await scan(wiring)

        (business,) = await all_businesses(wiring)
        assert business.phones == phones
        assert business.phone == (phones[0] if phones else None)
        assert bool(business.raw) == bool(phones)
        assert business.name == "Harbour Bakery"

    async def test_one_without_a_website_waits_for_nothing(self, wiring: Wiring, google: FakeGoogle) -> None:
        google.places["ChIJharbour"] = place("ChIJharbour", "Harbour Bakery", websiteUri=None)
        await add_places(wiring, "google:ChIJharbour")

        await scan(wiring)

        (business,) = await all_businesses(wiring)
        assert (business.website, business.domain_extraction_status) == (None, None)

    @pytest.mark.parametrize(
        ("before", "same_website", "after"),
        [
            ("Completed", True, "Completed"),
            ("Completed", False, "Queued"),
            ("Error", True, "Queued"),
            (None, True, "Queued"),
            ("Processing", False, "Processing"),
            ("Queued", True, "Queued"),
        ],
    )
    async def test_a_second_scan_queues_the_domain_only_where_there_is_a_new_one(
        self, wiring: Wiring, google: FakeGoogle, before: str | None, same_website: bool, after: str
    ) -> None:
        await add_places(wiring, "google:ChIJharbour")
        await scan(wiring)
        await extraction(wiring, before)
        if not same_website:
            google.places["ChIJharbour"] = place("ChIJharbour", "Harbour Bakery", websiteUri="https://other.example")
        await queue_again(wiring)

        await scan(wiring)

        (business,) = await all_businesses(wiring)
        assert (business.domain_extraction_status, business.domain_extraction_error) == (after, None)

    async def test_a_website_that_is_gone_queues_nothing(self, wiring: Wiring, google: FakeGoogle) -> None:
        await add_places(wiring, "google:ChIJharbour")
        await scan(wiring)
        await extraction(wiring, "Completed")
        google.places["ChIJharbour"] = place("ChIJharbour", "Harbour Bakery", websiteUri=None)
        await queue_again(wiring)

        await scan(wiring)

        (business,) = await all_businesses(wiring)
        assert (business.website, business.domain_extraction_status) == (None, "Completed")

    async def test_the_provider_is_the_one_that_the_ref_names(self, database: Database, tmp_path: Path) -> None:
        async with running_overpass(element("node", 7, "Hill Bread", shop="bakery", website="hill.example")) as osm:
            settings = {"places_provider": "osm", "places_base_url": f"{osm.url}/api"}
            async with wired_to(database, tmp_path, **settings) as wiring:
                await add_places(wiring, "osm:node/7")
                await scan(wiring)
                (business,) = await all_businesses(wiring)

        assert (business.name, business.website, business.expires_at) == ("Hill Bread", "hill.example", None)


class TestMovedPlaces:
    async def test_a_moved_place_is_followed_and_renamed(self, wiring: Wiring, google: FakeGoogle) -> None:
        google.places["ChIJharbour"] = HARBOUR | {"movedPlaceId": "ChIJnew"}
        google.places["ChIJnew"] = place("ChIJnew", "Harbour Bakery at the Quay")
        (place_id,) = await add_places(wiring, "google:ChIJharbour")

        await scan(wiring)

        (business,) = await all_businesses(wiring)
        moved = await the_place(wiring, place_id)
        assert (moved.ref, moved.deep_scan_status) == ("google:ChIJnew", "Completed")
        assert (business.place_id, business.name) == (place_id, "Harbour Bakery at the Quay")

    async def test_one_that_moves_on_and_on_is_an_error(self, wiring: Wiring, google: FakeGoogle) -> None:
        google.places["ChIJharbour"] = HARBOUR | {"movedPlaceId": "ChIJnew"}
        google.places["ChIJnew"] = place("ChIJnew", "Harbour Bakery", movedPlaceId="ChIJharbour")
        (place_id,) = await add_places(wiring, "google:ChIJharbour")

        await scan(wiring)

        moved = await the_place(wiring, place_id)
        assert moved.deep_scan_error == "google:ChIJnew has moved to google:ChIJharbour"
        assert (moved.ref, len(google.seen)) == ("google:ChIJharbour", 2)

    async def test_one_that_is_known_at_its_new_place_makes_no_second_business(
        self, wiring: Wiring, google: FakeGoogle
    ) -> None:
        google.places["ChIJnew"] = place("ChIJnew", "Harbour Bakery at the Quay")
        old, new = await add_places(wiring, "google:ChIJharbour", "google:ChIJnew")
        await scan(wiring, 2)
        google.places["ChIJharbour"] = HARBOUR | {"movedPlaceId": "ChIJnew"}
        await queue_again(wiring)

        await scan(wiring, 2)

        (business,) = await all_businesses(wiring)
        assert business.place_id == new
        assert [(await the_place(wiring, one)).ref for one in (old, new)] == ["google:ChIJharbour", "google:ChIJnew"]


class TestFailures:
    async def test_a_place_that_is_unknown_is_an_error(self, wiring: Wiring, google: FakeGoogle) -> None:
        gone, odd, strange = await add_places(wiring, "google:ChIJgone", "google:ChIJ odd", "atlas:7")

        await scan(wiring, 3)

        assert (await the_place(wiring, gone)).deep_scan_error == (
            "Google knows no such place: The Place ID is no longer valid. Please refresh cached Place IDs"
        )
        assert "does not name a place" in ((await the_place(wiring, odd)).deep_scan_error or "")
        assert "no provider 'atlas'" in ((await the_place(wiring, strange)).deep_scan_error or "")
        assert {one.deep_scan_status for one in await all_places(wiring)} == {"Error"}
        assert len(google.seen) == 1

    async def test_a_refused_key_pauses_the_queue_and_fails_nothing(
        self, wiring: Wiring, google: FakeGoogle, log: EventLog
    ) -> None:
        google.failures += [failure(403, "PERMISSION_DENIED", "Places API is disabled") for _ in range(10)]
        await add_places(wiring, *(f"google:ChIJ{number}" for number in range(25)))

        async with running_stage(wiring, DEEP_SCAN, log) as stage:
            assert await stage.poll() == 10
            await log.saw(events.Settled, times=10)
            assert await stage.poll() == 0

        pause = await the_pause(wiring, DEEP_SCAN)
        assert pause is not None
        assert (pause.until, pause.reason) == (None, "Google refuses the key: Places API is disabled")
        assert {one.deep_scan_status for one in await all_places(wiring)} == {"Queued"}
        async with wiring.sessions() as session:
            assert set(await session.scalars(select(StatusClaim.attempt))) == {0}

    async def test_a_used_up_quota_pauses_the_queue_for_its_time(self, wiring: Wiring, google: FakeGoogle) -> None:
        google.failures.append(failure(429, "RESOURCE_EXHAUSTED", "Quota exceeded", retryDelay="42s"))
        (place_id,) = await add_places(wiring, "google:ChIJharbour")

        (settled,) = await scan(wiring)

        pause = await the_pause(wiring, DEEP_SCAN)
        assert settled.status is Status.PENDING
        assert pause is not None
        assert pause.until is not None
        assert pause.until - pause.paused_at == timedelta(seconds=42)
        assert (await the_place(wiring, place_id)).deep_scan_status == "Queued"
        async with wiring.sessions() as session:
            assert set(await session.scalars(select(StatusClaim.attempt))) == {0}

    async def test_a_passing_failure_is_tried_again_and_uses_an_attempt(
        self, wiring: Wiring, google: FakeGoogle
    ) -> None:
        google.failures.append(failure(500, "INTERNAL", "oh"))
        (place_id,) = await add_places(wiring, "google:ChIJharbour")

        (settled,) = await scan(wiring)

        assert settled.status is Status.PENDING
        async with wiring.sessions.begin() as session:
            assert set(await session.scalars(select(StatusClaim.attempt))) == {1}
            await session.execute(update(StatusClaim).values(run_after=func.worklane_now()))
        await scan(wiring)
        assert (await the_place(wiring, place_id)).deep_scan_status == "Completed"

    async def test_a_claim_that_is_lost_writes_nothing(self, wiring: Wiring, google: FakeGoogle, log: EventLog) -> None:
        google.gate.clear()
        (place_id,) = await add_places(wiring, "google:ChIJharbour")

        async with running_stage(wiring, DEEP_SCAN, log) as stage:
            await stage.poll()
            await google.saw(1)
            async with wiring.sessions.begin() as session:
                await forget_claims(session, DEEP_SCAN, [place_id], claims=cast(Table, StatusClaim.__table__))
                await session.execute(update(Place).values(deep_scan_status="Queued"))
            google.gate.set()
            await log.saw(events.Lost)

        scanned = await the_place(wiring, place_id)
        assert (scanned.deep_scan_status, scanned.name, scanned.fetched_at) == ("Queued", "google:ChIJharbour", None)
        assert await all_businesses(wiring) == []

    async def test_a_lost_claim_pauses_nothing(self, wiring: Wiring, google: FakeGoogle, log: EventLog) -> None:
        google.key = "another"
        google.gate.clear()
        (place_id,) = await add_places(wiring, "google:ChIJharbour")

        async with running_stage(wiring, DEEP_SCAN, log) as stage:
            await stage.poll()
            await google.saw(1)
            async with wiring.sessions.begin() as session:
                await forget_claims(session, DEEP_SCAN, [place_id], claims=cast(Table, StatusClaim.__table__))
            google.gate.set()
            await log.saw(events.Lost)

        assert await the_pause(wiring, DEEP_SCAN) is None
