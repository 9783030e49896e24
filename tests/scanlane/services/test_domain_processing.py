"""Domains whose status column says pending: their home page is read, and their sitemaps are looked for next."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from aiohttp import web
from sqlalchemy import update

from scanlane.models import Domain
from scanlane.services.domain_processing import DOMAIN_PROCESSING, DOMAINS, DomainProcessing
from scanlane.services.site_access import access_to_sites
from scanlane.services.suppression import Asked, suppress
from scanlane.settings import read_settings
from scanlane.wiring import Wiring, connected
from tests.conftest import Database
from tests.scanlane.stages import running_stage
from worklane import events
from worklane.executor import Executor
from worklane.testing import EventLog

TENANT = "harbour"
PAGE = """<!doctype html><html lang="en"><head><title>Harbour Bakery</title>
<meta name="description" content="Bread since 1904"><meta name="generator" content="WordPress 6.5.2">
<link rel="icon" href="/icon.png"><link rel="alternate" type="application/rss+xml" href="/feed/"></head>
<body><a href="https://www.facebook.com/harbourbakery">Facebook</a></body></html>"""


@dataclass(slots=True)
class Website:
    """A running website: its pages by path, and who asked for what."""

    url: str = ""
    pages: dict[str, web.Response] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One answer; a page may be given more than once."""
        self.asked.append(request.path)
        page = self.pages.get(request.path, web.Response(status=404))
        return web.Response(status=page.status, body=page.body, headers=page.headers)


@pytest.fixture
async def website() -> AsyncIterator[Website]:
    """A website with a home page, on loopback."""
    site = Website(pages={"/": html()})
    async with served(site):
        yield site


@asynccontextmanager
async def served(site: Website) -> AsyncIterator[None]:
    """The website runs while the block does."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", site.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield
    finally:
        await runner.cleanup()


def html(text: str = PAGE, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer with a page."""
    return web.Response(status=status, text=text, content_type="text/html", headers=headers)


def wired(database: Database, folder: Path, networks: str) -> AbstractAsyncContextManager[Wiring]:
    """The application's things over the test's own database."""
    settings = read_settings(data_dir=folder, database_url=database.url, allow_networks=networks)
    return connected(settings, database.url, migrate=False)


@pytest.fixture
async def wiring(database: Database, tmp_path: Path) -> AsyncIterator[Wiring]:
    """The same, where loopback may be visited."""
    async with wired(database, tmp_path, "127.0.0.0/8") as wiring:
        yield wiring


@pytest.fixture
def log() -> EventLog:
    """What the worker says."""
    return EventLog()


async def pending(wiring: Wiring, *start_urls: str, **given: str) -> list[UUID]:
    """Domains that wait for their processing."""
    ids = []
    async with wiring.sessions.begin() as session:
        for number, start_url in enumerate(start_urls):
            domain = Domain(tenant=TENANT, name=f"{number}.example", start_url=start_url, status="pending", **given)
            session.add(domain)
            await session.flush()
            ids.append(domain.id)
    return ids


async def domain(wiring: Wiring, domain_id: UUID) -> Domain:
    """The domain as it is now."""
    async with wiring.sessions() as session:
        return await session.get_one(Domain, domain_id)


async def process(wiring: Wiring, log: EventLog, start_url: str, **given: str) -> Domain:
    """One domain, once its first attempt was settled."""
    (domain_id,) = await pending(wiring, start_url, **given)
    async with running_stage(wiring, DOMAIN_PROCESSING, log) as stage:
        await stage.poll()
        await log.saw(events.Settled)
    return await domain(wiring, domain_id)


