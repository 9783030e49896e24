"""The last stage: a domain whose sitemaps were read gets its scan job, once."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

from scanlane.models import Domain, Job, SitemapFile
from scanlane.services.contact_scan import CONTACT_SCAN
from scanlane.settings import read_settings
from scanlane.wiring import Wiring, connected
from tests.conftest import Database
from tests.scanlane.stages import running_stage
from worklane import events
from worklane.testing import EventLog

TENANT = "harbour"


@pytest.fixture
async def wiring(database: Database, tmp_path: Path) -> AsyncIterator[Wiring]:
    """The application's things over the test's own database."""
    settings = read_settings(data_dir=tmp_path, database_url=database.url)
    async with connected(settings, database.url, migrate=False) as wiring:
        yield wiring


@pytest.fixture
def log() -> EventLog:
    """What the worker says."""
    return EventLog()


async def a_domain(wiring: Wiring, *, open_sitemap: bool = False) -> UUID:
    """A domain that waits for its scan."""
    async with wiring.sessions.begin() as session:
        domain = Domain(
            tenant=TENANT, name="harbour-bakery.example", start_url="https://h.example/", scan_status="Queued"
        )
        session.add(domain)
        await session.flush()
        if open_sitemap:
            url = "https://h.example/sitemap.xml"
            session.add(
                SitemapFile(tenant=TENANT, domain_id=domain.id, url=url, found_by="robots", import_status="Queued")
            )
    return domain.id


async def state(wiring: Wiring, domain_id: UUID) -> tuple[str | None, list[Job]]:
    """The domain's scan status, and its jobs."""
    async with wiring.sessions() as session:
        status = await session.scalar(select(Domain.scan_status).where(Domain.id == domain_id))
        jobs = list(await session.scalars(select(Job).where(Job.domain_id == domain_id)))
    return status, jobs


class TestContactScan:
    async def test_a_waiting_domain_gets_one_job(self, wiring: Wiring, log: EventLog) -> None:
        domain_id = await a_domain(wiring)

        async with running_stage(wiring, CONTACT_SCAN, log) as stage:
            await stage.drain()

        status, jobs = await state(wiring, domain_id)
        assert status == "Completed"
        assert [(job.type, job.tenant, job.status) for job in jobs] == [("email_scan", TENANT, "pending")]

    async def test_a_domain_that_is_scanned_already_gets_no_second_job(self, wiring: Wiring, log: EventLog) -> None:
        domain_id = await a_domain(wiring)

        async with running_stage(wiring, CONTACT_SCAN, log) as stage:
            await stage.drain()
            async with wiring.sessions.begin() as session:
                await session.execute(update(Domain).values(scan_status="Queued"))
            await stage.poll()
            await log.saw(events.Settled, times=2)

        status, jobs = await state(wiring, domain_id)
        assert (status, len(jobs)) == ("Completed", 1)

    async def test_it_waits_while_a_sitemap_is_still_to_be_read(self, wiring: Wiring, log: EventLog) -> None:
        domain_id = await a_domain(wiring, open_sitemap=True)

        async with running_stage(wiring, CONTACT_SCAN, log) as stage:
            await stage.poll()
            await log.saw(events.Settled)

        assert await state(wiring, domain_id) == ("Queued", [])
