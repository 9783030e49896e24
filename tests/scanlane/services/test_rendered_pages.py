"""The pages of a scan that a browser shows, over a real server."""

import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from scanlane.clients.renderer.browser import Renderer, RenderLimits
from scanlane.domain.sightings import Method
from scanlane.services.website_crawl import VisitStatus
from tests.scanlane.clients.browsers import chromium_or_skip
from tests.scanlane.services.file_site import Site, emails, serving_site

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHELL = '<body><div id="root"></div><script src="/main.js"></script></body>'
CODE = """
const at = String.fromCharCode(64), root = document.getElementById('root')
fetch('/api/contact').then(answer => answer.text()).then(name => {
  root.innerHTML = `<p>${name}${at}harbour-bakery.example</p><a href="/about-the-house">About</a>`
})
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def renderer() -> AsyncIterator[Renderer]:
    """The browser of this module."""
    chromium_or_skip()
    renderer = Renderer(user_agent="Scanlane/0.1", limits=RenderLimits(seconds=8))
    async with renderer.held():
        yield renderer


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[Site]:
    """A website whose home page is an empty shell."""
    async with serving_site() as site:
        site.files["/"] = ("text/html", SHELL.encode())
        site.files["/main.js"] = ("text/javascript", CODE.encode())
        site.files["/api/contact"] = ("text/plain", b"desk")
        yield site


class TestShells:
    async def test_without_a_browser_nothing_is_found(self, site: Site) -> None:
        assert emails(await site.visits()) == {}

    async def test_with_one_the_address_and_the_links_are_found(self, site: Site, renderer: Renderer) -> None:
        site.page("/about-the-house", "owner@harbour-bakery.example")

        visits = await site.visits(renderer=renderer)

        assert emails(visits) == {
            "desk@harbour-bakery.example": "/",
            "owner@harbour-bakery.example": "/about-the-house",
        }
        (sighting,) = visits["/"].sightings
        assert (sighting.method, sighting.obfuscated) == (Method.RENDERED, False)

    async def test_nothing_is_fetched_twice_though_every_page_is_the_same_shell(
        self, site: Site, renderer: Renderer
    ) -> None:
        site.files["/api/contact"] = ("text/plain", b"desk")
        for path in ("/contact", "/about", "/team", "/kontakt", "/impressum"):
            site.files[path] = site.files["/"]

        await site.visits(renderer=renderer)

        assert max(site.asked.values()) == 1

    async def test_what_robots_may_not_fetch_stays_unfetched(self, site: Site, renderer: Renderer) -> None:
        site.files["/robots.txt"] = ("text/plain", b"User-agent: *\nDisallow: /api/\n")

        assert emails(await site.visits(renderer=renderer)) == {}
        assert site.asked["/main.js"] == 1
        assert site.asked["/api/contact"] == 0

    async def test_other_hosts_are_not_asked(self, site: Site, renderer: Renderer) -> None:
        foreign = site.url.replace("127.0.0.1", "127.0.0.2")
        site.files["/"] = ("text/html", SHELL.replace("/main.js", f"{foreign}main.js").encode())

        await site.visits(renderer=renderer)

        assert site.asked["/main.js"] == 0

    async def test_a_missing_browser_costs_nothing_but_the_rendering(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "playwright", None)

        visits = await site.visits(renderer=Renderer(user_agent="Scanlane/0.1"))

        assert visits["/"].status is VisitStatus.OK


class TestWaitingAddresses:
    async def test_an_address_that_only_its_script_can_decode_is_marked_as_obfuscated(
        self, site: Site, renderer: Renderer
    ) -> None:
        decode = (
            "for (const a of document.links) a.href += ['desk', 'harbour-bakery.example'].join(String.fromCharCode(64))"
        )
        site.page("/", f'<a href="mailto:">write</a><script>onload = () => {{ {decode} }}</script>')

        visits = await site.visits(renderer=renderer)

        (sighting,) = visits["/"].sightings
        assert (sighting.value, sighting.obfuscated) == ("desk@harbour-bakery.example", True)
