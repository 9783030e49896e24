"""Domains over real HTTP: add, list, show, requeue, delete; each tenant its own."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from scanlane.models import Contact, Domain, SitemapFile, StatusClaim
from tests.scanlane.api.conftest import Api
from tests.scanlane.api.rows import NOWHERE, domain, is_problem, names, put, put_contacts, put_pages, walk

DOMAINS = "/api/v3/domains"


async def add(caller: httpx.AsyncClient, *websites: str, **more: object) -> dict[str, Any]:
    """Add websites; the answer's body."""
    answer = await caller.post(DOMAINS, json={"domains": list(websites), **more})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def stored(api: Api) -> dict[str, Domain]:
    """All domains, by name."""
    async with api.app.state.house.sessions() as session:
        return {row.name: row for row in await session.scalars(select(Domain))}


class TestAdding:
    async def test_a_new_domain_waits_for_its_home_page_to_be_read(self, api: Api, caller: httpx.AsyncClient) -> None:
        added = await add(caller, "https://www.bakery.example/de/")

        row = (await stored(api))["bakery.example"]
        assert added["created"] == 1
        assert added["items"][0]["id"] == str(row.id)
        assert (row.tenant, row.status, row.source, row.wants_scan) == ("harbour", "pending", "api", True)
        assert row.start_url == "https://www.bakery.example/de/"

    async def test_each_website_is_answered_for_itself_and_in_order(self, caller: httpx.AsyncClient) -> None:
        await add(caller, "known.example")

        added = await add(caller, "new.example", "not a site", "known.example", "www.new.example", "ftp://x.example")

        results = [(item["website"], item["result"]) for item in added["items"]]
        assert results == [
            ("new.example", "created"),
            ("not a site", "error"),
            ("known.example", "existing"),
            ("www.new.example", "existing"),
            ("ftp://x.example", "error"),
        ]
        assert (added["created"], added["existing"], added["failed"]) == (1, 2, 2)
        assert "not a site" in added["items"][1]["error"]

    async def test_no_scan_is_wanted_when_none_is_asked_for(self, api: Api, caller: httpx.AsyncClient) -> None:
        await add(caller, "bakery.example", scan=False)

        assert (await stored(api))["bakery.example"].wants_scan is False

    async def test_a_domain_that_is_there_stays_as_it_is(self, api: Api, caller: httpx.AsyncClient) -> None:
        await put(api, domain("bakery.example", status="completed", source="place"))

        await add(caller, "http://bakery.example/other")

        row = (await stored(api))["bakery.example"]
        assert (row.status, row.source, row.start_url) == ("completed", "place", "https://bakery.example/")

    async def test_a_domain_that_was_only_scanned_is_queued(self, api: Api, caller: httpx.AsyncClient) -> None:
        await put(api, domain("bakery.example", status=None))

        added = await add(caller, "bakery.example")

        row = (await stored(api))["bakery.example"]
        assert added["existing"] == 1
        assert (row.status, row.wants_scan, row.source) == ("pending", True, "scan")

    @pytest.mark.parametrize(
        "website", ["http://10.0.0.1/", "http://localhost.localdomain.localhost:25/", "[::1]", "192.168.1.1:8080"]
    )
    async def test_private_addresses_are_refused(self, api: Api, website: str) -> None:
        async with api.caller() as caller:
            api.app.state.house = _without_networks(api)
            added = await add(caller, website)

        assert added["items"][0]["result"] == "error"
        assert "not a public address" in added["items"][0]["error"]
        assert await stored(api) == {}

    async def test_a_profile_in_a_network_is_no_website(self, caller: httpx.AsyncClient) -> None:
        added = await add(caller, "https://www.facebook.com/harbour.bakery")

        assert "profile at facebook" in added["items"][0]["error"]

    async def test_fifty_at_once_make_one_domain(self, api: Api, caller: httpx.AsyncClient) -> None:
        answers = await asyncio.gather(*(add(caller, "one.example", f"other{n % 5}.example") for n in range(50)))

        assert sum(answer["created"] for answer in answers) == 6
        assert len({answer["items"][0]["id"] for answer in answers}) == 1
        assert len(await stored(api)) == 6

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"domains": []}, "domains"),
            ({"domains": ["a.example"] * 1001}, "domains"),
            ({"domains": ["a\x00.example"]}, "domains.0"),
            ({"domains": ["a.example"], "sacn": True}, "sacn"),
            ({}, "domains"),
        ],
    )
    async def test_bad_input_names_the_field(self, caller: httpx.AsyncClient, body: object, field: str) -> None:
        assert is_problem(await caller.post(DOMAINS, json=body), 422, field=field)

    async def test_nobody_adds_without_a_token(self, api: Api) -> None:
        async with httpx.AsyncClient(base_url=api.url) as stranger:
            answers = [
                await stranger.post(DOMAINS, json={"domains": ["a.example"]}),
                await stranger.post(f"{DOMAINS}/import", content=b"a.example"),
                await stranger.post(f"{DOMAINS}/queue", json={"stage": "scan", "filter": {}}),
                await stranger.get(DOMAINS),
                await stranger.get(f"{DOMAINS}/{NOWHERE}"),
                await stranger.delete(f"{DOMAINS}/{NOWHERE}"),
            ]

        assert all(is_problem(answer, 401) for answer in answers)


