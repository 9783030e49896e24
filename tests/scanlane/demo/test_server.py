"""The sample website: true to life, and true to its own rules."""

import re
from collections.abc import AsyncIterator
from importlib.resources import files

import aiohttp
import pytest

from scanlane.demo.server import DemoSite, serve_demo
from scanlane.domain.assessment import assess
from scanlane.domain.pages import read

HOST = "harbour-bakery.example"
PAGES = (
    "",
    "about",
    "blog/",
    "blog/sourdough-week",
    "blog/winter-hours",
    "contact",
    "legal-notice",
    "locations",
    "press",
    "privacy",
    "team",
)
MAILBOXES = {
    "accounts",
    "events",
    "info",
    "jobs",
    "legal",
    "office",
    "oldtown",
    "orders",
    "pastry",
    "press",
    "privacy",
    "quayside",
    "tours",
    "wholesale",
}


@pytest.fixture
async def demo() -> AsyncIterator[DemoSite]:
    """The running sample website."""
    async with serve_demo() as demo:
        yield demo


async def get(url: str) -> tuple[int, str, bytes]:
    """Status, content type and body."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, response.headers["Content-Type"], await response.read()


class TestServeDemo:
    @pytest.mark.parametrize("path", PAGES)
    async def test_every_page_is_served_and_calls_the_bakery_its_home(self, demo: DemoSite, path: str) -> None:
        status, content_type, body = await get(demo.url + path)

        assert (status, content_type) == (200, "text/html; charset=utf-8")
        assert f'<link rel="canonical" href="https://{HOST}/{path}">' in body.decode()

    async def test_robots_and_sitemap_name_the_address_where_they_are_served(self, demo: DemoSite) -> None:
        robots = await get(demo.url + "robots.txt")
        sitemap = await get(demo.url + "sitemap.xml")

        assert f"Sitemap: {demo.url}sitemap.xml".encode() in robots[2]
        assert set(re.findall(r"<loc>(.*?)</loc>", sitemap[2].decode())) >= {demo.url + "contact", demo.url}

    async def test_anything_else_is_missing(self, demo: DemoSite) -> None:
        assert (await get(demo.url + "images/logo@2x.png"))[0] == 404
        assert (await get(demo.url + "../server.py"))[0] == 404

    async def test_requests_and_canary_hits_are_counted(self, demo: DemoSite) -> None:
        await get(demo.url)
        await get(demo.url)
        await get(demo.url + "staff-only/rota")

        assert demo.requests == {"/": 2, "/staff-only/rota": 1}
        assert demo.canary_hits == 1

    async def test_two_can_run_at_once(self, demo: DemoSite) -> None:
        async with serve_demo() as other:
            assert other.url != demo.url
            assert (await get(other.url))[0] == 200


class TestItsContacts:
    async def test_every_mailbox_is_found_and_no_trap_is_believed(self, demo: DemoSite) -> None:
        seen = []
        for path in PAGES:
            _, content_type, body = await get(demo.url + path)
            findings = read(body, demo.url + path, content_type).findings
            seen += [(demo.url + path, sighting) for sighting in findings.emails]

        contacts = assess(seen, [HOST])

        assert {contact.value for contact in contacts if contact.score >= 50} >= {f"{box}@{HOST}" for box in MAILBOXES}
        believed = {contact.value.partition("@")[0] for contact in contacts if contact.score >= 50}
        assert not believed & {"honey", "canary", "you", "logo", "ovenlist"}


class TestItsText:
    def test_nobody_real_can_be_reached(self) -> None:
        text = "".join(_texts())

        assert set(re.findall(r"[\w.+-]+@([\w.-]+\w)", text)) <= {HOST, "yourdomain.example", "2x.png", "2.0.1"}
        assert set(re.findall(r"https?://([\w.-]+)", text)) <= {
            HOST,
            "schema.org",
            "www.sitemaps.org",
            "maps.example.org",
            "www.facebook.com",
            "www.instagram.com",
            "www.youtube.com",
        }
        assert all(
            re.search(r"7946 ?01\d\d|555-01\d\d", number)
            for number in re.findall(r"(?:\+44|\+1|\(020\))[\d ()-]{9,}", text)
        )


def _texts() -> list[str]:
    folder = files("scanlane.demo") / "harbour_bakery"
    names = [path or "index" for path in PAGES] + ["robots.txt", "sitemap.xml", "staff-only/rota"]
    found = []
    for name in names:
        file = name + "index.html" if name.endswith("/") else name if "." in name else name + ".html"
        found.append((folder / file).read_text(encoding="utf-8"))
    return found
