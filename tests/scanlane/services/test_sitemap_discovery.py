"""Domains whose sitemap_status says Queued are searched for sitemaps, on real websites of this machine."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from scanlane.services.sitemap_discovery import SITEMAP_DISCOVERY
from scanlane.wiring import Wiring
from tests.conftest import Database
from tests.scanlane.services.sitemap_site import (
    Reply,
    SitemapSite,
    add_domain,
    add_file,
    domain_of,
    files_of,
    serving,
    wired_for,
)
from tests.scanlane.stages import running_stage
from worklane.testing import EventLog

URLSET = "<urlset><url><loc>/a</loc></url></urlset>"
NOT_FOUND = "<!DOCTYPE html><html><body>There is no such page</body></html>"


@pytest.fixture
async def wiring(database: Database, tmp_path: Path) -> AsyncIterator[Wiring]:
    """The application's things over the test's own database."""
    async with wired_for(database, tmp_path) as wiring:
        yield wiring


@pytest.fixture
async def site() -> AsyncIterator[SitemapSite]:
    """A website with a home page."""
    async with serving() as site:
        site["/"] = "<html><body>bread</body></html>"
        yield site


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


async def search(wiring: Wiring, url: str, **values: object) -> UUID:
    """Let the stage search that site; answer its domain."""
    domain_id = await add_domain(wiring, url, **{"sitemap_status": "Queued", **values})
    async with running_stage(wiring, SITEMAP_DISCOVERY, EventLog()) as stage:
        await stage.drain()
    return domain_id


async def found(wiring: Wiring, domain_id: UUID) -> dict[str, str]:
    """The paths of the files that were found, and how."""
    files = await files_of(wiring, domain_id)
    assert all((file.import_status, file.depth, file.tenant) == ("Queued", 0, "harbour") for file in files)
    return {file.url.split("/", 3)[3]: file.found_by for file in files}


async def statuses(wiring: Wiring, domain_id: UUID) -> tuple[str | None, str | None, str | None]:
    """The domain's sitemap status and error, and its scan status."""
    domain = await domain_of(wiring, domain_id)
    return domain.sitemap_status, domain.sitemap_error, domain.scan_status