class TestListing:
    async def test_pages_follow_each_other_newest_first(self, caller: httpx.AsyncClient) -> None:
        for number in range(7):
            await add(caller, f"n{number}.example")

        pages = [items async for items in walk(caller, DOMAINS, limit=3)]

        assert [len(items) for items in pages] == [3, 3, 1]
        assert [item["name"] for items in pages for item in items] == [f"n{n}.example" for n in range(6, -1, -1)]

    @pytest.mark.parametrize(
        ("params", "found"),
        [
            ({"status": "completed"}, {"shop.example"}),
            ({"status": "none"}, {"old.example"}),
            ({"sitemap_status": "Queued"}, {"shop.example"}),
            ({"scan_status": "Error"}, {"broken.example"}),
            ({"technology": "wordpress"}, {"shop.example"}),
            ({"technology": "Word"}, set()),
            ({"source": "import"}, {"broken.example"}),
            ({"q": "Sho"}, {"shop.example"}),
            ({"q": "%"}, set()),
            ({"q": "_"}, set()),
            ({"q": "o", "status": "none"}, {"old.example"}),
            ({}, {"shop.example", "broken.example", "old.example"}),
        ],
    )
    async def test_filters(self, api: Api, caller: httpx.AsyncClient, params: dict[str, str], found: set[str]) -> None:
        await put(
            api,
            domain("shop.example", status="completed", sitemap_status="Queued", technologies=[{"name": "WordPress"}]),
            domain("broken.example", status="error", scan_status="Error", source="import"),
            domain("old.example", status=None),
            domain("theirs.example", tenant="hill", status="completed", technologies=[{"name": "WordPress"}]),
        )

        assert set(await names(caller, DOMAINS, **params)) == found

    @pytest.mark.parametrize(
        ("params", "field"),
        [
            ({"limit": "0"}, "limit"),
            ({"limit": "501"}, "limit"),
            ({"cursor": "made-up"}, "cursor"),
            ({"status": "Queued"}, "status"),
            ({"scan_status": "pending"}, "scan_status"),
            ({"statsu": "error"}, "statsu"),
            ({"q": "a\x00"}, "q"),
        ],
    )
    async def test_bad_input_names_the_parameter(
        self, caller: httpx.AsyncClient, params: dict[str, str], field: str
    ) -> None:
        assert is_problem(await caller.get(DOMAINS, params=params), 422, field=field)


class TestShowing:
    async def test_a_domain_is_shown_with_what_was_found(self, api: Api, caller: httpx.AsyncClient) -> None:
        owner = domain("shop.example", status="completed", title="Shop", feeds=["https://shop.example/feed"])
        await put(api, owner)
        await put_contacts(api, owner, 3)
        await put_pages(api, owner, "https://shop.example/a", "https://shop.example/b")

        shown = (await caller.get(f"{DOMAINS}/{owner.id}")).json()

        assert (shown["title"], shown["feeds"]) == ("Shop", ["https://shop.example/feed"])
        assert (shown["sitemap_count"], shown["page_count"], shown["contact_count"]) == (0, 2, 3)

    async def test_no_id_is_a_422(self, caller: httpx.AsyncClient) -> None:
        assert is_problem(await caller.get(f"{DOMAINS}/shop.example"), 422, field="domain_id")


class TestTenants:
    async def test_a_strangers_domain_and_an_unknown_one_look_the_same(self, api: Api) -> None:
        theirs = domain("theirs.example", tenant="hill", status="error")
        await put(api, theirs)
        async with api.caller("harbour") as caller:
            for method in ("GET", "DELETE"):
                foreign = await caller.request(method, f"{DOMAINS}/{theirs.id}")
                unknown = await caller.request(method, f"{DOMAINS}/{NOWHERE}")

                assert is_problem(foreign, 404)
                assert foreign.json() == unknown.json()

            ids = {"stage": "status", "ids": [str(theirs.id), NOWHERE]}
            assert (await caller.post(f"{DOMAINS}/queue", json=ids)).json() == {"queued": 0, "busy": 0, "unknown": 2}
            everything = {"stage": "status", "filter": {}}
            assert (await caller.post(f"{DOMAINS}/queue", json=everything)).json()["queued"] == 0
            assert await names(caller, DOMAINS) == []
        assert (await stored(api))["theirs.example"].status == "error"

    async def test_the_same_website_is_another_domain_for_another_tenant(self, api: Api) -> None:
        async with api.caller("harbour") as ours, api.caller("hill") as theirs:
            first, second = await add(ours, "both.example"), await add(theirs, "both.example")

        assert (first["created"], second["created"]) == (1, 1)
        assert first["items"][0]["id"] != second["items"][0]["id"]


