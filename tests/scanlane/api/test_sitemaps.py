"""Sitemap files over real HTTP: discovery, import, lists."""

import asyncio
from uuid import UUID

import httpx
import pytest

from scanlane.models import Domain, SitemapFile
from tests.scanlane.api.conftest import Api
from tests.scanlane.api.place_rows import NOBODYS, add, all_pages, assert_problem, domain, ids, see, sitemap, texts

SITEMAPS = "/api/v3/sitemaps"
DISCOVER = f"{SITEMAPS}/discover"
IMPORT = f"{SITEMAPS}/import"
URL = "https://shop.example/sitemap.xml"


async def read(caller: httpx.AsyncClient, domain_id: UUID, url: str = URL, **more: object) -> httpx.Response:
    """Ask for the import of a file."""
    return await caller.post(IMPORT, json={"domain_id": str(domain_id), "url": url, **more})


class TestDiscovery:
    @pytest.mark.parametrize("status", [None, "Completed", "Error"])
    async def test_a_domain_at_rest_is_queued(self, api: Api, caller: httpx.AsyncClient, status: str | None) -> None:
        [domain_id] = await add(api, domain(sitemap_status=status, sitemap_error="no"))

        answer = await caller.post(DISCOVER, json={"domain_id": str(domain_id)})

        row = await see(api, Domain, domain_id)
        assert answer.status_code == 202
        assert answer.json() == {
            "domain_id": str(domain_id),
            "domain": "shop.example",
            "sitemap_status": "Queued",
        }
        assert (row.sitemap_status, row.sitemap_error) == ("Queued", None)

    @pytest.mark.parametrize("status", ["Queued", "Processing"])
    async def test_one_that_waits_or_is_worked_on_stays(self, api: Api, caller: httpx.AsyncClient, status: str) -> None:
        [domain_id] = await add(api, domain(sitemap_status=status))

        answer = await caller.post(DISCOVER, json={"domain_id": str(domain_id)})

        assert (answer.status_code, answer.json()["sitemap_status"]) == (202, status)

    @pytest.mark.parametrize(
        ("said", "field"),
        [({}, "domain_id"), ({"domain_id": "7"}, "domain_id"), ({"domain_id": NOBODYS, "url": "x"}, "url")],
    )
    async def test_what_cannot_be_used_is_named(
        self, caller: httpx.AsyncClient, said: dict[str, object], field: str
    ) -> None:
        assert_problem(await caller.post(DISCOVER, json=said), 422, field=field)


class TestImport:
    async def test_a_file_of_the_site_is_added_and_waits(self, api: Api, caller: httpx.AsyncClient) -> None:
        [domain_id] = await add(api, domain())

        answer = await read(caller, domain_id, "https://files.shop.example/sitemap.xml.gz")

        body = answer.json()
        assert answer.status_code == 202
        assert (body["url"], body["found_by"]) == ("https://files.shop.example/sitemap.xml.gz", "import")
        assert (body["import_status"], body["url_count"], body["warnings"]) == ("Queued", None, [])
        assert (await caller.get(f"{SITEMAPS}/{body['id']}")).json() == body
        assert (await see(api, SitemapFile, body["id"])).tenant == "harbour"

    @pytest.mark.parametrize(
        ("before", "after"), [("Completed", ("Queued", None)), ("Processing", ("Processing", "no"))]
    )
    async def test_a_known_file_is_read_again_unless_it_is_being_read(
        self, api: Api, caller: httpx.AsyncClient, before: str, after: tuple[str, str | None]
    ) -> None:
        [domain_id] = await add(api, domain())
        [file_id] = await add(api, sitemap(domain_id, import_status=before, import_error="no", url_count=7))

        body = (await read(caller, domain_id, "https://shop.example/sitemap-1.xml")).json()

        assert body["id"] == str(file_id)
        assert (body["import_status"], body["import_error"]) == after
        assert (body["found_by"], body["url_count"]) == ("robots", 7)

    async def test_many_at_once_make_one_file(self, api: Api, caller: httpx.AsyncClient) -> None:
        [domain_id] = await add(api, domain())

        answers = await asyncio.gather(*(read(caller, domain_id) for _ in range(20)))

        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.json()["id"] for answer in answers}) == 1

    async def test_another_site_must_be_meant(self, api: Api, caller: httpx.AsyncClient) -> None:
        [domain_id] = await add(api, domain())
        url = "https://files.hill.example/shop/sitemap.xml"

        refused = await read(caller, domain_id, url)
        meant = await read(caller, domain_id, url, other_site=True)

        assert_problem(refused, 422, field="url")
        assert "other_site" in refused.json()["detail"]
        assert (meant.status_code, meant.json()["url"]) == (202, url)

    @pytest.mark.parametrize(
        "url",
        [
            "http://10.0.0.1/sitemap.xml",
            "http://[::ffff:10.0.0.1]/sitemap.xml",
            "http://169.254.169.254/latest",
            "ftp://shop.example/sitemap.xml",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://user:secret@shop.example/sitemap.xml",
            "https://shop.example/a b.xml",
            "https://shop/sitemap.xml",
            "",
            "https://shop.example/" + "x" * 2000,
        ],
    )
    async def test_an_address_that_may_not_be_fetched_is_refused(
        self, api: Api, caller: httpx.AsyncClient, url: str
    ) -> None:
        [domain_id] = await add(api, domain())

        answer = await read(caller, domain_id, url, other_site=True)

        assert_problem(answer, 422, field="url")
        assert "secret" not in answer.text
        assert await ids(caller, SITEMAPS) == []

    async def test_a_private_address_is_allowed_by_its_network(self, api: Api, caller: httpx.AsyncClient) -> None:
        [domain_id] = await add(api, domain("127.0.0.1:9100"))

        assert (await read(caller, domain_id, "http://127.0.0.1:9100/sitemap.xml")).status_code == 202


