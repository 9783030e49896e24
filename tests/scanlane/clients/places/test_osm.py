"""OpenStreetMap through our client: what it asks, what it understands, and how it keeps to the servers' policies."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from scanlane.clients.places.api_http import ApiHttp
from scanlane.clients.places.errors import AuthError, InvalidRequest, NotFound, PlacesFailed, QuotaExceeded, Transient
from scanlane.clients.places.gate import Gate
from scanlane.clients.places.nominatim import Nominatim
from scanlane.clients.places.osm import OsmPlaces
from scanlane.domain.places import PlacePage, PlaceQuery, PlaceRef
from tests.scanlane.clients.places.fake_overpass import FakeOverpass, element, remarked, running_overpass

AREA = "59,5,60,6"
BAKERY = element("node", 7, "Harbour Bakery", shop="bakery")


@pytest.fixture
async def overpass() -> AsyncIterator[FakeOverpass]:
    """A running fake that knows one bakery."""
    async with running_overpass(BAKERY) as overpass:
        yield overpass


def ours(overpass: FakeOverpass, *, gate: Gate | None = None, page_size: int = 200) -> OsmPlaces:
    """Our client, talking to the fake, as fast as it likes unless there is a gate."""
    http = ApiHttp(user_agent="tests/1", seconds=5)
    free = gate or Gate(timedelta(0))
    where = Nominatim(http, gate=free, base=overpass.url)
    return OsmPlaces(http, where, base=f"{overpass.url}/api", gate=free, page_size=page_size)


async def search(overpass: FakeOverpass, text: str, area: str | None = AREA) -> PlacePage:
    """The first page of a search."""
    return await ours(overpass).search(PlaceQuery.read(text, area), None)


async def names(overpass: FakeOverpass, text: str, area: str | None = AREA) -> list[str]:
    """The names on the first page of a search."""
    return [stub.name for stub in (await search(overpass, text, area)).places]


class TestSearch:
    async def test_words_are_sought_in_names_and_categories(self, overpass: FakeOverpass) -> None:
        overpass.elements += [
            element("way", 1, "Hill Bread", shop="bakery"),
            element("relation", 1, "The Old BAKERY Inn", tourism="hotel"),
            element("node", 8, None, shop="bakery"),
            element("node", 9, "Far Bakery", at=(50.0, 5.3), shop="bakery"),
            element("node", 10, "Motors", shop="car_repair"),
        ]

        assert await names(overpass, "bakery") == ["Harbour Bakery", "Hill Bread", "The Old BAKERY Inn"]
        assert await names(overpass, "car repair") == ["Motors"]
        assert await names(overpass, "shop=car_repair") == ["Motors"]

    @pytest.mark.parametrize(
        "text",
        [
            'x"](1,1,2,2);node["name"',
            'bakery"];out;',
            "back\\slash",
            '\\"];node;out;//',
            "(.*)",
            "a|b",
            "[^x]+",
            'shop=a"];node(1);out;',
        ],
    )
    async def test_what_people_type_is_never_more_than_words(self, overpass: FakeOverpass, text: str) -> None:
        overpass.elements.append(element("node", 9, f"The {text} shop", shop=text.partition("=")[2] or "x"))

        assert await names(overpass, text) == [f"The {text} shop"]

    async def test_a_circle_and_a_rectangle_across_the_date_line(self, overpass: FakeOverpass) -> None:
        overpass.elements += [
            element("node", 1, "East Bakery", at=(10, 179.5), shop="bakery"),
            element("node", 2, "West Bakery", at=(10, -179.5), shop="bakery"),
        ]

        assert await names(overpass, "bakery", "59.9,5.3,500") == ["Harbour Bakery"]
        assert await names(overpass, "bakery", "59.95,5.3,500") == []
        assert await names(overpass, "bakery", "9,179,11,-179") == ["East Bakery", "West Bakery"]

    async def test_all_pages_are_found_each_once(self, overpass: FakeOverpass) -> None:
        overpass.elements = [
            *(element("node", number, f"Bakery n{number}") for number in (3, 1, 2, 5, 4)),
            *(element("way", number, f"Bakery w{number}") for number in (2, 1, 9)),
            element("relation", 1, "Bakery r1"),
        ]
        client, cursor, found = ours(overpass, page_size=2), None, list[str]()

        while True:
            page = await client.search(PlaceQuery.read("bakery", AREA), cursor)
            found += [stub.ref.id for stub in page.places]
            if (cursor := page.next_cursor) is None:
                break

        assert found == [
            "node/1", "node/2", "node/3", "node/4", "node/5", "way/1", "way/2", "way/9", "relation/1",
        ]  # fmt: skip

    async def test_a_name_becomes_a_rectangle_once(self, overpass: FakeOverpass) -> None:
        overpass.areas["Northhaven"] = ["59.5", "60.5", "5.0", "5.5"]
        overpass.elements.append(element("node", 8, "Bakery 8"))
        client = ours(overpass, page_size=1)

        first = await client.search(PlaceQuery.read("bakery", "Northhaven"), None)
        await client.search(PlaceQuery.read("bakery", "Northhaven"), None)
        second = await ours(overpass, page_size=1).search(PlaceQuery.read("bakery", "Northhaven"), first.next_cursor)

        assert [stub.ref.id for page in (first, second) for stub in page.places] == ["node/7", "node/8"]
        assert overpass.area_queries == [{"q": "Northhaven", "format": "jsonv2", "limit": "1"}]
        assert "(59.5000000,5.0000000,60.5000000,5.5000000)" in overpass.queries[0]

    async def test_an_unknown_area_and_none_at_all_are_refused(self, overpass: FakeOverpass) -> None:
        with pytest.raises(InvalidRequest, match="no area called 'Nowhere'"):
            await search(overpass, "bakery", "Nowhere")
        with pytest.raises(InvalidRequest, match="within an area"):
            await search(overpass, "bakery", None)

        assert overpass.queries == []

    @pytest.mark.parametrize(
        "cursor", ["x", "[]", "{}", '{"area": [1], "after": "node/1"}', '{"area": [1,2,3,4], "after": "x"}']
    )
    async def test_a_cursor_that_is_none_is_refused(self, overpass: FakeOverpass, cursor: str) -> None:
        with pytest.raises(InvalidRequest):
            await ours(overpass).search(PlaceQuery.read("bakery", AREA), cursor)

    async def test_who_asks_is_said(self, overpass: FakeOverpass) -> None:
        overpass.areas["Northhaven"] = ["59.5", "60.5", "5.0", "5.5"]

        await search(overpass, "bakery", "Northhaven")

        assert overpass.agents == ["tests/1", "tests/1"]


class TestDetails:
    async def test_every_part_of_a_business_is_read(self, overpass: FakeOverpass) -> None:
        overpass.elements.append(
            element(
                "way",
                3,
                "Hill Bread",
                shop="bakery",
                website="https://hill-bread.example/?a=1;b=2",
                contact__phone="+1 202 555 0123; +1 202 555 0124",
                contact__mobile="+1 202 555 0123",
                addr__street="Hill Street",
                addr__housenumber="18",
                addr__postcode="1042",
                addr__city="Northhaven",
                addr__country="EX",
                opening_hours="Mo-Fr 07:00-17:00; Sa 08:00-14:00",
            )
        )

        said = await ours(overpass).details(PlaceRef.parse("osm:way/3"), staged={})

        assert (said.name, said.category) == ("Hill Bread", "shop=bakery")
        assert said.website == "https://hill-bread.example/?a=1;b=2"
        assert said.phones == ("+1 202 555 0123", "+1 202 555 0124")
        assert (said.street, said.postcode, said.city) == ("Hill Street 18", "1042", "Northhaven")
        assert said.address == "Hill Street 18, 1042 Northhaven, EX"
        assert said.opening_hours == ("Mo-Fr 07:00-17:00", "Sa 08:00-14:00")
        assert (said.latitude, said.longitude, said.rating) == (59.9, 5.3, None)

    @pytest.mark.parametrize(
        ("tags", "website"),
        [
            ({"contact__website": "https://a.example"}, "https://a.example"),
            ({"url": "https://b.example"}, "https://b.example"),
            ({"website": "https://c.example; https://d.example", "url": "https://b.example"}, "https://c.example"),
            ({"website": " "}, None),
        ],
    )
    async def test_a_website_by_any_of_its_keys(
        self, overpass: FakeOverpass, tags: dict[str, str], website: str | None
    ) -> None:
        overpass.elements.append(element("node", 8, "Bakery", **tags))

        assert (await ours(overpass).details(PlaceRef.parse("osm:node/8"), staged={})).website == website

    async def test_an_element_that_is_gone_is_not_found(self, overpass: FakeOverpass) -> None:
        with pytest.raises(NotFound, match="node/99"):
            await ours(overpass).details(PlaceRef.parse("osm:node/99"), staged={})


class TestErrors:
    @pytest.mark.parametrize(
        ("status", "body", "error"),
        [
            (400, "parse error", InvalidRequest),
            (403, "blocked", AuthError),
            (429, "rate_limited", QuotaExceeded),
            (504, "The server is probably too busy", Transient),
            (200, "<html>", Transient),
            (200, '{"elements": 1}', Transient),
        ],
    )
    async def test_each_is_told_apart(
        self, overpass: FakeOverpass, status: int, body: str, error: type[PlacesFailed]
    ) -> None:
        overpass.failures.append(web.Response(status=status, text=body))

        with pytest.raises(error) as raised:
            await search(overpass, "bakery")

        assert type(raised.value) is error

    async def test_a_remark_is_a_failure_though_elements_came(self, overpass: FakeOverpass) -> None:
        overpass.failures.append(remarked())

        with pytest.raises(Transient, match="Query timed out"):
            await search(overpass, "bakery")

    @pytest.mark.parametrize(
        ("page", "wait"),
        [
            ("Rate limit: 2\nSlot available after: 2026-11-01T10:00:30Z, in 25 seconds.\n"
             "Slot available after: 2026-11-01T10:00:41Z, in 36 seconds.\n", 25),
            ("Rate limit: 2\n2 slots available now.\n", 1),
            ("Slot available after: 2026-11-01T10:00:30Z, in -3 seconds.\n", 1),
            ("", 60),
        ],
    )  # fmt: skip
    async def test_a_busy_server_says_on_its_status_page_how_long(
        self, overpass: FakeOverpass, page: str, wait: int
    ) -> None:
        overpass.status_page = page
        overpass.failures.append(web.Response(status=429, text="rate_limited"))

        with pytest.raises(QuotaExceeded) as raised:
            await search(overpass, "bakery")

        assert raised.value.retry_after == timedelta(seconds=wait)

    @pytest.mark.parametrize(
        ("status", "error"), [(403, AuthError), (429, QuotaExceeded), (400, InvalidRequest), (500, Transient)]
    )
    async def test_nominatim_has_the_same_ways_to_fail(
        self, overpass: FakeOverpass, status: int, error: type[PlacesFailed]
    ) -> None:
        overpass.area_failures.append(web.Response(status=status))

        with pytest.raises(error):
            await search(overpass, "bakery", "Northhaven")


class TestTheGate:
    async def test_requests_are_spaced_out_whoever_sends_them(self, overpass: FakeOverpass) -> None:
        gate = Gate(timedelta(seconds=0.1))
        overpass.areas["Northhaven"] = ["59.5", "60.5", "5.0", "5.5"]
        started = time.monotonic()

        await asyncio.gather(
            *(ours(overpass, gate=gate).search(PlaceQuery.read("bakery", "Northhaven"), None) for _ in range(3))
        )

        assert len(overpass.agents) == 6
        assert time.monotonic() - started >= 0.5

    async def test_who_would_wait_for_long_is_told_to_come_again(self) -> None:
        gate = Gate(timedelta(seconds=60), longest=timedelta(seconds=30))
        await gate.passed()

        with pytest.raises(QuotaExceeded) as raised:
            await gate.passed()

        assert timedelta(seconds=50) < raised.value.retry_after <= timedelta(seconds=60)
