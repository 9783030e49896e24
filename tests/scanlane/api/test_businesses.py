"""Businesses over real HTTP."""

from uuid import UUID

import httpx
import pytest

from tests.scanlane.api.conftest import Api
from tests.scanlane.api.place_rows import NOBODYS, add, all_pages, assert_problem, business, ids, place, texts

BUSINESSES = "/api/v3/businesses"


async def add_businesses(api: Api, *said: dict[str, object], tenant: str = "harbour") -> list[UUID]:
    """A business for each of these, with a place of its own; the first is the oldest."""
    places = await add(api, *(place(number, tenant=tenant) for number in range(len(said))))
    return await add(
        api,
        *(business(one, tenant=tenant, **more) for one, more in zip(places, said, strict=True)),  # type: ignore[arg-type]
    )


class TestLists:
    async def test_newest_first_page_by_page(self, api: Api, caller: httpx.AsyncClient) -> None:
        made = texts(await add_businesses(api, {}, {}, {}, {}, {}))

        pages = await all_pages(caller, BUSINESSES, limit=2)

        assert [len(page) for page in pages] == [2, 2, 1]
        assert [one for page in pages for one in page] == made[::-1]

    async def test_every_filter_keeps_its_own(self, api: Api, caller: httpx.AsyncClient) -> None:
        first, second, third = texts(
            await add_businesses(
                api,
                {"name": "Harbour Bakery", "city": "Oldenburg", "domain_extraction_status": "Queued"},
                {"website": "https://hill.example", "category": "Bakery", "domain_extraction_status": "Error"},
                {"address": "7 Mill Lane", "city": "OLDENBURG", "category": "bakery goods"},
            )
        )

        assert await ids(caller, BUSINESSES, city="oldenburg") == [third, first]
        assert await ids(caller, BUSINESSES, category="BAKERY") == [second]
        assert await ids(caller, BUSINESSES, has_website="true") == [second]
        assert await ids(caller, BUSINESSES, has_website="false") == [third, first]
        assert await ids(caller, BUSINESSES, domain_extraction_status="Queued") == [first]
        assert await ids(caller, BUSINESSES, domain_extraction_status="none") == [third]
        assert await ids(caller, BUSINESSES, q="harbour") == [first]
        assert await ids(caller, BUSINESSES, q="hill.example") == [second]
        assert await ids(caller, BUSINESSES, q="mill", city="Oldenburg") == [third]
        assert await ids(caller, BUSINESSES, q="_") == []

    @pytest.mark.parametrize(
        ("params", "field"),
        [
            ({"limit": "501"}, "limit"),
            ({"cursor": "rubbish"}, "cursor"),
            ({"colour": "red"}, "colour"),
            ({"domain_extraction_status": "Done"}, "domain_extraction_status"),
            ({"has_website": "perhaps"}, "has_website"),
            ({"city": "x" * 201}, "city"),
            ({"q": "a\x00"}, "q"),
            ({"town": "Harbour Town"}, "town"),
        ],
    )
    async def test_what_cannot_be_used_is_named(
        self, caller: httpx.AsyncClient, params: dict[str, str], field: str
    ) -> None:
        assert_problem(await caller.get(BUSINESSES, params=params), 422, field=field)


class TestOne:
    async def test_what_the_provider_said_is_in_the_details_only(self, api: Api, caller: httpx.AsyncClient) -> None:
        [business_id] = await add_businesses(api, {"raw": {"name": "Bakery"}, "phones": ["+49 441 1"], "rating": 4.5})

        listed = (await caller.get(BUSINESSES)).json()["items"][0]
        details = (await caller.get(f"{BUSINESSES}/{business_id}")).json()

        assert "raw" not in listed
        assert details == {**listed, "raw": {"name": "Bakery"}}
        assert (details["phones"], details["rating"]) == (["+49 441 1"], 4.5)


class TestTenants:
    async def test_a_foreign_id_is_answered_like_an_unknown_one(self, api: Api, caller: httpx.AsyncClient) -> None:
        [theirs] = await add_businesses(api, {}, tenant="hill")

        foreign, unknown = await caller.get(f"{BUSINESSES}/{theirs}"), await caller.get(f"{BUSINESSES}/{NOBODYS}")

        assert_problem(foreign, 404)
        assert foreign.json() == unknown.json()
        assert await ids(caller, BUSINESSES) == []

    @pytest.mark.parametrize("path", [BUSINESSES, f"{BUSINESSES}/{NOBODYS}"])
    async def test_nothing_is_answered_without_a_token(self, api: Api, path: str) -> None:
        async with httpx.AsyncClient(base_url=api.url) as stranger:
            assert_problem(await stranger.get(path), 401)
