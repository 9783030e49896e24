"""`scanlane sitemap`, as a person runs it."""

import asyncio
import gzip
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.scanlane.processes import SCANLANE, environment, scanlane
from tests.scanlane.services.sitemap_site import SitemapSite, serving

ALLOWED = ("--allow-network", "127.0.0.0/8")
# Runs a command; prints its status and its largest resident set in KiB, and leaves its output in a file.
MEASURE = """
import resource, subprocess, sys
with open(sys.argv[1], "wb") as out:
    status = subprocess.run(sys.argv[2:], stdout=out).returncode
print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """The environment of a person without a database."""
    return environment(tmp_path / "data", SCANLANE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")


@pytest.fixture
async def site() -> AsyncIterator[SitemapSite]:
    """A website on this machine."""
    async with serving() as site:
        yield site


def urlset(number: int, home: str = "https://shop.example/") -> bytes:
    """A sitemap of so many URLs."""
    urls = (f"<url><loc>{home}p/{n}?a=1&amp;b={n}</loc><lastmod>2026-01-02</lastmod></url>" for n in range(number))
    head = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return (head + "\n".join(urls) + "</urlset>").encode()


def write(folder: Path, number: int) -> Path:
    """The same on the disk."""
    path = folder / f"{number}.xml"
    path.write_bytes(urlset(number))
    return path


async def measured(target: Path, out: Path, env: dict[str, str]) -> tuple[int, float, Any]:
    """Exit status, peak memory in MiB, and the document."""
    command = (sys.executable, "-c", MEASURE, str(out), str(SCANLANE), "sitemap", str(target), "--json")
    process = await asyncio.create_subprocess_exec(*command, env=env, stdout=asyncio.subprocess.PIPE)
    said, _ = await asyncio.wait_for(process.communicate(), 120)
    status, peak = said.split()
    document = json.loads(await asyncio.to_thread(out.read_bytes))
    return int(status), int(peak) / 1024, document


class TestJson:
    async def test_fifty_thousand_urls_are_one_document_and_are_not_held_in_memory(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        _, small, _ = await measured(write(tmp_path, 1000), tmp_path / "out", env)

        status, large, document = await measured(write(tmp_path, 50_000), tmp_path / "out", env)

        assert status == 0
        assert list(document) == ["urls", "files"]
        assert len(document["urls"]) == 50_000
        assert document["urls"][-1]["loc"] == "https://shop.example/p/49999?a=1&b=49999"
        assert large - small < 8

    async def test_a_site_is_searched_and_all_that_its_sitemaps_list_is_read(
        self, env: dict[str, str], site: SitemapSite
    ) -> None:
        index = f"<sitemapindex><sitemap><loc>{site.url}a.xml.gz</loc></sitemap></sitemapindex>"
        site["/robots.txt"] = f"User-agent: *\nSitemap: {site.url}index.xml\n"
        site["/index.xml"] = index
        site["/a.xml.gz"] = gzip.compress(urlset(2, site.url))

        status, out, err = await scanlane("sitemap", site.url, "--json", *ALLOWED, env=env)

        document = json.loads(out)
        assert (status, err) == (0, "")
        assert document["urls"] == [
            {
                "loc": f"{site.url}p/{n}?a=1&b={n}",
                "lastmod": "2026-01-02",
                "source": f"{site.url}a.xml.gz",
                "modified_at": "2026-01-02T00:00:00+00:00",
            }
            for n in range(2)
        ]
        assert [(one["url"], one["kind"], one["status"], one["url_count"]) for one in document["files"]] == [
            (f"{site.url}index.xml", "index", 200, 1),
            (f"{site.url}a.xml.gz", "urlset", 200, 2),
        ]
        assert all(isinstance(one["warnings"], list) for one in document["files"])

    async def test_a_file_that_cannot_be_read_is_named_beside_those_that_can(
        self, env: dict[str, str], site: SitemapSite
    ) -> None:
        listed = "".join(f"<sitemap><loc>{site.url}{name}.xml</loc></sitemap>" for name in ("gone", "here"))
        site["/sitemap.xml"] = f"<sitemapindex>{listed}</sitemapindex>"
        site["/here.xml"] = urlset(1, site.url)

        status, out, _ = await scanlane("sitemap", f"{site.url}sitemap.xml", "--json", *ALLOWED, env=env)

        files = {one["url"]: one["error"] for one in json.loads(out)["files"]}
        assert status == 0
        assert files[f"{site.url}here.xml"] is None
        assert "404" in files[f"{site.url}gone.xml"]

    async def test_without_a_sitemap_the_document_is_empty_and_the_status_1(
        self, env: dict[str, str], site: SitemapSite
    ) -> None:
        status, out, err = await scanlane("sitemap", site.url, "--json", *ALLOWED, env=env)

        assert (status, json.loads(out)["urls"]) == (1, [])
        assert len(err.strip().splitlines()) == 1


class TestLines:
    async def test_a_url_a_line_and_the_summary_beside(self, env: dict[str, str], tmp_path: Path) -> None:
        status, out, err = await scanlane("sitemap", str(write(tmp_path, 3)), env=env)

        assert status == 0
        assert out.splitlines()[0] == "https://shop.example/p/0?a=1&b=0\t2026-01-02"
        assert len(out.splitlines()) == 3
        assert "3 URLs in 1 files" in err

    async def test_a_site_cannot_steer_the_terminal(self, env: dict[str, str], tmp_path: Path) -> None:
        path = tmp_path / "hostile.xml"
        path.write_text(
            "<urlset><url><loc>https://shop.example/&#27;]0;owned&#7;</loc><lastmod>&#x9b;31m</lastmod></url>"
            "<url><loc>https://shop.example/b</loc><lastmod>today&#27;[31m</lastmod></url></urlset>"
        )

        _, out, err = await scanlane("sitemap", str(path), env=env)

        assert not {"\x1b", "\x07", "\x9b"} & set(out + err)
        assert "https://shop.example/b\ttoday" in out

    async def test_it_ends_quietly_when_nobody_reads_on(self, env: dict[str, str], tmp_path: Path) -> None:
        command = f"'{SCANLANE}' sitemap '{write(tmp_path, 50_000)}' | head -n 1"
        process = await asyncio.create_subprocess_shell(
            command, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await asyncio.wait_for(process.communicate(), 60)

        assert len(out.splitlines()) == 1
        assert err == b""


class TestBadInput:
    @pytest.mark.parametrize(
        ("target", "named"),
        [
            ("./missing.xml", "missing.xml"),
            ("missing.xml.gz", "missing.xml.gz"),
            ("/no/such/file", "/no/such/file"),
            (".", "file"),
            ("http://10.0.0.1/sitemap.xml", "10.0.0.1"),
            ("http://127.0.0.1:9/sitemap.xml", "127.0.0.1"),
            ("ftp://shop.example/sitemap.xml", "ftp"),
            ("not a site", "not a site"),
            ("", "empty"),
        ],
    )
    async def test_it_is_one_line_and_status_2(self, env: dict[str, str], target: str, named: str) -> None:
        status, out, err = await scanlane("sitemap", target, "--json", env=env)

        assert (status, out) == (2, "")
        assert named in err
        assert len(err.strip().splitlines()) == 1

    async def test_a_network_that_is_none_is_named(self, env: dict[str, str]) -> None:
        status, out, err = await scanlane("sitemap", "shop.example", "--allow-network", "rubbish", env=env)

        assert (status, out) == (2, "")
        assert "rubbish" in err

    async def test_a_site_that_does_not_answer_is_one_line_and_status_1(self, env: dict[str, str]) -> None:
        status, out, err = await scanlane("sitemap", "http://127.0.0.1:9", "--json", *ALLOWED, env=env)

        assert (status, out) == (1, "")
        assert "127.0.0.1:9" in err
        assert len(err.strip().splitlines()) == 1

    async def test_a_file_that_is_no_sitemap_is_one_line_and_status_1(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        path = tmp_path / "page.xml"
        path.write_text("<!doctype html><html><body>404</body></html>")

        status, _, err = await scanlane("sitemap", str(path), "--json", env=env)

        assert status == 1
        assert "page.xml" in err
        assert len(err.strip().splitlines()) == 1
