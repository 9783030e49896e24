"""The web application: routers, pages, error handler, lifespan."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from fastapi import FastAPI

from scanlane.auth.jwt_auth import make_verifier
from scanlane.clients.address_guard import parse_networks
from scanlane.crew import Crew
from scanlane.routers import (
    businesses,
    contacts,
    domains,
    email_scanner,
    operations,
    opt_outs,
    pages,
    places,
    problems,
    queues,
    sitemaps,
    suppressions,
)
from scanlane.routers.limits import LARGEST_IMPORT, BodyLimit, KnownHosts, PlainHeaders
from scanlane.services.house import House
from scanlane.services.job_watch import JobWatch
from scanlane.services.metrics import count
from scanlane.services.verification import own_disposable
from scanlane.settings import Settings
from scanlane.tasks.email_scraper import scan_website_for_emails
from scanlane.web import api_docs, bot_page, scans, site
from scanlane.wiring import Wiring, wired

NOUNS = (
    email_scanner,
    places,
    businesses,
    domains,
    sitemaps,
    pages,
    contacts,
    suppressions,
    opt_outs,
    queues,
    operations,
)


def create_app(
    settings: Settings,
    *,
    works: bool = True,
    allowed_hosts: Sequence[str] | None = None,
    wiring: Wiring | None = None,
) -> FastAPI:
    """The application over the configured database, or over a `wiring` that is open already.

    `works`: this process runs jobs itself. `allowed_hosts`: the Host headers that are answered; None: any.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            ready = await stack.enter_async_context(wired(settings)) if wiring is None else wiring
            await stack.enter_async_context(_open_house(app, ready, works=works))
            yield

    app = FastAPI(
        title="Scanlane",
        version="0.1.0",
        summary="Find the people behind a website.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.verifier = make_verifier(settings)
    app.add_middleware(BodyLimit, routes={domains.IMPORT: LARGEST_IMPORT, scans.IMPORT: LARGEST_IMPORT})
    if allowed_hosts is not None:
        app.add_middleware(KnownHosts, hosts=allowed_hosts)
    app.add_middleware(PlainHeaders)
    problems.install(app)
    for noun in NOUNS:
        app.include_router(noun.router)
    api_docs.install(app)
    bot_page.install(app, settings)
    site.install(app)
    return app


def wind_down(app: FastAPI, *, at_once: bool = False) -> None:
    """Let waiting clients go and stop claiming, before the server waits for its connections to end."""
    house: House | None = getattr(app.state, "house", None)
    crew: Crew | None = getattr(app.state, "crew", None)
    if house is not None:
        house.watch.close()
    if crew is not None:
        crew.stop(at_once=at_once)


@asynccontextmanager
async def _open_house(app: FastAPI, wiring: Wiring, *, works: bool) -> AsyncIterator[None]:
    watch = JobWatch(wiring.sessions)
    crew = Crew.of(wiring, listener=count) if works else None
    start = partial(scan_website_for_emails, start=crew.jobs.start_now) if crew else None
    app.state.crew = crew
    networks = parse_networks(wiring.settings.allow_networks)
    app.state.house = House(
        sessions=wiring.sessions,
        queue=wiring.queue,
        watch=watch,
        networks=networks,
        settings=wiring.settings,
        start_scan=start,
        disposable=own_disposable(wiring.settings),
    )
    running = asyncio.create_task(crew.run(), name="crew") if crew else None
    try:
        yield
    finally:
        wind_down(app)
        if running is not None:
            await running
