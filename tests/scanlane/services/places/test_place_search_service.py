"""The first stage: searches that wait are paged through, each page staged together with where the next one begins."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest
from sqlalchemy import Table, func, select, update

from scanlane.models import Place, PlaceSearch, StatusClaim
from scanlane.services.places.place_search_service import PLACE_SEARCH
from scanlane.wiring import Wiring
from tests.conftest import Database
from tests.scanlane.clients.places.fake_google import KEY, FakeGoogle, bakeries, failure, place, running_google
from tests.scanlane.services.places.settled import (
    TENANT,
    add_search,
    all_places,
    the_pause,
    the_search,
    wired_to,
)
from tests.scanlane.stages import running_stage
from worklane import events
from worklane.lifecycle import Status
from worklane.postgres.status_requeue import forget_claims
from worklane.testing import EventLog


@pytest.fixture
async def google() -> AsyncIterator[FakeGoogle]:
    """A running fake that knows 45 bakeries: three pages of them."""
    async with running_google(*bakeries(45)) as google:
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


async def settled(wiring: Wiring, log: EventLog) -> events.Settled:
    """Poll once; answer how the one row was settled."""
    async with running_stage(wiring, PLACE_SEARCH, log) as stage:
        assert await stage.poll() == 1
        return await log.saw(events.Settled)


async def make_due(wiring: Wiring) -> None:
    """Let rows that were put back for a while be due now, and end every pause."""
    from scanlane.models import QueuePause

    async with wiring.sessions.begin() as session:
        await session.execute(update(StatusClaim).values(run_after=func.worklane_now()))
        await session.execute(update(QueuePause).values(until=func.worklane_now()))


class TestASearch:
    async def test_every_page_is_staged_and_counted(self, wiring: Wiring, log: EventLog, google: FakeGoogle) -> None:
        search_id = await add_search(wiring, "bakery")

        await settled(wiring, log)

        search, staged = await the_search(wiring, search_id), await all_places(wiring)
        assert (search.status, search.error, search.found, search.cursor) == ("Completed", None, 45, None)
        assert [one.ref for one in staged] == [f"google:{one}" for one in google.places]
        assert {(one.tenant, one.search_id, one.category) for one in staged} == {(TENANT, search_id, "bakery")}
        assert staged[0].name == "Bakery 0"
        assert staged[0].address == "4 Quay Street, Northhaven 1040, Exampleland"
        assert staged[0].raw["displayName"] == {"text": "Bakery 0", "languageCode": "en"}
        assert {one.deep_scan_status for one in staged} == {None}
        kept = {one.expires_at - one.fetched_at for one in staged if one.expires_at and one.fetched_at}
        assert kept == {timedelta(days=1)}

    async def test_no_more_are_taken_than_were_asked_for(
        self, wiring: Wiring, log: EventLog, google: FakeGoogle
    ) -> None:
        search_id = await add_search(wiring, "bakery", most=25)

        await settled(wiring, log)

        assert (await the_search(wiring, search_id)).found == len(await all_places(wiring)) == 25
        assert len(google.seen) == 2

    async def test_deep_scans_are_queued_where_they_are_wanted(self, wiring: Wiring, log: EventLog) -> None:
        await add_search(wiring, "bakery", most=5, deep_scan=True)

        await settled(wiring, log)

        assert {one.deep_scan_status for one in await all_places(wiring)} == {"Queued"}

    async def test_a_place_that_had_its_deep_scan_is_not_paid_for_again(self, wiring: Wiring, log: EventLog) -> None:
        await add_search(wiring, "bakery", most=3)
        await settled(wiring, log)
        async with wiring.sessions.begin() as session:
            for ref, status in (("google:ChIJ0000", "Completed"), ("google:ChIJ0001", "Error")):
                await session.execute(update(Place).where(Place.ref == ref).values(deep_scan_status=status))

        await add_search(wiring, "bakery", most=3, deep_scan=True)
        await settled(wiring, EventLog())

        assert [one.deep_scan_status for one in await all_places(wiring)] == ["Completed", "Queued", "Queued"]

    async def test_the_same_place_of_two_searches_is_one_row(self, wiring: Wiring, log: EventLog) -> None:
        await add_search(wiring, "bakery")
        later = await add_search(wiring, "bakery 1")
        await add_search(wiring, "bakery", tenant="hill", most=1)

        async with running_stage(wiring, PLACE_SEARCH, log) as stage:
            for number in range(3):
                await stage.poll(batch=1)
                await log.saw(events.Settled, times=number + 1)

        staged = await all_places(wiring)
        assert len(staged) == 46
        assert (await the_search(wiring, later)).found == 14

    async def test_what_postgresql_refuses_is_staged_without_it(
        self, wiring: Wiring, log: EventLog, google: FakeGoogle
    ) -> None:
        said = {"text": "Bakery \x00 \ud83d", "languageCode": "\x00"}
        google.places = {"ChIJ1": place("ChIJ1", "Bakery", displayName=said, rating=None)}
        await add_search(wiring, "bakery")

        await settled(wiring, log)

        (staged,) = await all_places(wiring)
        assert staged.name.split() == ["Bakery"]

    async def test_without_a_key_the_file_answers(self, database: Database, tmp_path: Path, log: EventLog) -> None:
        async with wired_to(database, tmp_path) as wiring:
            search_id = await add_search(wiring, "bakery", provider="file", area="Harbour Town")
            await settled(wiring, log)

            search, staged = await the_search(wiring, search_id), await all_places(wiring)

        assert search.found == len(staged) == 2
        assert all(one.ref.startswith("file:") and one.expires_at is None for one in staged)


class TestFailures:
    @pytest.mark.parametrize(
        ("said", "error"),
        [
            ({"provider": "maps"}, "there is no provider 'maps'; there are file, google, osm"),
            ({"area": "99,0,100"}, "lat is -90 to 90 degrees and lng -180 to 180"),
            ({"query": "  "}, "a search has 1 to 200 printable characters"),
        ],
    )
    async def test_a_search_that_cannot_be_made_is_an_error(
        self, wiring: Wiring, log: EventLog, said: dict[str, object], error: str
    ) -> None:
        search_id = await add_search(wiring, **{"query": "bakery"} | said)  # type: ignore[arg-type]

        await settled(wiring, log)

        search = await the_search(wiring, search_id)
        assert (search.status, search.error) == ("Error", error)

    async def test_a_bad_request_is_an_error(self, wiring: Wiring, log: EventLog, google: FakeGoogle) -> None:
        google.failures.append(failure(400, "INVALID_ARGUMENT", "Too long."))
        search_id = await add_search(wiring, "bakery")

        await settled(wiring, log)

        search = await the_search(wiring, search_id)
        assert (search.status, search.error) == ("Error", "Google refuses the request: Too long.")

    async def test_a_passing_failure_is_tried_again(self, wiring: Wiring, log: EventLog, google: FakeGoogle) -> None:
        google.failures.append(failure(503, "UNAVAILABLE", "oh"))
        search_id = await add_search(wiring, "bakery")

        assert (await settled(wiring, log)).status is Status.PENDING
        assert (await the_search(wiring, search_id)).error == "Google answers 503: oh"
        await make_due(wiring)
        await settled(wiring, EventLog())

        assert (await the_search(wiring, search_id)).status == "Completed"

    async def test_a_refused_key_pauses_the_queue_and_fails_nothing(
        self, wiring: Wiring, log: EventLog, google: FakeGoogle
    ) -> None:
        google.key = "another"
        searches = [await add_search(wiring, "bakery") for _ in range(3)]

        async with running_stage(wiring, PLACE_SEARCH, log) as stage:
            assert await stage.poll(batch=2) == 2
            await log.saw(events.Settled, times=2)
            assert await stage.poll(batch=2) == 0

        pause = await the_pause(wiring, PLACE_SEARCH)
        assert pause is not None
        assert (pause.until, "API key not valid" in pause.reason) == (None, True)
        assert [(await the_search(wiring, one)).status for one in searches] == ["Queued"] * 3
        async with wiring.sessions() as session:
            assert set(await session.scalars(select(StatusClaim.attempt))) == {0}

    async def test_a_used_up_quota_pauses_the_queue_for_its_time(
        self, wiring: Wiring, log: EventLog, google: FakeGoogle
    ) -> None:
        google.failures.append(failure(429, "RESOURCE_EXHAUSTED", "Quota exceeded", retryDelay="300s"))
        search_id = await add_search(wiring, "bakery")

        assert (await settled(wiring, log)).status is Status.PENDING

        pause = await the_pause(wiring, PLACE_SEARCH)
        assert pause is not None
        assert pause.until is not None
        assert pause.until - pause.paused_at == timedelta(seconds=300)
        await make_due(wiring)
        await settled(wiring, EventLog())
        assert (await the_search(wiring, search_id)).status == "Completed"


class TestInterruptions:
    async def test_a_search_that_is_killed_goes_on_where_it_was(
        self, wiring: Wiring, log: EventLog, google: FakeGoogle
    ) -> None:
        search_id = await add_search(wiring, "bakery")
        await self.killed_after_one_page(wiring, log, google)
        assert (await the_search(wiring, search_id)).found == len(await all_places(wiring)) == 20

        await settled(wiring, EventLog())

        search = await the_search(wiring, search_id)
        assert (search.status, search.found, search.cursor) == ("Completed", 45, None)
        assert len(await all_places(wiring)) == 45
        assert [seen.document.get("pageToken") for seen in google.seen] == [None, "page-1", "page-1", "page-3"]

    async def test_a_cursor_that_is_good_no_more_starts_anew_and_counts_nothing_twice(
        self, wiring: Wiring, log: EventLog, google: FakeGoogle
    ) -> None:
        search_id = await add_search(wiring, "bakery", most=30)
        await self.killed_after_one_page(wiring, log, google)
        google._pages.clear()

        await settled(wiring, EventLog())

        search = await the_search(wiring, search_id)
        assert (search.status, search.found) == ("Completed", 30)
        assert len(await all_places(wiring)) == 30

    async def test_a_search_whose_claim_is_lost_writes_nothing_more(
        self, wiring: Wiring, log: EventLog, google: FakeGoogle
    ) -> None:
        search_id = await add_search(wiring, "bakery")
        google.gate.clear()
        google.free = 1

        async with running_stage(wiring, PLACE_SEARCH, log) as stage:
            await stage.poll()
            await google.saw(2)
            await self.take_away(wiring, search_id)
            google.gate.set()
            await log.saw(events.Lost)

        search = await the_search(wiring, search_id)
        assert (search.status, search.found, search.cursor) == ("Queued", 20, "page-1")
        assert len(await all_places(wiring)) == 20
        assert log.of(events.Settled) == []

    async def test_two_workers_never_get_the_same_search(self, wiring: Wiring, google: FakeGoogle) -> None:
        one, other = EventLog(), EventLog()
        for number in range(20):
            await add_search(wiring, f"bakery {number}", most=1)

        async with (
            running_stage(wiring, PLACE_SEARCH, one) as first,
            running_stage(wiring, PLACE_SEARCH, other) as second,
        ):
            async with asyncio.timeout(20):
                while len([*one.of(events.Settled), *other.of(events.Settled)]) < 20:
                    await asyncio.gather(first.poll(batch=3), second.poll(batch=3))
                    await asyncio.sleep(0.01)

        rows = [event.row for event in [*one.heard, *other.heard] if isinstance(event, events.Claimed)]
        assert len(rows) == len(set(rows)) == len(google.seen) == 20

    async def killed_after_one_page(self, wiring: Wiring, log: EventLog, google: FakeGoogle) -> None:
        """Stop the worker without grace while it waits for the second page."""
        google.gate.clear()
        google.free = 1
        async with running_stage(wiring, PLACE_SEARCH, log) as stage:
            await stage.poll()
            await google.saw(2)
            stage.worker.stop(at_once=True)
        google.gate.set()

    async def take_away(self, wiring: Wiring, search_id: UUID) -> None:
        """What a rescue does with the rows of a worker that is thought to be dead."""
        async with wiring.sessions.begin() as session:
            await forget_claims(session, PLACE_SEARCH, [search_id], claims=cast(Table, StatusClaim.__table__))
            await session.execute(update(PlaceSearch).where(PlaceSearch.id == search_id).values(status="Queued"))
