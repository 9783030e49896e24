"""Google's places through our client: what it sends, what it understands, and every way in which it can go wrong."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from scanlane.clients.places.api_http import ApiHttp
from scanlane.clients.places.errors import (
    AuthError,
    InvalidRequest,
    Moved,
    NotFound,
    PlacesFailed,
    QuotaExceeded,
    Transient,
)
from scanlane.clients.places.google import GooglePlaces
from scanlane.domain.places import PlaceDetails, PlaceQuery, PlaceRef, PlaceStub
from tests.scanlane.clients.places.fake_google import KEY, FakeGoogle, bakeries, failure, place, running_google

HARBOUR = place("ChIJharbour", "Harbour Bakery")
REF = PlaceRef("google", "ChIJharbour")


@pytest.fixture
async def google() -> AsyncIterator[FakeGoogle]:
    """A running fake that knows one bakery."""
    async with running_google(HARBOUR) as google:
        yield google


def ours(google: FakeGoogle, *, key: str | None = KEY, seconds: float = 5, largest: int = 1_000_000) -> GooglePlaces:
    """Our client, talking to the fake."""
    http = ApiHttp(user_agent="tests", seconds=seconds, largest=largest)
    return GooglePlaces(http, key=key, base=google.url)


async def details(google: FakeGoogle, ref: PlaceRef = REF, **how: object) -> PlaceDetails:
    """One place's details."""
    return await ours(google, **how).details(ref, staged={})  # type: ignore[arg-type]


async def found(google: FakeGoogle, text: str, area: str | None = None) -> list[PlaceStub]:
    """Everything that a search finds, page by page."""
    client, cursor, stubs = ours(google), None, list[PlaceStub]()
    while True:
        page = await client.search(PlaceQuery.read(text, area), cursor)
        stubs += page.places
        if page.next_cursor is None:
            return stubs
        cursor = page.next_cursor


class TestDetails:
    async def test_every_part_of_a_business_is_read(self, google: FakeGoogle) -> None:
        said = await details(google)

        assert said.ref == REF
        assert (said.name, said.category, said.website) == ("Harbour Bakery", "bakery", "https://chijharbour.example/")
        assert said.address == "4 Quay Street, Northhaven 1040, Exampleland"
        assert (said.street, said.postcode, said.city) == ("4 Quay Street", "1040", "Northhaven")
        assert (said.region, said.country) == ("North Shore", "EX")
        assert (said.latitude, said.longitude) == (59.9, 5.3)
        assert said.phones == ("+1 202-555-0123",)
        assert said.opening_hours == ("Monday: 7:00 AM - 5:00 PM", "Sunday: Closed")
        assert (said.rating, said.rating_count) == (4.5, 27)

    async def test_the_key_and_exactly_this_mask_are_sent(self, google: FakeGoogle) -> None:
        await details(google)

        (seen,) = google.seen
        assert (seen.path, seen.key) == ("/v1/places/ChIJharbour", KEY)
        assert seen.mask == (
            "id,displayName,formattedAddress,location,types,primaryType,businessStatus,pureServiceAreaBusiness,"
            "primaryTypeDisplayName,addressComponents,googleMapsUri,attributions,movedPlace,movedPlaceId,"
            "websiteUri,nationalPhoneNumber,internationalPhoneNumber,regularOpeningHours,rating,userRatingCount"
        )

    async def test_a_business_that_comes_to_its_customers_has_no_location(self, google: FakeGoogle) -> None:
        roving = place("ChIJroving", "Hill Plumbing", location=None, pureServiceAreaBusiness=True)
        google.places["ChIJroving"] = roving

        said = await details(google, PlaceRef("google", "ChIJroving"))

        assert (said.name, said.latitude, said.longitude) == ("Hill Plumbing", None, None)

    async def test_a_place_on_the_prime_meridian_keeps_its_zero(self, google: FakeGoogle) -> None:
        google.places["ChIJharbour"] = place("ChIJharbour", "Harbour Bakery", location={"latitude": 51.5})

        said = await details(google)

        assert (said.latitude, said.longitude) == (51.5, 0.0)

    async def test_a_moved_place_says_where_to(self, google: FakeGoogle) -> None:
        google.places["ChIJharbour"] = HARBOUR | {"movedPlace": "places/ChIJnew", "movedPlaceId": "ChIJnew"}

        with pytest.raises(Moved, match="google:ChIJharbour has moved to google:ChIJnew") as moved:
            await details(google)

        assert moved.value.new_ref == PlaceRef("google", "ChIJnew")

    async def test_a_place_that_was_renamed_comes_with_its_new_ref(self, google: FakeGoogle) -> None:
        google.places["ChIJharbour"] = place("ChIJnew", "Harbour Bakery")

        assert (await details(google)).ref == PlaceRef("google", "ChIJnew")

    async def test_bare_and_odd_answers_lose_no_place(self, google: FakeGoogle) -> None:
        google.places["ChIJharbour"] = {
            "id": 7, "displayName": "x", "location": [], "addressComponents": {"a": 1}, "rating": "5",
            "userRatingCount": True, "regularOpeningHours": {"weekdayDescriptions": [None, 3]}, "movedPlaceId": "a b",
        }  # fmt: skip

        said = await details(google)

        assert (said.ref, said.name, said.rating, said.opening_hours) == (REF, str(REF), None, ())


