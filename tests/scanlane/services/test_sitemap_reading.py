"""Sitemaps read without a database, from real websites of this machine and from files."""

import gzip
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from scanlane.domain.sitemaps import Limits, SitemapKind
from scanlane.domain.sites import UnusableWebsite
from scanlane.services.crawl_values import SiteUnreachable
from scanlane.services.site_access import Access, Manners, access_to_sites
from scanlane.services.sitemap_import import ImportLimits
from scanlane.services.sitemap_reading import FileRead, UrlFound, read_sitemaps
from scanlane.settings import read_settings
from tests.scanlane.services.paper_website import Gate
from tests.scanlane.services.sitemap_site import Reply, SitemapSite, serving


@pytest.fixture
def access(tmp_path: Path) -> Access:
    """The way to websites of this machine."""
    return access_to_sites(read_settings(data_dir=tmp_path), Manners(), allow_networks="127.0.0.0/8")


@pytest.fixture
async def site() -> AsyncIterator[SitemapSite]:
    """A website."""
    async with serving() as site:
        yield site


async def read(
    target: str, access: Access, limits: ImportLimits | None = None
) -> tuple[list[UrlFound], list[FileRead]]:
    """The pages and the files."""
    events = [event async for event in read_sitemaps(target, access=access, limits=limits)]
    return (
        [event for event in events if isinstance(event, UrlFound)],
        [event for event in events if isinstance(event, FileRead)],
    )


class TestOneFile:
    async def test_a_url_is_read_as_a_sitemap(self, access: Access, site: SitemapSite) -> None:
        site["/s.xml"] = (
            f"<urlset><url><loc>{site.url}a</loc><lastmod>2026</lastmod><priority>0.5</priority></url></urlset>"
        )

        (page,), (file,) = await read(site.url + "s.xml", access)

        assert (page.loc, page.source) == (site.url + "a", site.url + "s.xml")
        assert (page.lastmod, page.priority, page.changefreq) == ("2026", 0.5, None)
        assert (file.kind, file.status, file.url_count) == (SitemapKind.URLSET, 200, 1)
        assert (file.found_by, file.error, file.warnings) == ("given", None, ())

    async def test_a_file_on_the_disk_is_read_and_what_it_lists_is_fetched(
        self, access: Access, site: SitemapSite, tmp_path: Path
    ) -> None:
        path = tmp_path / "index.xml.gz"
        path.write_bytes(gzip.compress(site.index("/a.xml").encode()))
        site["/a.xml"] = site.urlset("/1", "/2")

        found, files = await read(str(path), access)

        assert [page.loc for page in found] == [site.url + "1", site.url + "2"]
        assert [(file.url, file.status, file.depth) for file in files] == [
            (str(path), None, 0),
            (site.url + "a.xml", 200, 1),
        ]
        assert [file.warnings for file in files] == [(), ()]

    async def test_a_file_on_the_disk_that_is_none_is_said_to_be(self, access: Access, tmp_path: Path) -> None:
        path = tmp_path / "page.html"
        path.write_text("<!DOCTYPE html><html><body>bread</body></html>")

        found, (file,) = await read(str(path), access)

        assert (found, file.error) == ([], "the file is no sitemap: it is an HTML page")

    @pytest.mark.parametrize(
        ("reply", "error"),
        [
            (Reply(status=404), "has no such file (status 404)."),
            (Reply(b"<!DOCTYPE html><html><body>no"), "the file is no sitemap: it is an HTML page"),
        ],
    )
    async def test_what_is_no_sitemap_is_said_to_be(
        self, access: Access, site: SitemapSite, reply: Reply, error: str
    ) -> None:
        site["/sitemap.xml"] = reply

        found, (file,) = await read(site.url + "sitemap.xml", access)

        assert (found, file.status) == ([], reply.status)
        assert file.error is not None
        assert file.error.endswith(error)

    async def test_pages_come_while_the_file_is_still_being_read(self, access: Access, site: SitemapSite) -> None:
        site["/s.xml"] = site.urlset(*(f"/{n}" for n in range(5000)))
        site.gates["/s.xml"] = gate = Gate()

        async with aclosing(read_sitemaps(site.url + "s.xml", access=access)) as events:
            first = await anext(events)
            was_open = gate.opened.is_set()

        assert isinstance(first, UrlFound)
        assert not was_open

    async def test_something_that_is_no_address_is_bad_input(self, access: Access) -> None:
        with pytest.raises(UnusableWebsite):
            await read("not a website", access)


class TestSites:
    async def test_the_sitemaps_of_a_site_are_found_and_followed(self, access: Access, site: SitemapSite) -> None:
        site["/robots.txt"] = "Sitemap: /index.xml"
        site["/index.xml"] = site.index("/a.xml", "/missing.xml")
        site["/a.xml"] = site.urlset("/1", "/2")

        found, files = await read(site.url, access)

        assert [page.loc for page in found] == [site.url + "1", site.url + "2"]
        assert [(file.found_by, file.kind, file.url_count) for file in files] == [
            ("robots", SitemapKind.INDEX, 2),
            ("index", SitemapKind.URLSET, 2),
            ("index", None, 0),
        ]

    async def test_seven_indexes_that_list_each_other_are_seven_fetches(
        self, access: Access, site: SitemapSite
    ) -> None:
        names = [f"/sitemap{n}.xml" for n in range(7)]
        for name in names:
            site[name] = site.index(*names)

        _, files = await read(site.url + "sitemap0.xml", access)

        assert len(files) == 7
        assert {path: count for path, count in site.counts.items() if path != "/robots.txt"} == dict.fromkeys(names, 1)

    async def test_a_file_that_redirects_to_one_that_was_read_gives_nothing_twice(
        self, access: Access, site: SitemapSite
    ) -> None:
        site["/robots.txt"] = "Sitemap: /a.xml\nSitemap: /b.xml"
        site["/b.xml"] = Reply(status=301, headers={"Location": "/a.xml"})
        site["/a.xml"] = site.urlset("/1")

        found, files = await read(site.url, access)

        assert len(found) == 1
        assert files[1].error == f"the file is the same as {site.url}a.xml"

    async def test_the_budget_of_files_and_depth_is_kept_and_said(self, access: Access, site: SitemapSite) -> None:
        site["/sitemap.xml"] = site.index("/a.xml", "/b.xml", "/c.xml")
        site["/a.xml"] = site.index("/d.xml")

        _, files = await read(site.url + "sitemap.xml", access, ImportLimits(most_files=3, most_depth=1))

        assert [file.warnings for file in files[:2]] == [("too_many_files",), ("too_deep",)]
        assert len(files) == 3

    async def test_a_file_of_too_many_urls_gives_the_first_of_them(self, access: Access, site: SitemapSite) -> None:
        site["/sitemap.xml"] = site.urlset(*(f"/{n}" for n in range(50)))

        found, (file,) = await read(site.url + "sitemap.xml", access, ImportLimits(file=Limits(most_entries=10)))

        assert (len(found), file.warnings) == (10, ("over_50000",))

    async def test_a_site_that_forbids_the_visit_is_unreachable(self, access: Access, site: SitemapSite) -> None:
        site["/robots.txt"] = "User-agent: *\nDisallow: /"

        with pytest.raises(SiteUnreachable, match=r"robots\.txt"):
            await read(site.url, access)

    async def test_a_site_without_sitemaps_gives_nothing(self, access: Access, site: SitemapSite) -> None:
        site["/"] = "<html><body>bread"

        assert await read(site.url, access) == ([], [])