class TestLists:
    async def test_newest_first_page_by_page(self, api: Api, caller: httpx.AsyncClient) -> None:
        [domain_id] = await add(api, domain())
        made = texts(await add(api, *(sitemap(domain_id, number) for number in range(5))))

        pages = await all_pages(caller, SITEMAPS, limit=2)

        assert [len(page) for page in pages] == [2, 2, 1]
        assert [one for page in pages for one in page] == made[::-1]

    async def test_every_filter_keeps_its_own(self, api: Api, caller: httpx.AsyncClient) -> None:
        shop, hill = await add(api, domain(), domain("hill.example"))
        first, second, third = texts(
            await add(
                api,
                sitemap(shop, 1, kind="index", import_status="Completed"),
                sitemap(shop, 2, kind="urlset", import_status="Error", warnings=["truncated_gzip"], url_count=9),
                sitemap(hill, 3),
            )
        )

        assert await ids(caller, SITEMAPS, domain_id=str(shop)) == [second, first]
        assert await ids(caller, SITEMAPS, kind="index") == [first]
        assert await ids(caller, SITEMAPS, import_status="Error") == [second]
        assert await ids(caller, SITEMAPS, import_status="none") == [third]
        shown = (await caller.get(f"{SITEMAPS}/{second}")).json()
        assert (shown["warnings"], shown["url_count"]) == (["truncated_gzip"], 9)

    @pytest.mark.parametrize(
        ("params", "field"),
        [
            ({"limit": "0"}, "limit"),
            ({"cursor": "rubbish"}, "cursor"),
            ({"colour": "red"}, "colour"),
            ({"domain_id": "shop.example"}, "domain_id"),
            ({"import_status": "done"}, "import_status"),
            ({"kind": "html"}, "kind"),
            ({"status": "Error"}, "status"),
        ],
    )
    async def test_what_cannot_be_used_is_named(
        self, caller: httpx.AsyncClient, params: dict[str, str], field: str
    ) -> None:
        assert_problem(await caller.get(SITEMAPS, params=params), 422, field=field)


class TestTenants:
    async def test_foreign_ids_are_answered_like_unknown_ones(self, api: Api, caller: httpx.AsyncClient) -> None:
        [theirs] = await add(api, domain(tenant="hill"))
        [their_file] = await add(api, sitemap(theirs, tenant="hill"))

        for foreign, unknown in (
            [await caller.get(f"{SITEMAPS}/{one}") for one in (their_file, NOBODYS)],
            [await caller.post(DISCOVER, json={"domain_id": str(one)}) for one in (theirs, NOBODYS)],
            [await read(caller, one) for one in (theirs, UUID(NOBODYS))],
            [await caller.get(SITEMAPS, params={"domain_id": str(one)}) for one in (theirs, NOBODYS)],
        ):
            assert_problem(foreign, 404)
            assert foreign.json() == unknown.json()
        assert (await see(api, Domain, theirs)).sitemap_status is None
        assert await ids(caller, SITEMAPS) == []

    @pytest.mark.parametrize(
        ("method", "path"), [("POST", DISCOVER), ("POST", IMPORT), ("GET", SITEMAPS), ("GET", f"{SITEMAPS}/{NOBODYS}")]
    )
    async def test_nothing_is_answered_without_a_token(self, api: Api, method: str, path: str) -> None:
        async with httpx.AsyncClient(base_url=api.url) as stranger:
            assert_problem(await stranger.request(method, path), 401)
