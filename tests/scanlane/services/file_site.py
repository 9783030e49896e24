"""A real website on loopback whose files a test puts there, and the scan of it."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web

from scanlane.clients.renderer.browser import Renderer
from scanlane.clients.streaming import Admit
from scanlane.domain.pages import read
from scanlane.domain.sites import parse_site
from scanlane.services.fetching import fetching
from scanlane.services.second_looks import looking
from scanlane.services.website_crawl import CrawlOptions, CrawlState, PageVisit, VisitStatus, crawl
from scanlane.settings import Settings


@dataclass
class Site:
    """A website whose files a test puts there; `asked` counts the requests by path."""

    url: str = ""
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def page(self, path: str, markup: str) -> None:
        """Put a page there."""
        self.files[path] = ("text/html", f"<title>Page</title><h1>{path}</h1><p>Bread and more</p>{markup}".encode())

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One GET."""
        self.asked[request.path] += 1
        if request.path in self.moved:
            return web.Response(status=302, headers={"Location": self.moved[request.path]})
        if request.path not in self.files:
            status = self.statuses.get(request.path, 404)
            return web.Response(status=status, headers={"Retry-After": "3600"} if status == 503 else None)
        content_type, body = self.files[request.path]
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def visits(
        self, resume: CrawlState | None = None, renderer: Renderer | None = None, *, passing: Admit | None = None
    ) -> dict[str, PageVisit]:
        """Scan it: the visits by path."""
        settings = Settings(allow_networks="127.0.0.0/8")
        options = CrawlOptions(delay=timedelta(), concurrency=2)
        async with fetching(settings) as fetch, looking(settings, renderer=renderer, passing=passing) as looks:
            visits = crawl(parse_site(self.url), fetch=fetch, read=read, options=options, resume=resume, looks=looks)
            async with aclosing(visits):
                found = [visit async for visit in visits]
        by_path = {"/" + visit.url.removeprefix(self.url): visit for visit in found}
        assert len(by_path) == len(found)
        assert all(visit.code for visit in found if visit.status is not VisitStatus.OK)
        return by_path


@asynccontextmanager
async def serving_site() -> AsyncIterator[Site]:
    """A website with an empty home page, while the block runs; at every loopback address it is another host."""
    site = Site()
    site.page("/", "")
    application = web.Application()
    application.router.add_get("/{path:.*}", site.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    listening = web.TCPSite(runner, "0.0.0.0", 0)
    await listening.start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield site
    finally:
        await runner.cleanup()


def emails(visits: dict[str, PageVisit]) -> dict[str, str]:
    """Where each address was found."""
    return {sighting.value: path for path, visit in visits.items() for sighting in visit.sightings}
