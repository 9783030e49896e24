"""Pages over real HTTP."""

import httpx
import pytest

from tests.scanlane.api.conftest import Api
from tests.scanlane.api.rows import NOWHERE, domain, is_problem, names, put, put_pages, walk

PAGES = "/api/v3/pages"


class TestListing:
    async def test_the_pages_of_one_domain_come_the_most_promising_first(
        self, api: Api, caller: httpx.AsyncClient
    ) -> None:
        owner, other = domain("shop.example"), domain("other.example")
        await put(api, owner, other)
        await put_pages(api, owner, *(f"https://shop.example/{n}" for n in range(5)), worth=90)
        await put_pages(api, other, "https://other.example/x", worth=100)
        await put_pages(api, owner, "https://shop.example/late", worth=90)

        pages = [items async for items in walk(caller, PAGES, domain_id=str(owner.id), limit=2)]

        urls = [str(item["url"]).removeprefix("https://shop.example/") for items in pages for item in items]
        assert [len(items) for items in pages] == [2, 2, 2]
        assert urls == ["0", "late", "1", "2", "3", "4"]

    async def test_the_pages_of_all_domains_come_the_newest_first(self, api: Api, caller: httpx.AsyncClient) -> None:
        owner, other = domain("shop.example"), domain("other.example")
        await put(api, owner, other)
        for place, one in enumerate((owner, other, owner, other, owner)):
            await put_pages(api, one, f"https://{one.name}/{place}", worth=place % 2)

        urls = await names(caller, PAGES, "url", limit=2)

        assert [str(url)[-1] for url in urls] == ["4", "3", "2", "1", "0"]

    async def test_a_url_is_found_by_its_beginning(self, api: Api, caller: httpx.AsyncClient) -> None:
        owner = domain("shop.example")
        await put(api, owner)
        await put_pages(
            api, owner, "https://shop.example/contact", "https://shop.example/100%", "https://shop.example/x"
        )

        assert await names(caller, PAGES, "url", q="https://shop.example/co") == ["https://shop.example/contact"]
        assert await names(caller, PAGES, "url", q="https://shop.example/100%") == ["https://shop.example/100%"]
        assert await names(caller, PAGES, "url", q="%") == []

    @pytest.mark.parametrize(
        ("params", "field"),
        [
            ({"limit": "0"}, "limit"),
            ({"cursor": "made-up"}, "cursor"),
            ({"cursor": "AAAA"}, "cursor"),
            ({"domain_id": "shop.example"}, "domain_id"),
            ({"domain": "x"}, "domain"),
        ],
    )
    async def test_bad_input_names_the_parameter(
        self, caller: httpx.AsyncClient, params: dict[str, str], field: str
    ) -> None:
        assert is_problem(await caller.get(PAGES, params=params), 422, field=field)


class TestTenants:
    async def test_pages_of_others_are_not_listed_and_their_domains_are_unknown(self, api: Api) -> None:
        theirs = domain("theirs.example", tenant="hill")
        await put(api, theirs)
        await put_pages(api, theirs, "https://theirs.example/a")
        async with api.caller("harbour") as caller:
            foreign = await caller.get(PAGES, params={"domain_id": str(theirs.id)})
            unknown = await caller.get(PAGES, params={"domain_id": NOWHERE})

            assert is_problem(foreign, 404)
            assert foreign.json() == unknown.json()
            assert await names(caller, PAGES) == []

    async def test_nobody_lists_without_a_token(self, api: Api) -> None:
        async with httpx.AsyncClient(base_url=api.url) as stranger:
            assert is_problem(await stranger.get(PAGES), 401)
