"""What a scan saves: a handful of statements for a portion, counters that a repeated portion leaves as they are."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.frontier import QueuedUrl
from scanlane.domain.sightings import ContactKind, Method, Sighting
from scanlane.models import Job, PageState, ScanPage
from scanlane.services import jobs
from scanlane.services.crawl_values import PageVisit, VisitStatus
from scanlane.settings import read_settings
from scanlane.stores import scans
from scanlane.tasks.email_scraper import EmailScrape
from scanlane.wiring import Wiring, connected
from tests.conftest import Database
from worklane.claim import Claim

HOME = "https://bakery.test/"


@pytest.fixture
async def wiring(database: Database, tmp_path: Path) -> AsyncIterator[Wiring]:
    """The application's things over the test's own database."""
    settings = read_settings(data_dir=tmp_path, database_url=database.url)
    async with connected(settings, database.url, migrate=False) as wiring:
        yield wiring


@pytest.fixture
async def job_id(wiring: Wiring) -> UUID:
    """A scan of the bakery."""
    request = jobs.ScanRequest(tenant="harbour", user_id="tester", website=HOME)
    async with wiring.sessions.begin() as session:
        return (await jobs.start_scan(session, wiring.queue, request)).job_id


@pytest.fixture
async def session(wiring: Wiring) -> AsyncIterator[AsyncSession]:
    """One transaction."""
    async with wiring.sessions.begin() as session:
        yield session


def fetched(job_id: UUID, *urls: str) -> list[ScanPage]:
    """Pages that were read."""
    return [
        ScanPage(job_id=job_id, url=url, state=PageState.FETCHED, priority=0, depth=0, http_status=200) for url in urls
    ]


def queued(*urls: str) -> list[QueuedUrl]:
    """Pages that links lead to."""
    return [QueuedUrl(url=url, priority=70, depth=2) for url in urls]


def seen(*values: str, url: str = HOME) -> list[tuple[str, Sighting]]:
    """E-mail addresses on one page."""
    return [(url, Sighting(ContactKind.EMAIL, value, Method.TEXT)) for value in values]


class TestSavePages:
    async def test_a_page_found_and_visited_in_one_portion_keeps_its_worth(
        self, session: AsyncSession, job_id: UUID
    ) -> None:
        await scans.save_pages(session, job_id, fetched(job_id, HOME + "a"), queued(HOME + "a", HOME + "b"))

        pages = {page.url: page for page in await scans.known_pages(session, job_id)}
        assert (pages[HOME + "a"].state, pages[HOME + "a"].priority) == (PageState.FETCHED, 70)
        assert (pages[HOME + "b"].state, pages[HOME + "b"].fetched_at) == (PageState.QUEUED, None)

    async def test_a_visited_page_that_is_found_again_stays_visited(self, session: AsyncSession, job_id: UUID) -> None:
        await scans.save_pages(session, job_id, fetched(job_id, HOME))
        await scans.save_pages(session, job_id, [], queued(HOME))

        [page] = await scans.known_pages(session, job_id)
        assert page.state == PageState.FETCHED

    async def test_it_counts_each_fetched_page_once_however_often_it_is_saved(
        self, session: AsyncSession, job_id: UUID
    ) -> None:
        first = await scans.save_pages(session, job_id, fetched(job_id, HOME, HOME + "a"), queued(HOME + "b"))
        again = await scans.save_pages(session, job_id, fetched(job_id, HOME + "a", HOME + "b"))

        assert (first, again) == (2, 1)
        assert await scans.save_pages(session, job_id, []) == 0


class TestSaveSightings:
    async def test_it_counts_each_contact_once_however_often_it_is_seen(
        self, session: AsyncSession, job_id: UUID
    ) -> None:
        first = await scans.save_sightings(session, job_id, seen("a@x.test", "b@x.test"), most_contacts=9)
        again = await scans.save_sightings(
            session, job_id, seen("b@x.test", "c@x.test", url=HOME + "2"), most_contacts=9
        )

        assert (first, again) == (2, 1)
        assert len(await scans.sightings(session, job_id)) == 4

    async def test_a_scan_that_has_found_enough_notes_no_more(self, session: AsyncSession, job_id: UUID) -> None:
        await scans.count_up(session, job_id, fetched=1, contacts=3, own_hosts=[])

        assert await scans.save_sightings(session, job_id, seen("a@x.test"), most_contacts=3) == 0
        assert await scans.sightings(session, job_id) == []


class TestCountUp:
    async def test_it_adds_up_and_keeps_each_host_once(self, session: AsyncSession, job_id: UUID) -> None:
        await scans.count_up(session, job_id, fetched=2, contacts=1, own_hosts={"b.test", "a.test"})
        counted = await scans.count_up(session, job_id, fetched=3, contacts=0, own_hosts={"b.test", "c.test"})

        row = (await session.execute(select(Job.pages_scanned, Job.contacts_found).where(Job.id == job_id))).one()
        assert tuple(row) == (5, 1)
        assert counted == scans.Counted(contacts=1, own_hosts=("a.test", "b.test", "c.test"))

    async def test_the_hosts_of_a_site_have_a_limit(self, session: AsyncSession, job_id: UUID) -> None:
        hosts = {f"h{number:03}.test" for number in range(scans.MOST_OWN_HOSTS + 20)}

        counted = await scans.count_up(session, job_id, fetched=0, contacts=0, own_hosts=hosts)

        assert counted.own_hosts == tuple(sorted(hosts)[: scans.MOST_OWN_HOSTS])


class TestAPortion:
    @pytest.mark.parametrize("pages", [1, 100])
    async def test_costs_six_statements_however_many_pages_it_has(
        self, wiring: Wiring, job_id: UUID, pages: int
    ) -> None:
        portion = tuple(visit(f"{HOME}{number}") for number in range(pages))
        statements: list[str] = []
        async with wiring.sessions.begin() as session:
            domain_id = await session.scalar(select(Job.domain_id).where(Job.id == job_id))
            claim = Claim(
                row_id=job_id, token=1, attempt=1, tenant="harbour", subject=str(domain_id), kind="email_scan"
            )
            event.listen(wiring.engine.sync_engine, "before_cursor_execute", lambda *said: statements.append(said[2]))

            await EmailScrape(None).keep(session, claim, portion)  # type: ignore[arg-type]

        lock, lookup = statements[1:3]
        assert "pg_advisory_xact_lock_shared" in lock
        assert "suppressions" in lookup
        assert len(statements) == 6


def visit(url: str) -> PageVisit:
    """A page with an address and two links."""
    links = tuple(queued(url + "/a", url + "/b"))
    address = Sighting(ContactKind.EMAIL, "info@harbour-bakery.example", Method.TEXT)
    own = frozenset({"harbour-bakery.example"})
    found = {"sightings": (address,), "discovered": links, "declared_hosts": own}
    return PageVisit(url=url, final_url=url, status=VisitStatus.OK, **found)  # type: ignore[arg-type]
