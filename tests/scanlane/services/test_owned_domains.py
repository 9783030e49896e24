"""A domain that is deleted while it is worked on: nothing of it comes back, and the worker goes on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from scanlane.models import Page, SitemapFile, StatusClaim
from scanlane.services import owned_domains
from scanlane.services.sitemap_import import SITEMAP_IMPORT
from scanlane.wiring import Wiring
from tests.conftest import Database
from tests.scanlane.processes import until
from tests.scanlane.services.paper_website import Gate
from tests.scanlane.services.sitemap_site import (
    TENANT,
    SitemapSite,
    add_domain,
    add_file,
    file_of,
    pages_of,
    serving,
    wired_for,
)
from tests.scanlane.stages import running_stage
from worklane import events
from worklane.testing import EventLog

MANY = 5_000


@pytest.fixture
async def site() -> AsyncIterator[SitemapSite]:
    """A website of sitemaps."""
    async with serving() as site:
        yield site


@pytest.fixture
async def wiring(database: Database, tmp_path: Path) -> AsyncIterator[Wiring]:
    """The application over a database of its own."""
    async with wired_for(database, tmp_path) as wiring:
        yield wiring


class TestDeleting:
    async def test_a_domain_whose_sitemap_is_being_imported_leaves_nothing_behind(
        self, wiring: Wiring, site: SitemapSite
    ) -> None:
        domain_id = await add_domain(wiring, site.url)
        other_id = await add_domain(wiring, site.url, name="other.example")
        await add_file(wiring, domain_id, site.url + "s.xml")
        site["/s.xml"], site["/t.xml"] = site.urlset(*(f"/{n}" for n in range(MANY))), site.urlset("/about")
        site.gates["/s.xml"] = gate = Gate()

        async def some_are_kept() -> bool:
            return bool(await pages_of(wiring, domain_id))

        async with running_stage(wiring, SITEMAP_IMPORT, EventLog()) as stage:
            await stage.poll()
            await gate.reached.wait()
            await until(some_are_kept, within=30)
            await owned_domains.delete(wiring.sessions, domain_id, tenant=TENANT)
            gate.opened.set()
            await stage.log.saw(events.Lost)
            other = await add_file(wiring, other_id, site.url + "t.xml")
            await stage.poll()
            await stage.log.saw(events.Settled)

        async with wiring.sessions() as session:
            left = [await session.scalar(select(func.count()).select_from(one)) for one in (Page, SitemapFile)]
            claims = await session.scalar(select(func.count()).select_from(StatusClaim))
        assert (left, claims) == ([1, 1], 0)
        assert (await file_of(wiring, other)).import_status == "Completed"