class TestQueueing:
    @pytest.mark.parametrize(
        ("stage", "column", "ended", "waiting"),
        [
            ("status", "status", "error", "pending"),
            ("sitemap", "sitemap_status", "Completed", "Queued"),
            ("scan", "scan_status", "Error", "Queued"),
        ],
    )
    async def test_an_ended_one_waits_again_without_its_error(
        self, api: Api, caller: httpx.AsyncClient, stage: str, column: str, ended: str, waiting: str
    ) -> None:
        error = {"status": "error"}.get(column, column.replace("status", "error"))
        row = domain("shop.example", **{column: ended, error: "was away"})
        await put(api, row)

        answer = await caller.post(f"{DOMAINS}/queue", json={"stage": stage, "ids": [str(row.id)]})

        now = (await stored(api))["shop.example"]
        assert answer.json() == {"queued": 1, "busy": 0, "unknown": 0}
        assert (getattr(now, column), getattr(now, error)) == (waiting, None)

    async def test_one_that_is_worked_on_is_left_alone(self, api: Api, caller: httpx.AsyncClient) -> None:
        rows = [domain(f"{word}.example", scan_status=word) for word in ("Queued", "Processing")]
        await put(api, *rows)

        ids = [str(row.id) for row in rows] * 2
        answer = await caller.post(f"{DOMAINS}/queue", json={"stage": "scan", "ids": ids})

        assert answer.json() == {"queued": 0, "busy": 2, "unknown": 0}
        assert (await stored(api))["Processing.example"].scan_status == "Processing"

    async def test_a_filter_finds_more_than_one_page_of_them(self, api: Api, caller: httpx.AsyncClient) -> None:
        await put(api, *(domain(f"n{n}.example", status="error") for n in range(1100)), domain("well.example"))

        queued = await caller.post(f"{DOMAINS}/queue", json={"stage": "status", "filter": {"status": "error"}})

        assert queued.json() == {"queued": 1100, "busy": 0, "unknown": 0}
        assert (await stored(api))["well.example"].status is None

    @pytest.mark.parametrize(
        "body",
        [
            {"stage": "scan"},
            {"stage": "scan", "ids": [NOWHERE], "filter": {}},
            {"stage": "import", "ids": [NOWHERE]},
            {"stage": "scan", "ids": []},
            {"stage": "scan", "filter": {"statsu": "error"}},
        ],
    )
    async def test_bad_input_is_a_problem(self, caller: httpx.AsyncClient, body: object) -> None:
        assert is_problem(await caller.post(f"{DOMAINS}/queue", json=body), 422)


class TestDeleting:
    async def test_everything_that_was_found_goes_with_it(self, api: Api, caller: httpx.AsyncClient) -> None:
        owner, other = domain("shop.example"), domain("other.example")
        await put(api, owner, other)
        await put_contacts(api, owner, 2)
        await put_contacts(api, other, 1)
        await put_pages(api, owner, "https://shop.example/a")

        answer = await caller.delete(f"{DOMAINS}/{owner.id}")

        async with api.app.state.house.sessions() as session:
            left = list(await session.scalars(select(Contact.value)))
        assert (answer.status_code, answer.content) == (204, b"")
        assert left == ["info1@other.example"]
        assert list(await stored(api)) == ["other.example"]
        assert is_problem(await caller.delete(f"{DOMAINS}/{owner.id}"), 404)

    async def test_no_claim_on_it_or_its_sitemaps_is_left(self, api: Api, caller: httpx.AsyncClient) -> None:
        owner = domain("shop.example", status="processing")
        await put(api, owner)
        file = SitemapFile(tenant="harbour", domain_id=owner.id, url="https://shop.example/s.xml", found_by="robots")
        await put(api, file)
        queues = ("domain_processing", "sitemap_discovery", "contact_scan")
        claims = [StatusClaim(queue=queue, row_id=owner.id, token=n) for n, queue in enumerate(queues)]
        await put(api, *claims, StatusClaim(queue="sitemap_import", row_id=file.id, token=9))

        await caller.delete(f"{DOMAINS}/{owner.id}")

        async with api.app.state.house.sessions() as session:
            assert (await session.scalars(select(StatusClaim.queue))).all() == []


def _without_networks(api: Api) -> object:
    from dataclasses import replace

    return replace(api.app.state.house, networks=())