class TestSearch:
    async def test_all_pages_are_found_and_each_asks_the_same(self, google: FakeGoogle) -> None:
        google.places = {one["id"]: one for one in bakeries(45)}

        stubs = await found(google, "bakery")

        assert [stub.ref.id for stub in stubs] == list(google.places)
        assert [len(seen.document) for seen in google.seen] == [3, 4, 4]
        assert {seen.document["textQuery"] for seen in google.seen} == {"bakery"}

    async def test_exactly_this_mask_is_sent(self, google: FakeGoogle) -> None:
        await found(google, "bakery")

        assert google.seen[0].path == "/v1/places:searchText"
        assert google.seen[0].key == KEY
        assert google.seen[0].mask == (
            "places.id,places.displayName,places.formattedAddress,places.location,places.types,places.primaryType,"
            "places.businessStatus,places.pureServiceAreaBusiness,nextPageToken"
        )

    async def test_a_stub_says_what_the_list_says(self, google: FakeGoogle) -> None:
        (stub,) = await found(google, "harbour bakery")

        assert (stub.ref, stub.name, stub.category) == (REF, "Harbour Bakery", "bakery")
        assert stub.address == "4 Quay Street, Northhaven 1040, Exampleland"
        assert "websiteUri" not in stub.raw

    async def test_a_name_of_an_area_is_added_to_the_words(self, google: FakeGoogle) -> None:
        await found(google, "bakery", "Northhaven, Exampleland")

        assert google.seen[0].document["textQuery"] == "bakery in Northhaven, Exampleland"

    async def test_a_rectangle_restricts(self, google: FakeGoogle) -> None:
        inside = await found(google, "bakery", "59,5,60,6")
        outside = await found(google, "bakery", "58,5,59,6")

        assert (len(inside), len(outside)) == (1, 0)
        assert google.seen[0].document["locationRestriction"] == {
            "rectangle": {"low": {"latitude": 59, "longitude": 5}, "high": {"latitude": 60, "longitude": 6}}
        }

    async def test_a_circle_keeps_out_the_corners_of_its_rectangle(self, google: FakeGoogle) -> None:
        corner = {"latitude": 59.9 + 0.0085, "longitude": 5.3 + 0.017}
        google.places["ChIJcorner"] = place("ChIJcorner", "Corner Bakery", location=corner)
        google.places["ChIJroving"] = place("ChIJroving", "Roving Bakery", location=None, pureServiceAreaBusiness=True)

        stubs = await found(google, "bakery", "59.9,5.3,1000")

        low = google.seen[0].document["locationRestriction"]["rectangle"]["low"]
        assert low["latitude"] == pytest.approx(59.9 - 0.00898, abs=1e-4)
        assert [stub.ref.id for stub in stubs] == ["ChIJharbour", "ChIJroving"]


