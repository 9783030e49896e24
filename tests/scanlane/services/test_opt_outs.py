"""Opt-outs over a real database: every stage and every scan refuses, with one sentence, and what was found is gone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from scanlane.crew import job_works
from scanlane.errors import BadInput
from scanlane.models import EVERY_TENANT, Contact, Domain, Job, ScanPage, SightingRow, SitemapFile
from scanlane.services import jobs
from scanlane.services.opt_outs import HostOptedOut, OptedOut, lift, opt_out, read_name, refusing
from scanlane.services.suppression import Asked
from scanlane.settings import read_settings
from scanlane.tasks.email_scraper import EmailScrape
from scanlane.wiring import Wiring, connected
from tests.conftest import Database
from tests.scanlane.services.test_suppression import visited
from tests.scanlane.stages import running_stage
from tests.scanlane.tasks.test_email_scraper import BAKERY, HOME, TENANT, Website, claimed, page
from worklane import events
from worklane.errors import ClaimLost
from worklane.executor import Executor
from worklane.testing import EventLog

ASKED = Asked(tenant=EVERY_TENANT, by="tester", reason="the owner wrote")


@pytest.fixture
async def wiring(database: Database, tmp_path: Path) -> AsyncIterator[Wiring]:
    """The application's things over the test's own database."""
    settings = read_settings(data_dir=tmp_path, database_url=database.url)
    async with connected(settings, database.url, migrate=False) as wiring:
        yield wiring


async def put_domain(wiring: Wiring, name: str, **more: object) -> Domain:
    """A domain of the tenant."""
    row = Domain(tenant=TENANT, name=name, start_url=f"https://{name}/", **more)
    async with wiring.sessions.begin() as session:
        session.add(row)
    return row


class TestANewScan:
    @pytest.mark.parametrize("website", ["bakery.test", "https://www.bakery.test/contact", "shop.bakery.test"])
    async def test_of_an_opted_out_site_is_refused(self, wiring: Wiring, website: str) -> None:
        await opt_out(wiring.sessions, wiring.queue, "https://www.bakery.test/", ASKED)

        request = jobs.ScanRequest(tenant=TENANT, user_id="tester", website=website)
        async with wiring.sessions() as session:
            with pytest.raises(OptedOut, match="has objected to being visited") as refused:
                await jobs.start_scan(session, wiring.queue, request)

        assert refused.value.status == 451

    async def test_of_its_neighbours_is_not(self, wiring: Wiring) -> None:
        await opt_out(wiring.sessions, wiring.queue, "shop.bakery.test", ASKED)

        for website in ("bakery.test", "workshop.bakery.test"):
            async with wiring.sessions.begin() as session:
                request = jobs.ScanRequest(tenant=TENANT, user_id="tester", website=website)
                assert await jobs.start_scan(session, wiring.queue, request)

    async def test_may_start_again_once_the_opt_out_is_lifted(self, wiring: Wiring) -> None:
        await opt_out(wiring.sessions, wiring.queue, "bakery.test", ASKED)
        async with wiring.sessions.begin() as session:
            assert await lift(session, "www.bakery.test", tenant=EVERY_TENANT) == "bakery.test"

        async with wiring.sessions.begin() as session:
            request = jobs.ScanRequest(tenant=TENANT, user_id="tester", website="bakery.test")
            assert await jobs.start_scan(session, wiring.queue, request)

    async def test_of_another_tenant_is_not_bound_by_one_tenants_opt_out(self, wiring: Wiring) -> None:
        await opt_out(wiring.sessions, wiring.queue, "bakery.test", Asked(tenant="hill", by="tester"))

        async with wiring.sessions.begin() as session:
            request = jobs.ScanRequest(tenant=TENANT, user_id="tester", website="bakery.test")
            assert await jobs.start_scan(session, wiring.queue, request)


class TestWhatWaits:
    @pytest.mark.parametrize(
        ("queue", "status", "error", "waiting"),
        [
            ("domain_processing", "status", "error", "pending"),
            ("sitemap_discovery", "sitemap_status", "sitemap_error", "Queued"),
            ("contact_scan", "scan_status", "scan_error", "Queued"),
        ],
    )
    async def test_settles_with_the_reason_and_no_request(
        self, wiring: Wiring, queue: str, status: str, error: str, waiting: str
    ) -> None:
        row = await put_domain(wiring, "bakery.test", **{status: waiting})
        await opt_out(wiring.sessions, wiring.queue, "bakery.test", ASKED)
        log = EventLog()

        async with running_stage(wiring, queue, log) as stage:
            await stage.poll()
            await log.saw(events.Settled)

        async with wiring.sessions() as session:
            settled = await session.get(Domain, row.id)
        assert settled is not None
        assert getattr(settled, status).lower() == "error"
        assert getattr(settled, error) == "bakery.test is not visited: its owner has objected."

    async def test_sitemap_files_settle_too(self, wiring: Wiring) -> None:
        row = await put_domain(wiring, "bakery.test")
        file = SitemapFile(
            tenant=TENANT,
            domain_id=row.id,
            url="https://bakery.test/map.xml",
            found_by="robots",
            import_status="Queued",
        )
        async with wiring.sessions.begin() as session:
            session.add(file)
        await opt_out(wiring.sessions, wiring.queue, "bakery.test", ASKED)
        log = EventLog()

        async with running_stage(wiring, "sitemap_import", log) as stage:
            await stage.poll()
            await log.saw(events.Settled)

        async with wiring.sessions() as session:
            error = await session.scalar(select(SitemapFile.import_error))
        assert error == "bakery.test is not visited: its owner has objected."


class TestAScanUnderWay:
    async def test_is_cancelled_and_everything_it_found_is_deleted(self, wiring: Wiring) -> None:
        pulse = wiring.pulse()
        claim = await claimed(wiring, pulse)
        await Executor(wiring.queue, [EmailScrape(Website(BAKERY).fetching)]).execute(claim)
        second = await claimed(wiring, pulse)

        done = await opt_out(wiring.sessions, wiring.queue, "bakery.test", ASKED)

        await pulse.close()
        assert (done.name, done.is_new) == ("bakery.test", True)
        assert done.purged > 0
        async with wiring.sessions() as session:
            for table in (Contact, SightingRow, ScanPage):
                assert await session.scalar(select(func.count()).select_from(table)) == 0
            assert (await session.scalars(select(Job.result_data).where(Job.result_data.is_not(None)))).all() == []
            assert await session.scalar(select(Job.status).where(Job.id == second.row_id)) == "cancelled"

    async def test_stores_nothing_more_once_it_is_cancelled(self, wiring: Wiring) -> None:
        pulse = wiring.pulse()
        claim = await claimed(wiring, pulse)
        work = EmailScrape(Website(BAKERY).fetching)
        visits = await visited(work, wiring, claim)
        await opt_out(wiring.sessions, wiring.queue, "bakery.test", ASKED)

        async def store() -> None:
            async with wiring.queue.keeping(claim, progress=None) as session:
                await work.keep(session, claim, visits)

        with pytest.raises(ClaimLost):
            await store()

        await pulse.close()
        async with wiring.sessions() as session:
            assert await session.scalar(select(func.count()).select_from(Contact)) == 0

    async def test_does_not_follow_a_redirect_or_link_to_an_opted_out_site(self, wiring: Wiring) -> None:
        pulse = wiring.pulse()
        await opt_out(wiring.sessions, wiring.queue, "closed.test", ASKED)
        website = Website({HOME: page("hello")})
        fetch = refusing(website.fetch, frozenset({"closed.test"}))

        with pytest.raises(HostOptedOut, match=r"www\.closed\.test is not visited"):
            await fetch("https://www.closed.test/contact")

        await pulse.close()
        assert not website.requests
        assert (await fetch(HOME)).status == 200

    async def test_waits_in_the_queue_and_is_given_up_when_it_is_claimed(self, wiring: Wiring) -> None:
        pulse = wiring.pulse()
        claim = await claimed(wiring, pulse)
        async with wiring.sessions.begin() as session:
            from scanlane.stores import opt_outs

            await opt_outs.add_opt_out(session, "bakery.test", tenant=TENANT, reason="", created_by="tester")

        await Executor(wiring.queue, job_works(wiring)).execute(claim)

        await pulse.close()
        async with wiring.sessions() as session:
            job = await session.get(Job, claim.row_id)
        assert job is not None
        assert (job.status, job.error) == ("failed", "bakery.test is not visited: its owner has objected.")


@pytest.mark.parametrize("text", ["", "127.0.0.1", "localhost", "a b"])
def test_what_is_no_domain_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_name(text)
