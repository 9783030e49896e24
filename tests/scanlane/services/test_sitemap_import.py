"""Files whose import_status says Queued are read, and their pages kept, on real websites of this machine."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete

from scanlane.models import StatusClaim
from scanlane.services.sitemap_discovery import SITEMAP_DISCOVERY
from scanlane.services.sitemap_import import SITEMAP_IMPORT, SITEMAP_IMPORTS
from scanlane.stores.pages import promising_pages
from scanlane.wiring import Wiring
from tests.conftest import Database
from tests.scanlane.processes import until
from tests.scanlane.services.paper_website import Gate
from tests.scanlane.services.sitemap_site import (
    Reply,
    SitemapSite,
    add_domain,
    add_file,
    domain_of,
    file_of,
    files_of,
    pages_of,
    requeue,
    serving,
    wired_for,
)
from tests.scanlane.stages import RunningStage, running_stage, stage_of
from worklane import events
from worklane.executor import Executor
from worklane.testing import EventLog

MANY = 5000
# The file comes in two halves; of the first one a block of 64 KiB is read, and of that whole portions are kept.
EARLY = 1000


@pytest.fixture
async def wiring(database: Database, tmp_path: Path) -> AsyncIterator[Wiring]:
    """The application's things over the test's own database."""
    async with wired_for(database, tmp_path) as wiring:
        yield wiring


@pytest.fixture
async def site() -> AsyncIterator[SitemapSite]:
    """A website."""
    async with serving() as site:
        yield site


async def run_imports(wiring: Wiring) -> EventLog:
    """Let the stage import all that waits."""
    log = EventLog()
    async with running_stage(wiring, SITEMAP_IMPORT, log) as stage:
        await stage.drain()
    return log


def paths(urls: list[str]) -> list[str]:
    """The URLs without scheme and host."""
    return ["/" + url.split("/", 3)[3] for url in urls]


class TestPages:
    async def test_what_a_sitemap_says_of_a_page_is_kept(self, wiring: Wiring, site: SitemapSite) -> None:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"] = Reply(
            f"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
            xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><loc>{site.url}bread?utm_source=x&amp;id=2</loc>
            <lastmod>2026-05-04T10:00:00+02:00</lastmod><changefreq>weekly</changefreq><priority>0.7</priority>
            <image:image><image:loc>{site.url}loaf.jpg</image:loc></image:image></url></urlset>""".encode(),
            headers={"ETag": '"1"', "Last-Modified": "Mon, 04 May 2026 08:00:00 GMT"},
        )

        await run_imports(wiring)

        (page,), file = await pages_of(wiring, domain_id), await file_of(wiring, file_id)
        assert page.url == site.url + "bread?id=2"
        assert (page.tenant, page.sitemap_file_id) == ("harbour", file_id)
        assert (page.lastmod, page.modified_at) == ("2026-05-04T10:00:00+02:00", datetime(2026, 5, 4, 8, tzinfo=UTC))
        assert (page.changefreq, page.priority) == ("weekly", 0.7)
        assert page.extras is not None
        assert "loaf.jpg" in str(page.extras)
        assert (file.import_status, file.import_error, file.kind) == ("Completed", None, "urlset")
        assert (file.http_status, file.url_count, file.warnings) == (200, 1, [])
        assert (file.etag, file.last_modified) == ('"1"', "Mon, 04 May 2026 08:00:00 GMT")
        assert file.final_url == site.url + "s.xml"
        assert file.bytes_raw == file.bytes_decoded == len(site.replies["/s.xml"].body)
        assert file.sha256 is not None
        assert file.imported_at is not None

    async def test_contacts_are_worth_more_than_articles_and_pictures_nothing(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        domain_id = await add_domain(wiring, site.url)
        await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"] = site.urlset("/blog/2020/05/loaf", "/kontakt", "/about/team", "/loaf.jpg", "/")

        await run_imports(wiring)

        worth = {page.url: page.worth for page in await pages_of(wiring, domain_id)}
        assert paths(sorted(worth, key=lambda url: -worth[url])) == [
            "/",
            "/kontakt",
            "/about/team",
            "/blog/2020/05/loaf",
            "/loaf.jpg",
        ]
        assert worth[site.url + "loaf.jpg"] == 0

    async def test_pages_of_other_sites_are_flagged_and_left_out(self, wiring: Wiring, site: SitemapSite) -> None:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"] = site.urlset("/bread", "https://elsewhere.example/bread")

        await run_imports(wiring)

        file = await file_of(wiring, file_id)
        assert [page.url for page in await pages_of(wiring, domain_id)] == [site.url + "bread"]
        assert (file.import_status, file.url_count, file.warnings) == ("Completed", 2, ["cross_host"])

    async def test_pages_of_the_host_to_which_the_home_moved_belong_to_the_site(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        domain_id = await add_domain(wiring, site.url, final_url="https://www.new-bakery.example/")
        await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"] = site.urlset("/bread", "https://shop.new-bakery.example/bread")

        await run_imports(wiring)

        assert len(await pages_of(wiring, domain_id)) == 2

    async def test_values_that_postgresql_refuses_are_made_fit(self, wiring: Wiring, site: SitemapSite) -> None:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"] = Reply(
            f"<urlset xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'><url><loc>{site.url}a</loc>"
            "<lastmod>\x00 yester\x00day</lastmod><changefreq>\x00</changefreq><image:image><image:loc>/b\x00.jpg"
            "</image:loc><image:title>a\x00b \\u0000 &#xD800;</image:title></image:image></url></urlset>".encode()
        )

        await run_imports(wiring)

        assert (await file_of(wiring, file_id)).import_status == "Completed"
        assert len(await pages_of(wiring, domain_id)) == 1

    async def test_a_page_that_two_files_list_is_one_page_that_knows_what_both_say(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        domain_id = await add_domain(wiring, site.url)
        for name in ("one.xml", "two.xml"):
            await add_file(wiring, domain_id, site.url + name)
        site["/one.xml"] = f"<urlset><url><loc>{site.url}a</loc><lastmod>2026-01-01</lastmod></url></urlset>"
        site["/two.xml"] = f"<urlset><url><loc>{site.url}a</loc><changefreq>daily</changefreq></url></urlset>"

        await run_imports(wiring)

        (page,) = await pages_of(wiring, domain_id)
        assert (page.lastmod, page.changefreq) == ("2026-01-01", "daily")


class TestIndexes:
    async def test_the_files_of_an_index_are_imported_too(self, wiring: Wiring, site: SitemapSite) -> None:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "index.xml")
        site["/index.xml"] = site.index("/a.xml", "/b.xml.gz")
        site["/a.xml"] = site.urlset("/1", "/2")
        site["/b.xml.gz"] = Reply(gzip.compress(site.urlset("/3").encode()))

        await run_imports(wiring)

        _, one, other = await files_of(wiring, domain_id)
        assert (one.found_by, one.depth, one.parent_id) == ("index", 1, file_id)
        assert {one.import_status, other.import_status} == {"Completed"}
        assert paths([page.url for page in await pages_of(wiring, domain_id)]) == ["/1", "/2", "/3"]

    async def test_seven_indexes_that_list_each_other_are_seven_fetches(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        domain_id = await add_domain(wiring, site.url)
        names = [f"/index{n}.xml" for n in range(7)]
        for name in names:
            site[name] = site.index(*names)
        await add_file(wiring, domain_id, site.url + "index0.xml")

        await run_imports(wiring)

        assert {path: count for path, count in site.counts.items() if path != "/robots.txt"} == dict.fromkeys(names, 1)
        assert [file.import_status for file in await files_of(wiring, domain_id)] == ["Completed"] * 7

    async def test_indexes_that_each_claim_that_the_others_changed_come_to_an_end(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        domain_id = await add_domain(wiring, site.url)
        names = [f"/index{n}.xml" for n in range(4)]
        for day, name in enumerate(names, 1):
            listed = (f"<sitemap><loc>{one}</loc><lastmod>2099-01-0{day}</lastmod></sitemap>" for one in names)
            site[name] = f"<sitemapindex>{''.join(listed)}</sitemapindex>"
        await add_file(wiring, domain_id, site.url + "index0.xml")

        await run_imports(wiring)

        assert {path: count for path, count in site.counts.items() if path != "/robots.txt"} == dict.fromkeys(names, 1)

    async def test_robots_txt_is_asked_for_once_by_all_imports_of_a_process(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        domain_id = await add_domain(wiring, site.url)
        await add_file(wiring, domain_id, site.url + "index.xml")
        site["/index.xml"] = site.index(*(f"/{n}.xml" for n in range(5)))

        await run_imports(wiring)

        assert site.counts["/robots.txt"] == 1

    async def test_a_chain_of_indexes_ends_at_the_greatest_depth(
        self, database: Database, tmp_path: Path, site: SitemapSite
    ) -> None:
        async with wired_for(database, tmp_path, sitemap_most_depth=2) as wiring:
            domain_id = await add_domain(wiring, site.url)
            await add_file(wiring, domain_id, site.url + "0.xml")
            for number in range(9):
                site[f"/{number}.xml"] = site.index(f"/{number + 1}.xml")

            await run_imports(wiring)
            files = await files_of(wiring, domain_id)

        assert [file.depth for file in files] == [0, 1, 2]
        assert [file.warnings for file in files] == [[], [], ["too_deep"]]

    async def test_a_domain_has_no_more_files_than_it_may_and_the_index_says_so(
        self, database: Database, tmp_path: Path, site: SitemapSite
    ) -> None:
        async with wired_for(database, tmp_path, sitemap_most_files=10) as wiring:
            domain_id = await add_domain(wiring, site.url)
            for side in "ab":
                await add_file(wiring, domain_id, f"{site.url}{side}.xml")
                site[f"/{side}.xml"] = site.index(*(f"/{side}{n}.xml" for n in range(50)))

            await run_imports(wiring)
            files = await files_of(wiring, domain_id)

        assert len(files) == 10
        assert "too_many_files" in [code for file in files[:2] for code in file.warnings]

    async def test_an_index_may_name_a_file_on_another_host(self, wiring: Wiring, site: SitemapSite) -> None:
        domain_id = await add_domain(wiring, site.url)
        await add_file(wiring, domain_id, site.url + "index.xml")
        async with serving() as other:
            site["/index.xml"] = site.index(other.url + "a.xml")
            other["/a.xml"] = site.urlset("/1")

            await run_imports(wiring)

        assert paths([page.url for page in await pages_of(wiring, domain_id)]) == ["/1"]

    async def test_a_file_that_the_home_page_linked_may_not_lead_to_another_host(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "a.xml", found_by="html")
        async with serving() as other:
            site["/a.xml"] = Reply(status=301, headers={"Location": other.url + "a.xml"})
            other["/a.xml"] = site.urlset("/1")

            await run_imports(wiring)

        assert (await file_of(wiring, file_id)).import_error == "the file redirects to another site"

    async def test_a_file_is_read_again_only_if_its_index_says_that_it_changed(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        def dated(*dates: str) -> str:
            listed = (
                f"<sitemap><loc>{site.url}{n}.xml</loc><lastmod>{date}</lastmod></sitemap>"
                for n, date in enumerate(dates)
            )
            return f"<sitemapindex>{''.join(listed)}</sitemapindex>"

        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "index.xml")
        for number in range(3):
            site[f"/{number}.xml"] = site.urlset(f"/{number}")
        site["/index.xml"] = dated("2026-01-01", "2026-01-01", "2026-01-01")
        await run_imports(wiring)
        site["/index.xml"] = dated("2026-01-01", "2026-01-02", "2099-01-01")

        await requeue(wiring, file_id)
        await run_imports(wiring)

        assert [site.counts[f"/{number}.xml"] for number in range(3)] == [1, 1, 2]


class TestBothStages:
    async def test_a_domain_becomes_its_pages(self, wiring: Wiring, site: SitemapSite) -> None:
        site["/robots.txt"] = "Sitemap: /index.xml"
        site["/index.xml"] = site.index("/a.xml.gz", "/gone.xml")
        site["/a.xml.gz"] = Reply(gzip.compress(site.urlset("/contact", "/bread").encode()))
        domain_id = await add_domain(wiring, site.url, sitemap_status="Queued", wants_scan=True)

        for name in (SITEMAP_DISCOVERY, SITEMAP_IMPORT):
            async with running_stage(wiring, name, EventLog()) as stage:
                await stage.drain()

        async with wiring.sessions() as session:
            best = await promising_pages(session, domain_id, 10)
        domain = await domain_of(wiring, domain_id)
        assert paths([page.url for page in best]) == ["/contact", "/bread"]
        assert (domain.sitemap_status, domain.scan_status) == ("Completed", "Queued")
        assert [file.import_status for file in await files_of(wiring, domain_id)] == ["Completed", "Completed", "Error"]


class TestAgain:
    @pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
    async def test_the_server_is_asked_whether_the_file_has_changed(
        self, wiring: Wiring, site: SitemapSite, header: str
    ) -> None:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"] = Reply(site.urlset("/a").encode(), headers={header: "Mon, 04 May 2026 08:00:00 GMT"})
        await run_imports(wiring)

        site["/s.xml"] = Reply(status=304)
        await requeue(wiring, file_id)
        await run_imports(wiring)

        asked = site.asked[-1][1]
        file = await file_of(wiring, file_id)
        assert asked["If-None-Match" if header == "ETag" else "If-Modified-Since"] == "Mon, 04 May 2026 08:00:00 GMT"
        assert (file.import_status, file.http_status, file.url_count) == ("Completed", 304, 1)
        assert len(await pages_of(wiring, domain_id)) == 1

    async def test_a_file_that_is_as_it_was_is_fetched_without_its_body(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"] = Reply(site.urlset("/a").encode(), headers={"ETag": '"1"'})
        await run_imports(wiring)
        before = await file_of(wiring, file_id)

        await requeue(wiring, file_id)
        await run_imports(wiring)

        after = await file_of(wiring, file_id)
        assert (after.http_status, after.etag, after.sha256) == (304, '"1"', before.sha256)
        assert after.imported_at is not None
        assert before.imported_at is not None
        assert after.imported_at > before.imported_at

    async def test_the_same_bytes_without_any_date_are_not_read_again(self, wiring: Wiring, site: SitemapSite) -> None:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"] = site.urlset(*(f"/{n}" for n in range(1500)))
        await run_imports(wiring)
        before = {page.id for page in await pages_of(wiring, domain_id)}

        await requeue(wiring, file_id)
        async with wiring.sessions.begin() as session:
            await session.execute(delete(type((await pages_of(wiring, domain_id))[0])))
        await run_imports(wiring)

        assert len(before) == 1500
        assert await pages_of(wiring, domain_id) == []
        assert (await file_of(wiring, file_id)).import_status == "Completed"

    async def test_a_file_that_changed_is_read_and_its_old_pages_stay(self, wiring: Wiring, site: SitemapSite) -> None:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"] = Reply(site.urlset("/a").encode(), headers={"ETag": '"1"'})
        await run_imports(wiring)
        site["/s.xml"] = Reply(site.urlset("/b").encode(), headers={"ETag": '"2"'})

        await requeue(wiring, file_id)
        await run_imports(wiring)

        assert paths([page.url for page in await pages_of(wiring, domain_id)]) == ["/a", "/b"]
        assert (await file_of(wiring, file_id)).etag == '"2"'


class TestFailures:
    @pytest.mark.parametrize(
        ("reply", "error"),
        [
            (Reply(b"gone", 404), "has no such file (status 404)."),
            (Reply(b"gone", 410), "has no such file any more (status 410)."),
            (Reply(b"no", 403), "forbids the visit (status 403)."),
            (Reply(b"no", 400), "refuses the file (status 400)."),
            (Reply(b"<!DOCTYPE html><html><body>Not here"), "the file is no sitemap: it is an HTML page"),
            (Reply(b""), "the file is no sitemap: it is empty"),
            (Reply(b'{"error": 1}'), "the file is no sitemap: it is JSON"),
            (Reply(gzip.compress(b"<html><body>no")), "the file is no sitemap: it is an HTML page"),
        ],
    )
    async def test_what_is_no_sitemap_is_an_error_with_the_reason(
        self, wiring: Wiring, site: SitemapSite, reply: Reply, error: str
    ) -> None:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"] = reply

        await run_imports(wiring)

        file = await file_of(wiring, file_id)
        assert (file.import_status, file.http_status) == ("Error", reply.status)
        assert file.import_error is not None
        assert file.import_error.endswith(error)
        assert site.counts["/s.xml"] == 1

    async def test_an_error_of_the_server_is_tried_again(self, wiring: Wiring, site: SitemapSite) -> None:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"] = Reply(status=500)

        await run_imports(wiring)

        file = await file_of(wiring, file_id)
        assert (file.import_status, site.counts["/s.xml"]) == ("Queued", 1)
        assert file.import_error is not None
        assert "status 500" in file.import_error

    async def test_a_server_that_wants_to_be_left_alone_keeps_the_other_files_waiting_without_an_attempt(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        domain_id = await add_domain(wiring, site.url)
        ids = [await add_file(wiring, domain_id, f"{site.url}{n}.xml") for n in range(6)]
        for number in range(6):
            site[f"/{number}.xml"] = Reply(status=429, headers={"Retry-After": "3600"})

        await run_imports(wiring)

        assert sum(count for path, count in site.counts.items() if path != "/robots.txt") <= 2
        assert {(await file_of(wiring, file_id)).import_status for file_id in ids} == {"Queued"}

    async def test_what_robots_txt_forbids_is_not_fetched(self, wiring: Wiring, site: SitemapSite) -> None:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "private/s.xml")
        site["/robots.txt"] = "User-agent: *\nDisallow: /private/"

        await run_imports(wiring)

        assert "robots.txt" in str((await file_of(wiring, file_id)).import_error)
        assert site.counts == {"/robots.txt": 1}


class TestBombs:
    async def test_a_bomb_in_the_file_is_unpacked_to_the_limit(
        self, database: Database, tmp_path: Path, site: SitemapSite
    ) -> None:
        start = b"<urlset><url><loc>/a</loc></url>"
        for path, encoding in (("/s.xml.gz", {}), ("/s.xml", {"Content-Encoding": "gzip"})):
            site[path] = Reply(gzip.compress(start + b" " * 80_000_000), headers=encoding)

        async with wired_for(database, tmp_path, sitemap_largest_bytes=1_000_000) as wiring:
            domain_id = await add_domain(wiring, site.url)
            for path in site.replies:
                await add_file(wiring, domain_id, site.url.rstrip("/") + path)
            await run_imports(wiring)
            files = await files_of(wiring, domain_id)

        for file in files:
            assert (file.import_status, file.url_count) == ("Completed", 1)
            assert "over_50mb" in file.warnings
            assert file.bytes_decoded is not None
            assert 1_000_000 <= file.bytes_decoded <= 1_100_000

    async def test_a_file_of_too_many_urls_gives_the_first_of_them(
        self, database: Database, tmp_path: Path, site: SitemapSite
    ) -> None:
        site["/s.xml"] = site.urlset(*(f"/{n}" for n in range(3000)))

        async with wired_for(database, tmp_path, sitemap_most_urls=1200) as wiring:
            domain_id = await add_domain(wiring, site.url)
            file_id = await add_file(wiring, domain_id, site.url + "s.xml")
            await run_imports(wiring)
            file, pages = await file_of(wiring, file_id), await pages_of(wiring, domain_id)

        assert (file.url_count, file.warnings, len(pages)) == (1200, ["over_50000"], 1200)


class TestWorkers:
    async def test_pages_are_kept_while_the_file_is_still_being_read(self, wiring: Wiring, site: SitemapSite) -> None:
        domain_id = await add_domain(wiring, site.url)
        await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"] = site.urlset(*(f"/{n}" for n in range(MANY)))
        site.gates["/s.xml"] = gate = Gate()

        async with running_stage(wiring, SITEMAP_IMPORT, EventLog()) as stage:
            await stage.poll()
            await gate.reached.wait()
            await first_pages(wiring, domain_id)
            gate.opened.set()
            await stage.log.saw(events.Settled)

        assert len(await pages_of(wiring, domain_id)) == MANY

    async def test_an_import_whose_worker_was_stopped_in_the_middle_is_done_again_and_nothing_is_double_or_lost(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"] = site.urlset(*(f"/{n}" for n in range(MANY)))
        site.gates["/s.xml"] = gate = Gate()
        async with running_stage(wiring, SITEMAP_IMPORT, EventLog()) as stage:
            await stage.poll()
            await gate.reached.wait()
            await first_pages(wiring, domain_id)
            stage.worker.stop(at_once=True)
        left = (await file_of(wiring, file_id)).import_status
        site.gates.clear()

        await run_imports(wiring)

        urls = [page.url for page in await pages_of(wiring, domain_id)]
        assert left == "Queued"
        assert (len(urls), len(set(urls))) == (MANY, MANY)
        assert (await file_of(wiring, file_id)).import_status == "Completed"

    async def test_an_import_whose_process_died_in_the_middle_is_done_again_and_nothing_is_double_or_lost(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"] = site.urlset(*(f"/{n}" for n in range(MANY)))
        site.gates["/s.xml"] = Gate()
        queue, worker = wiring.status_queue(SITEMAP_IMPORTS), uuid4()
        pulse = wiring.pulse(queue)
        await pulse.register(worker, "dies")
        (claim,) = await queue.claim(worker, kinds=[SITEMAP_IMPORT], limit=1)
        executor = Executor(queue, [stage_of(SITEMAP_IMPORT).work(wiring)])

        dying = asyncio.create_task(executor.execute(claim))
        await first_pages(wiring, domain_id)
        dying.cancel()
        await asyncio.wait([dying])
        left = (await file_of(wiring, file_id)).import_status
        site.gates.clear()
        await queue.rescue(dead_after=timedelta(0), limit=10)
        await pulse.close()
        await run_imports(wiring)

        urls = [page.url for page in await pages_of(wiring, domain_id)]
        assert left == "Processing"
        assert (len(urls), len(set(urls))) == (MANY, MANY)
        assert (await file_of(wiring, file_id)).import_status == "Completed"

    async def test_an_import_that_lost_its_claim_writes_nothing_more(self, wiring: Wiring, site: SitemapSite) -> None:
        domain_id = await add_domain(wiring, site.url)
        file_id = await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"] = site.urlset(*(f"/{n}" for n in range(MANY)))
        site.gates["/s.xml"] = gate = Gate()

        async with running_stage(wiring, SITEMAP_IMPORT, EventLog()) as stage:
            await stage.poll()
            await gate.reached.wait()
            await first_pages(wiring, domain_id)
            async with wiring.sessions.begin() as session:
                await session.execute(delete(StatusClaim).where(StatusClaim.row_id == file_id))
            gate.opened.set()
            await stage.log.saw(events.Lost)

        file = await file_of(wiring, file_id)
        assert len(await pages_of(wiring, domain_id)) == EARLY
        assert (file.kind, file.imported_at) == (None, None)

    async def test_two_workers_never_import_the_same_file(self, wiring: Wiring, site: SitemapSite) -> None:
        domain_id = await add_domain(wiring, site.url)
        names = [f"/{n}.xml" for n in range(20)]
        for name in names:
            site[name] = site.urlset(*(f"{name}/{n}" for n in range(5)))
            await add_file(wiring, domain_id, site.url.rstrip("/") + name)

        async with (
            running_stage(wiring, SITEMAP_IMPORT, EventLog()) as first,
            running_stage(wiring, SITEMAP_IMPORT, EventLog()) as second,
        ):
            await asyncio.gather(until(is_idle(first), within=30), until(is_idle(second), within=30))

        assert {path: count for path, count in site.counts.items() if path != "/robots.txt"} == dict.fromkeys(names, 1)
        assert len(await pages_of(wiring, domain_id)) == 100


def is_idle(stage: RunningStage) -> Callable[[], Awaitable[bool]]:
    """Polls; whether nothing waits and nothing runs here."""

    async def idle() -> bool:
        return not await stage.poll(batch=2) and not stage.worker.running

    return idle


async def first_pages(wiring: Wiring, domain_id: UUID) -> None:
    """Wait until what was read of the first half of the file is kept."""

    async def kept() -> bool:
        return len(await pages_of(wiring, domain_id)) == EARLY

    await until(kept, within=30)