class TestDomainProcessing:
    async def test_a_pending_domain_is_completed_with_what_its_home_page_says(
        self, wiring: Wiring, log: EventLog, website: Website
    ) -> None:
        website.pages["/"] = html(headers={"X-Powered-By": "PHP/8.2.18", "Set-Cookie": "woocommerce_items=0; path=/"})

        found = await process(wiring, log, website.url)

        assert (found.status, found.error, found.http_status) == ("completed", None, 200)
        assert (found.final_url, found.title, found.description) == (website.url, "Harbour Bakery", "Bread since 1904")
        assert found.language == "en"
        assert found.icons == [{"url": website.url + "icon.png", "rel": "icon", "sizes": None}]
        assert found.feeds == [{"url": website.url + "feed/", "kind": "application/rss+xml", "title": None}]
        assert found.socials == [{"network": "facebook", "url": "https://facebook.com/harbourbakery"}]
        assert {one["name"]: one["version"] for one in found.technologies} == {
            "PHP": "8.2.18",
            "WordPress": "6.5.2",
            "WooCommerce": None,
        } | {one["name"]: one["version"] for one in found.technologies if one["category"] == "server"}
        assert found.technologies[0].keys() == {"name", "category", "version", "evidence", "confidence"}
        assert found.processed_at is not None

    async def test_a_suppressed_profile_is_left_out(self, wiring: Wiring, log: EventLog, website: Website) -> None:
        second = '<a href="https://www.instagram.com/harbourbakery">Instagram</a></body>'
        website.pages["/"] = html(PAGE.replace("</body>", second))
        await suppress(wiring.sessions, ["https://facebook.com/harbourbakery"], Asked(tenant=TENANT, by="tester"))

        found = await process(wiring, log, website.url)

        assert [one["network"] for one in found.socials] == ["instagram"]
        assert found.title == "Harbour Bakery"

    async def test_its_sitemaps_are_looked_for_next(self, wiring: Wiring, log: EventLog, website: Website) -> None:
        found = await process(wiring, log, website.url, sitemap_status="Error", sitemap_error="old")

        assert (found.sitemap_status, found.sitemap_error) == ("Queued", None)

    async def test_sitemaps_that_are_looked_for_already_are_left_alone(
        self, wiring: Wiring, log: EventLog, website: Website
    ) -> None:
        found = await process(wiring, log, website.url, sitemap_status="Processing")

        assert (found.status, found.sitemap_status) == ("completed", "Processing")

    async def test_redirects_are_followed_to_the_final_url(
        self, wiring: Wiring, log: EventLog, website: Website
    ) -> None:
        website.pages |= {"/": web.Response(status=302, headers={"Location": "/en/"}), "/en/": html()}

        found = await process(wiring, log, website.url)

        assert (found.status, found.final_url) == ("completed", website.url + "en/")

    async def test_a_start_that_is_gone_gives_way_to_the_home_page(
        self, wiring: Wiring, log: EventLog, website: Website
    ) -> None:
        found = await process(wiring, log, website.url + "old-page")

        assert (found.status, found.final_url, found.http_status) == ("completed", website.url, 200)

    async def test_texts_that_the_database_refuses_are_cleaned(
        self, wiring: Wiring, log: EventLog, website: Website
    ) -> None:
        stated = (
            r'{"sameAs": ["https://x.com/bakery", "https://facebook.com/bak\ud800ery", "https://vimeo.com/a\u0000bc"]}'
        )
        website.pages["/"] = html(f"<title>a\0b</title><script type='application/ld+json'>{stated}</script>")

        found = await process(wiring, log, website.url)

        assert found.status == "completed"
        assert [one["url"] for one in found.socials][:2] == ["https://x.com/bakery", "https://facebook.com/bakery"]


class TestFailures:
    @pytest.mark.parametrize(
        ("page", "message", "status"),
        [
            (html(status=404), "The server answered with status 404.", 404),
            (html(status=403), "The server answered with status 403.", 403),
            (html(" \n"), "The home page is empty.", 200),
            (web.Response(text="bread", content_type="text/plain"), "no HTML page but text/plain", 200),
            (html("<h1>This domain is for sale</h1>"), "The domain is parked", 200),
        ],
        ids=["gone", "forbidden", "empty", "text", "parked"],
    )
    async def test_what_is_no_website_becomes_an_error_with_the_message(
        self, wiring: Wiring, log: EventLog, website: Website, page: web.Response, message: str, status: int
    ) -> None:
        website.pages["/"] = page

        found = await process(wiring, log, website.url)

        assert found.status == "error"
        assert message in (found.error or "")
        assert (found.http_status, found.final_url) == (status, website.url)
        assert found.sitemap_status is None

    async def test_another_format_becomes_an_error(self, wiring: Wiring, log: EventLog, website: Website) -> None:
        website.pages["/"] = web.Response(body=b"%PDF-1.7", content_type="application/pdf")

        found = await process(wiring, log, website.url)

        assert (found.status, found.error) == ("error", "The answer is no text page but application/pdf.")

    async def test_html_under_another_name_is_a_page(self, wiring: Wiring, log: EventLog, website: Website) -> None:
        website.pages["/"] = web.Response(text=PAGE, content_type="text/plain")

        assert (await process(wiring, log, website.url)).title == "Harbour Bakery"

    async def test_robots_txt_is_obeyed(self, wiring: Wiring, log: EventLog, website: Website) -> None:
        website.pages["/robots.txt"] = web.Response(text="User-agent: scanlane\nDisallow: /\n")

        found = await process(wiring, log, website.url)

        assert found.status == "error"
        assert "robots.txt of 127.0.0.1" in (found.error or "")
        assert "/" not in website.asked

    async def test_robots_txt_is_obeyed_behind_a_redirect_too(
        self, wiring: Wiring, log: EventLog, website: Website
    ) -> None:
        website.pages |= {
            "/": web.Response(status=301, headers={"Location": "/private/"}),
            "/private/": html(),
            "/robots.txt": web.Response(text="User-agent: *\nDisallow: /private/\n"),
        }

        found = await process(wiring, log, website.url)

        assert found.status == "error"
        assert "/private/" not in website.asked

    async def test_a_circle_of_redirects_becomes_an_error(
        self, wiring: Wiring, log: EventLog, website: Website
    ) -> None:
        website.pages["/"] = web.Response(status=301, headers={"Location": "/"})

        found = await process(wiring, log, website.url)

        assert found.status == "error"
        assert "in a circle" in (found.error or "")

    @pytest.mark.parametrize("networks", ["", "10.0.0.0/8"])
    async def test_a_private_address_is_not_visited(
        self, database: Database, tmp_path: Path, log: EventLog, website: Website, networks: str
    ) -> None:
        async with wired(database, tmp_path, networks) as wiring:
            found = await process(wiring, log, website.url)

        assert found.status == "error"
        assert "is refused" in (found.error or "")
        assert website.asked == []

    @pytest.mark.parametrize("status", [500, 502, 503])
    async def test_a_failure_of_the_server_is_tried_again(
        self, wiring: Wiring, log: EventLog, website: Website, status: int
    ) -> None:
        website.pages["/"] = html(status=status)

        found = await process(wiring, log, website.url)

        assert found.status == "pending"
        assert f"status {status}" in (found.error or "")
        assert found.sitemap_status is None

    async def test_a_server_that_does_not_answer_is_tried_again(self, wiring: Wiring, log: EventLog) -> None:
        site = Website()
        async with served(site):
            pass

        found = await process(wiring, log, site.url)

        assert found.status == "pending"
        assert "cannot be reached" in (found.error or "")


