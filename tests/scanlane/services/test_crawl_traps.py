"""A website that is nothing but traps, over a real server: each URL once, never the canary, and an end."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from scanlane.clients.address_guard import AddressGuard, parse_networks
from scanlane.clients.website import WebsiteClient
from scanlane.domain.pages import read
from scanlane.domain.sites import parse_site
from scanlane.services.website_crawl import CrawlOptions, PageVisit, crawl

MOST_REQUESTS = 160
PLANTED = {f"{name}@trap-bakery.example" for name in ("info", "latin", "wide", "oven", "session", "late")}
HOME = """<html><a href=/contact>Contact</a> <a href=/private/canary>Staff</a> <a href=/leads-to-canary>x</a>
<iframe src=/private/frame></iframe><script src=/private/code></script><link rel=canonical href=/private/home>
<a href=/calendar/2024/01>Calendar</a> <a href=/shop?colour=1>Shop</a> <a href=/list?page=1>List</a>
<a href="/news?PHPSESSID=0a1b2c3d4e5f60718293a4b5c6d7e8f9">News</a> <a href=/news?utm_source=x>News</a>
<a href=/loop/a>Loop</a> <a href=/latin>Latin</a> <a href=/wide>Wide</a> <a href=/busy>Busy</a> <a href=/a/>A</a>
<a href=/team>Team</a> <a href=/team/>Team</a> <a href=/team/index.html>Team</a> <a href=/grow?a=1>Grow</a></html>"""
FIXED = {
    "/": HOME,
    "/contact": "<a href=mailto:info@trap-bakery.example>write</a>",
    "/news": "session@trap-bakery.example <a href=/news?sid=ffeeddccbbaa99887766>again</a>",
    "/team": "oven@trap-bakery.example",
}


@dataclass
class TrapSite:
    """What was asked for, as path and query."""

    requests: Counter[str] = field(default_factory=Counter)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        """A page for every address there is."""
        self.requests[request.path_qs] += 1
        if request.path == "/robots.txt":
            return web.Response(text=f"User-agent: *\nDisallow: /private/\nSitemap: {self.url}sitemap.xml\n")
        if request.path == "/sitemap.xml":
            return web.Response(text=f"<urlset><url><loc>{self.url}private/listed</loc></url></urlset>")
        return self._page(request) or self._endless(request)

    def _page(self, request: web.Request) -> web.Response | None:
        match request.path:
            case "/leads-to-canary":
                return web.Response(status=302, headers={"Location": "/private/canary"})
            case "/loop/a" | "/loop/b":
                return web.Response(status=302, headers={"Location": "/loop/" + "ba"["b" in request.path[-1]]})
            case "/busy" if self.requests["/busy"] == 1:
                return web.Response(status=429, headers={"Retry-After": "0"})
            case "/busy":
                return web.Response(text="late@trap-bakery.example", content_type="text/html")
            case "/latin":
                return web.Response(
                    body="Bäckerei: latin@trap-bakery.example".encode("latin-1"), content_type="text/html"
                )
            case "/wide":
                return web.Response(body="<p>wide@trap-bakery.example".encode("utf-16"), content_type="text/html")
        text = FIXED.get(request.path)
        return web.Response(text=text, content_type="text/html") if text else None

    def _endless(self, request: web.Request) -> web.Response:
        """The calendar, the facets, the paging, the growing parameters, the refrain; and no 404 for anything else."""
        serial = sum(self.requests.values())
        links = (
            f"/calendar/20{serial % 90 + 10}/{serial % 12 + 1}",
            f"/shop?colour={serial}&size={serial}",
            f"/shop?colour={serial}&size={serial}&sort={serial}",
            f"/list?page={serial}",
            f"{request.path_qs}&a{serial}=1" if request.query else "/grow?a=1",
            "a/b/",
            f"/private/{serial}",
        )
        body = f"{serial} things for {request.path}" + "".join(f'<a href="{link}">x</a>' for link in links)
        return web.Response(text=body, content_type="text/html")


@pytest.fixture
async def trap() -> AsyncIterator[TrapSite]:
    """The site on loopback."""
    site = TrapSite()
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield site
    await runner.cleanup()


async def crawled(site: TrapSite) -> list[PageVisit]:
    """The visits of a crawl to its own end."""
    guard = AddressGuard(parse_networks("127.0.0.1/32"))
    async with WebsiteClient(guard, user_agent="Scanlane/test") as client:
        visits = crawl(parse_site(site.url), fetch=client.fetch, read=read, options=CrawlOptions(max_pages=2000))
        return [visit async for visit in visits]


class TestTraps:
    async def test_the_crawl_ends_by_itself_with_all_addresses_each_url_once_and_the_canary_alive(
        self, trap: TrapSite
    ) -> None:
        visits = await crawled(trap)

        found = {sighting.value for visit in visits for sighting in visit.sightings if sighting.kind == "email"}
        again = {path for path, times in trap.requests.items() if times > 1}
        assert found == PLANTED
        assert not [path for path in trap.requests if path.startswith("/private")]
        assert again == {"/busy"}
        assert sum(trap.requests.values()) < MOST_REQUESTS
        assert visits[-1].progress == 1.0
        codes = {visit.url.removeprefix(trap.url): visit.code for visit in visits}
        assert codes["private/canary"] == "robots"
        assert "redirect_loop" in (codes["loop/a"], codes["loop/b"])