class TestErrors:
    async def test_without_a_key_nothing_is_sent(self, google: FakeGoogle) -> None:
        with pytest.raises(AuthError, match="SCANLANE_PLACES_API_KEY"):
            await details(google, key=None)

        assert google.seen == []

    @pytest.mark.parametrize(
        ("answer", "error", "words"),
        [
            (failure(400, "INVALID_ARGUMENT", "Not a valid Place ID: x"), InvalidRequest, "Not a valid Place ID"),
            (failure(400, "INVALID_ARGUMENT", "API key not valid.", reason="API_KEY_INVALID"), AuthError, "not valid"),
            (failure(401, "UNAUTHENTICATED", "no credentials"), AuthError, "no credentials"),
            (failure(403, "PERMISSION_DENIED", "API is disabled"), AuthError, "disabled"),
            (failure(404, "NOT_FOUND", "no longer valid"), NotFound, "no longer valid"),
            (failure(429, "RESOURCE_EXHAUSTED", "Quota exceeded"), QuotaExceeded, "Quota exceeded"),
            (failure(500, "INTERNAL", "oh"), Transient, "500"),
            (failure(503, "UNAVAILABLE", "oh"), Transient, "503"),
            (web.Response(status=502, text="<html>Bad Gateway</html>"), Transient, "not JSON"),
            (web.Response(status=404, text="nothing here"), Transient, "not JSON"),
            (web.Response(status=200, text="[]"), Transient, "not an object"),
            (web.Response(status=200, text="[" * 100_000), Transient, "not JSON"),
            (web.Response(status=200, text='{"rating": NaN}'), Transient, "not JSON"),
            (web.Response(status=302, headers={"Location": "/v1/places/other"}, text="{}"), Transient, "302"),
        ],
    )  # fmt: skip
    async def test_each_is_told_apart(
        self, google: FakeGoogle, answer: web.Response, error: type[PlacesFailed], words: str
    ) -> None:
        google.failures.append(_again(answer))

        with pytest.raises(error, match=words) as raised:
            await details(google)

        assert type(raised.value) is error
        assert "\n" not in raised.value.message

    @pytest.mark.parametrize(
        ("headers", "detail", "wait"),
        [
            ({}, {}, 60),
            ({"Retry-After": "17"}, {}, 17),
            ({}, {"retryDelay": "31.5s"}, 31.5),
            ({"Retry-After": "0"}, {}, 1),
            ({"Retry-After": "99999999999"}, {}, 86_400),
            ({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, {}, 1),
            ({"Retry-After": "soon"}, {}, 60),
        ],
    )
    async def test_a_used_up_quota_says_how_long_to_wait(
        self, google: FakeGoogle, headers: dict[str, str], detail: dict[str, str], wait: float
    ) -> None:
        answer = failure(429, "RESOURCE_EXHAUSTED", "Quota exceeded", **detail)
        answer.headers.update(headers)
        google.failures.append(answer)

        with pytest.raises(QuotaExceeded) as raised:
            await details(google)

        assert raised.value.retry_after == timedelta(seconds=wait)

    async def test_an_unknown_place_is_not_found(self, google: FakeGoogle) -> None:
        with pytest.raises(NotFound):
            await details(google, PlaceRef("google", "ChIJother"))

    async def test_a_slow_server_is_not_waited_for(self, google: FakeGoogle) -> None:
        google.gate.clear()

        with pytest.raises(Transient, match="took too long"):
            await details(google, seconds=0.2)

    async def test_a_server_that_is_not_there(self, google: FakeGoogle) -> None:
        google.url = "http://127.0.0.1:1"

        with pytest.raises(Transient, match="cannot be reached"):
            await details(google)

    async def test_a_large_answer_is_not_read_to_its_end(self, google: FakeGoogle) -> None:
        google.places["ChIJharbour"] = HARBOUR | {"attributions": ["x" * 100_000]}

        with pytest.raises(Transient, match="more than 10000 bytes"):
            await details(google, largest=10_000)

    async def test_the_key_is_in_no_message(self, google: FakeGoogle, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("DEBUG")
        said = f"Permission denied: Consumer 'api_key:{KEY}' has been suspended."
        google.failures.append(failure(403, "PERMISSION_DENIED", said))

        with pytest.raises(AuthError, match="has been suspended") as raised:
            await details(google)
        google.url = f"http://127.0.0.1:1/{KEY}"
        with pytest.raises(Transient) as unreachable:
            await details(google)

        said = f"{raised.value!r} {unreachable.value!r} {unreachable.value.__cause__!r} {caplog.text}"
        assert KEY not in said

    async def test_a_key_with_a_line_break_sends_no_header_of_its_own(self, google: FakeGoogle) -> None:
        with pytest.raises(Transient, match="ValueError"):
            await details(google, key="a\r\nX-Other: b")

        assert google.seen == []


class TestConnections:
    async def test_one_is_kept_while_requests_overlap_and_none_afterwards(self, google: FakeGoogle) -> None:
        client = ours(google)

        said = await asyncio.gather(*(client.details(REF, staged={}) for _ in range(10)))

        assert len(said) == 10
        assert client._http._session is None


def _again(answer: web.Response) -> web.Response:
    """A response can be sent once; parameters are made once for all runs."""
    body = answer.body
    assert isinstance(body, bytes)
    headers = {name: value for name, value in answer.headers.items() if name in ("Location", "Content-Type")}
    return web.Response(status=answer.status, body=body, headers=headers)