class TestClaims:
    async def test_a_domain_shows_processing_while_it_is_claimed(self, wiring: Wiring) -> None:
        (domain_id,) = await pending(wiring, "https://harbour-bakery.example/")
        queue, pulse, worker = wiring.status_queue(DOMAINS), wiring.pulse(), uuid4()
        await pulse.register(worker, "tests")

        (claim,) = await queue.claim(worker, kinds=[DOMAIN_PROCESSING], limit=5)
        shown = (await domain(wiring, domain_id)).status
        await queue.hand_back([claim])
        await pulse.close()

        assert shown == "processing"
        assert (await domain(wiring, domain_id)).status == "pending"

    async def test_two_workers_never_get_the_same_domain(self, wiring: Wiring, website: Website) -> None:
        one, other = EventLog(), EventLog()
        await pending(wiring, *(website.url for _ in range(20)))

        async with (
            running_stage(wiring, DOMAIN_PROCESSING, one) as first,
            running_stage(wiring, DOMAIN_PROCESSING, other) as second,
        ):
            await asyncio.gather(first.drain(), second.drain())

        rows = [event.row for event in [*one.heard, *other.heard] if isinstance(event, events.Claimed)]
        assert len(rows) == len(set(rows)) == 20
        assert website.asked.count("/") == 20

    async def test_a_worker_that_lost_its_claim_writes_nothing(
        self, wiring: Wiring, log: EventLog, website: Website
    ) -> None:
        (domain_id,) = await pending(wiring, website.url)
        queue, pulse, worker = wiring.status_queue(DOMAINS), wiring.pulse(), uuid4()
        await pulse.register(worker, "tests")
        (stale,) = await queue.claim(worker, kinds=[DOMAIN_PROCESSING], limit=1)
        await queue.hand_back([stale])
        await queue.claim(worker, kinds=[DOMAIN_PROCESSING], limit=1)

        work = DomainProcessing(access_to_sites(wiring.settings, wiring.manners))
        await Executor(queue, [work], listener=log).execute(stale)
        await pulse.close()

        found = await domain(wiring, domain_id)
        assert (found.status, found.title, found.final_url) == ("processing", None, None)
        assert (found.processed_at, found.sitemap_status) == (None, None)
        assert [type(event) for event in log.heard] == [events.Claimed, events.Lost]

    async def test_an_error_may_be_tried_again(self, wiring: Wiring, log: EventLog, website: Website) -> None:
        website.pages["/"] = html(status=404)
        failed = await process(wiring, log, website.url)
        website.pages["/"] = html()
        async with wiring.sessions.begin() as session:
            await session.execute(update(Domain).values(status="pending", error=None))

        async with running_stage(wiring, DOMAIN_PROCESSING, EventLog()) as stage:
            await stage.drain()

        assert (await domain(wiring, failed.id)).status == "completed"