class TestWhereItLooks:
    async def test_robots_txt_and_the_home_page_name_sitemaps(self, wiring: Wiring, site: SitemapSite) -> None:
        site["/robots.txt"] = "User-agent: *\nSitemap: /one.xml\nSITEMAP: /two.xml # both\nSitemap: /one.xml"
        site["/"] = '<html><head><link rel="sitemap" href="/linked.xml"><link rel="sitemap" href="/one.xml"></head>'

        domain_id = await search(wiring, site.url)

        assert await found(wiring, domain_id) == {"one.xml": "robots", "two.xml": "robots", "linked.xml": "html"}
        assert (await statuses(wiring, domain_id))[:2] == ("Completed", None)
        assert site.counts == {"/robots.txt": 1, "/": 1}

    async def test_the_usual_places_are_asked_only_if_nothing_is_named(self, wiring: Wiring, site: SitemapSite) -> None:
        site["/sitemap_index.xml"] = URLSET

        domain_id = await search(wiring, site.url)

        assert await found(wiring, domain_id) == {"sitemap_index.xml": "common"}
        assert max(site.counts.values()) == 1

    async def test_none_of_the_later_places_is_asked_after_a_hit(self, wiring: Wiring, site: SitemapSite) -> None:
        site["/sitemap.xml"] = URLSET

        await search(wiring, site.url)

        assert len(site.counts) <= 5

    async def test_a_page_that_says_not_found_with_status_200_is_no_sitemap(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        site["/sitemap.xml"] = NOT_FOUND
        site["/sitemap.txt"] = "not found"
        site["/sitemap-index.xml"] = "<sitemapindex><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>"

        domain_id = await search(wiring, site.url)

        assert await found(wiring, domain_id) == {"sitemap-index.xml": "common"}

    async def test_places_that_lead_to_one_file_are_one_file(self, wiring: Wiring, site: SitemapSite) -> None:
        site["/sitemap.xml"] = Reply(status=301, headers={"Location": "/sitemap_index.xml"})
        site["/sitemap_index.xml"] = URLSET

        domain_id = await search(wiring, site.url)

        assert await found(wiring, domain_id) == {"sitemap_index.xml": "common"}

    async def test_a_site_without_sitemaps_is_completed(self, wiring: Wiring, site: SitemapSite) -> None:
        domain_id = await search(wiring, site.url)

        assert await found(wiring, domain_id) == {}
        assert (await statuses(wiring, domain_id))[:2] == ("Completed", None)
        assert max(site.counts.values()) == 1


class TestManners:
    async def test_what_robots_txt_forbids_is_not_asked_for(self, wiring: Wiring, site: SitemapSite) -> None:
        site["/robots.txt"] = "User-agent: *\nDisallow: /sitemap.xml"
        site["/sitemap.xml"] = URLSET
        site["/sitemap-index.xml"] = URLSET

        domain_id = await search(wiring, site.url)

        assert await found(wiring, domain_id) == {"sitemap-index.xml": "common"}
        assert "/sitemap.xml" not in site.counts

    async def test_a_site_that_forbids_the_visit_is_an_error_with_the_reason(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        site["/robots.txt"] = "User-agent: *\nDisallow: /\nSitemap: /one.xml"

        domain_id = await search(wiring, site.url, wants_scan=True)

        status, error, scan = await statuses(wiring, domain_id)
        assert (status, scan) == ("Error", "Queued")
        assert error is not None
        assert "robots.txt" in error
        assert site.counts == {"/robots.txt": 1}

    async def test_robots_txt_may_name_a_sitemap_on_another_host_and_the_home_page_may_not(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        site["/robots.txt"] = "Sitemap: https://cdn.example/bakery.xml"
        site["/"] = '<html><head><link rel="sitemap" href="https://elsewhere.example/bakery.xml"></head>'

        domain_id = await search(wiring, site.url)

        assert await found(wiring, domain_id) == {"bakery.xml": "robots"}
        (file,) = await files_of(wiring, domain_id)
        assert file.url == "https://cdn.example/bakery.xml"

    async def test_a_usual_place_that_leads_to_another_host_is_no_sitemap_of_the_site(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        async with serving() as other:
            other["/sitemap.xml"] = URLSET
            site["/sitemap.xml"] = Reply(status=302, headers={"Location": other.url + "sitemap.xml"})

            domain_id = await search(wiring, site.url)

        assert await found(wiring, domain_id) == {}

    async def test_private_addresses_are_refused(self, database: Database, site: SitemapSite, tmp_path: Path) -> None:
        async with wired_for(database, tmp_path, allow_networks="") as wiring:
            domain_id = await search(wiring, site.url)
            status, error, _ = await statuses(wiring, domain_id)

        assert status == "Error"
        assert error is not None
        assert "not a public address" in error
        assert not site.asked


class TestWhatFollows:
    @pytest.mark.parametrize("sitemap", [URLSET, NOT_FOUND])
    async def test_a_wanted_scan_is_queued_whatever_was_found(
        self, wiring: Wiring, site: SitemapSite, sitemap: str
    ) -> None:
        site["/sitemap.xml"] = sitemap

        domain_id = await search(wiring, site.url, wants_scan=True)

        assert await statuses(wiring, domain_id) == ("Completed", None, "Queued")

    async def test_a_scan_that_nobody_wants_is_not_queued(self, wiring: Wiring, site: SitemapSite) -> None:
        domain_id = await search(wiring, site.url)

        assert (await statuses(wiring, domain_id))[2] is None

    async def test_a_scan_that_runs_goes_on(self, wiring: Wiring, site: SitemapSite) -> None:
        domain_id = await search(wiring, site.url, wants_scan=True, scan_status="Processing")

        assert (await statuses(wiring, domain_id))[2] == "Processing"

    async def test_known_files_are_queued_again_save_those_that_are_open(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        site["/robots.txt"] = "Sitemap: /done.xml\nSitemap: /failed.xml\nSitemap: /running.xml"
        domain_id = await add_domain(wiring, site.url, sitemap_status="Queued")
        await add_file(wiring, domain_id, site.url + "done.xml", import_status="Completed")
        await add_file(wiring, domain_id, site.url + "failed.xml", import_status="Error", import_error="gone")
        await add_file(wiring, domain_id, site.url + "running.xml", import_status="Processing")

        async with running_stage(wiring, SITEMAP_DISCOVERY, EventLog()) as stage:
            await stage.drain()

        files = {file.url.rpartition("/")[2]: file for file in await files_of(wiring, domain_id)}
        assert {name: file.import_status for name, file in files.items()} == {
            "done.xml": "Queued",
            "failed.xml": "Queued",
            "running.xml": "Processing",
        }
        assert files["failed.xml"].import_error is None

    async def test_a_domain_has_no_more_files_than_it_may(
        self, database: Database, site: SitemapSite, tmp_path: Path
    ) -> None:
        site["/robots.txt"] = "\n".join(f"Sitemap: /{n}.xml" for n in range(9))

        async with wired_for(database, tmp_path, sitemap_most_files=4) as wiring:
            domain_id = await search(wiring, site.url)
            names = await found(wiring, domain_id)

        assert list(names) == ["0.xml", "1.xml", "2.xml", "3.xml"]


class TestFailures:
    async def test_a_site_that_cannot_be_reached_is_tried_again_and_nothing_is_queued_meanwhile(
        self, wiring: Wiring
    ) -> None:
        domain_id = await search(wiring, f"http://127.0.0.1:{closed_port()}/", wants_scan=True)

        status, error, scan = await statuses(wiring, domain_id)
        assert (status, scan) == ("Queued", None)
        assert error is not None
        assert "cannot be reached" in error

    async def test_after_the_last_attempt_it_is_an_error_with_the_reason_and_the_wanted_scan_is_queued(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        site["/robots.txt"] = Reply(status=503, headers={"Retry-After": "0"})
        domain_id = await add_domain(wiring, site.url, sitemap_status="Queued", wants_scan=True)

        async with running_stage(wiring, SITEMAP_DISCOVERY, EventLog()) as stage:
            assert await stage.drain() == 3

        status, error, scan = await statuses(wiring, domain_id)
        assert (status, scan) == ("Error", "Queued")
        assert error is not None
        assert "503" in error
