"""The server that plays Google, checked with Google's own client: what that understands is the real wire format."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest

from tests.scanlane.clients.places.fake_google import FIELDS, KEY, FakeGoogle, bakeries, failure, place, running_google

# From a year before a Python version's end on, the client's packages warn of it on import.
pytestmark = pytest.mark.filterwarnings(r"ignore:.*Python:FutureWarning:google\.api_core.*")

Answer = TypeVar("Answer")
KEYED = ("x-goog-api-key", KEY)


class Theirs:
    """Google's client, talking to the fake."""

    def __init__(self, google: FakeGoogle) -> None:
        from google.auth.credentials import AnonymousCredentials
        from google.maps import places_v1
        from google.maps.places_v1.services.places.transports import PlacesRestTransport

        transport = PlacesRestTransport(
            host=google.url.removeprefix("http://"), url_scheme="http", credentials=AnonymousCredentials()
        )
        self.messages = places_v1
        self.client = places_v1.PlacesClient(transport=transport)

    async def get(self, place_id: str, *, mask: str | None = "*", key: bool = True) -> object:
        return await _beside(
            lambda: self.client.get_place(
                self.messages.GetPlaceRequest(name=f"places/{place_id}"),
                metadata=_headers(mask, key),
                timeout=5,
                retry=None,
            )
        )

    async def search(self, text: str, *, mask: str | None, key: bool = True) -> object:
        return await _beside(
            lambda: self.client.search_text(
                self.messages.SearchTextRequest(text_query=text), metadata=_headers(mask, key), timeout=5, retry=None
            )
        )


def _headers(mask: str | None, key: bool) -> list[tuple[str, str]]:
    return [*([("x-goog-fieldmask", mask)] if mask else []), *([KEYED] if key else [])]


async def _beside(call: Callable[[], Answer]) -> Answer:
    return await asyncio.to_thread(call)


class TestGetPlace:
    async def test_a_place_is_read_field_by_field(self) -> None:
        async with running_google(place("ChIJ1", "Harbour Bakery")) as google:
            found = await Theirs(google).get("ChIJ1")

        assert found.name == "places/ChIJ1"
        assert found.display_name.text == "Harbour Bakery"
        assert found.website_uri == "https://chij1.example/"
        assert found.international_phone_number == "+1 202-555-0123"
        assert (found.location.latitude, found.location.longitude) == (59.9, 5.3)
        assert (found.rating, found.user_rating_count) == (4.5, 27)
        assert found.business_status.name == "OPERATIONAL"
        assert list(found.regular_opening_hours.weekday_descriptions)[1] == "Sunday: Closed"
        assert found.address_components[4].short_text == "EX"

    async def test_only_masked_fields_are_answered(self) -> None:
        async with running_google(place("ChIJ1", "Harbour Bakery")) as google:
            found = await Theirs(google).get("ChIJ1", mask="id,displayName")

        assert (found.id, found.display_name.text, found.website_uri) == ("ChIJ1", "Harbour Bakery", "")

    async def test_a_moved_place_and_one_without_location(self) -> None:
        moved = place("ChIJ1", "Harbour Bakery", movedPlace="places/ChIJ2", movedPlaceId="ChIJ2")
        roving = place("ChIJ3", "Hill Plumbing", location=None, pureServiceAreaBusiness=True)
        async with running_google(moved, roving) as google:
            theirs = Theirs(google)
            first, second = await theirs.get("ChIJ1"), await theirs.get("ChIJ3")

        assert first.moved_place_id == "ChIJ2"
        assert second.pure_service_area_business
        assert "location" not in second

    async def test_every_known_field_is_one_of_theirs(self) -> None:
        async with running_google() as google:
            descriptor = Theirs(google).messages.Place.pb().DESCRIPTOR

        assert {one.json_name for one in descriptor.fields} >= FIELDS


class TestSearchText:
    async def test_places_are_found(self) -> None:
        async with running_google(*bakeries(3), place("ChIJx", "Hill Dental", types=["dentist"])) as google:
            found = await Theirs(google).search("bakery", mask="places.id,places.displayName")

        assert [one.id for one in found.places] == ["ChIJ0000", "ChIJ0001", "ChIJ0002"]
        assert found.places[0].display_name.text == "Bakery 0"

    async def test_more_than_a_page_is_cut(self) -> None:
        async with running_google(*bakeries(45)) as google:
            found = await Theirs(google).search("bakery", mask="places.id")

        assert len(found.places) == 20


class TestErrors:
    async def test_without_a_key_nobody_is_let_in(self) -> None:
        from google.api_core.exceptions import BadRequest, Forbidden

        async with running_google(place("ChIJ1", "Harbour Bakery")) as google:
            theirs = Theirs(google)
            with pytest.raises(Forbidden, match="unregistered callers"):
                await theirs.get("ChIJ1", key=False)
            google.key = "another"
            with pytest.raises(BadRequest, match="API key not valid") as refused:
                await theirs.get("ChIJ1")

        assert refused.value.reason == "API_KEY_INVALID"

    async def test_a_mask_is_needed_and_names_known_fields(self) -> None:
        from google.api_core.exceptions import BadRequest

        async with running_google(place("ChIJ1", "Harbour Bakery")) as google:
            theirs = Theirs(google)
            with pytest.raises(BadRequest, match="FieldMask is a required parameter"):
                await theirs.get("ChIJ1", mask=None)
            with pytest.raises(BadRequest, match="displayname"):
                await theirs.get("ChIJ1", mask="displayname")
            with pytest.raises(BadRequest, match="displayName"):
                await theirs.search("bakery", mask="displayName")

    async def test_an_unknown_place_a_used_up_quota_and_a_broken_server(self) -> None:
        from google.api_core.exceptions import InternalServerError, NotFound, TooManyRequests

        async with running_google() as google:
            theirs = Theirs(google)
            with pytest.raises(NotFound):
                await theirs.get("ChIJ1")
            google.failures.append(failure(429, "RESOURCE_EXHAUSTED", "Quota exceeded", retryDelay="31s"))
            with pytest.raises(TooManyRequests):
                await theirs.get("ChIJ1")
            google.failures.append(failure(500, "INTERNAL", "An internal error has occurred"))
            with pytest.raises(InternalServerError):
                await theirs.get("ChIJ1")
