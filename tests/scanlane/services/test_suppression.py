"""Suppression over a real database: nothing that is suppressed is stored, listed or kept, whoever writes when."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Text, cast, func, select, text

from scanlane.errors import BadInput
from scanlane.models import EVERY_TENANT, Contact, Job, SightingRow, Suppression
from scanlane.services import suppression
from scanlane.services.crawl_values import PageVisit
from scanlane.services.scan_results import contacts_of_job
from scanlane.services.suppression import Asked, suppress
from scanlane.settings import read_settings
from scanlane.stores import suppressions
from scanlane.stores.domains import Objection, find_objection
from scanlane.tasks.email_scraper import EmailScrape
from scanlane.wiring import Wiring, connected
from tests.conftest import Database
from tests.scanlane.tasks.test_email_scraper import BAKERY, HOME, TENANT, Website, claimed, find, page, values
from worklane.claim import Claim
from worklane.executor import Executor
from worklane.postgres.pulse import PostgresPulse

ADA = "ada@harbour-bakery.example"
INFO = "info@harbour-bakery.example"
ASKED = Asked(tenant=TENANT, by="tester", reason="asked")
CONTACTS_PAGE = "https://bakery.test/contact"
WAITING = text(
    "select count(*) from pg_locks where locktype = 'advisory' and not granted "
    "and database = (select oid from pg_database where datname = current_database())"
)
IMPRINT = "https://bakery.test/impressum"
SITE = {**BAKERY, CONTACTS_PAGE: page(f"<p>Write to {ADA} or {INFO}</p>")}


@pytest.fixture
async def wiring(database: Database, tmp_path: Path) -> AsyncIterator[Wiring]:
    """The application's things over the test's own database."""
    settings = read_settings(data_dir=tmp_path, database_url=database.url)
    async with connected(settings, database.url, migrate=False) as wiring:
        yield wiring


@pytest.fixture
async def pulse(wiring: Wiring) -> AsyncIterator[PostgresPulse]:
    """A worker's sign of life."""
    pulse = wiring.pulse()
    yield pulse
    await pulse.close()


async def scanned(wiring: Wiring, pulse: PostgresPulse) -> UUID:
    """The bakery's job, done."""
    claim = await claimed(wiring, pulse)
    await Executor(wiring.queue, [EmailScrape(Website(SITE).fetching)]).execute(claim)
    return claim.row_id


async def everything_stored(wiring: Wiring) -> str:
    """All that is stored of contacts, as one text."""
    async with wiring.sessions() as session:
        rows: list[Any] = []
        for column in (
            Contact.value,
            SightingRow.value,
            SightingRow.context,
            cast(Job.result_data, Text),
            Suppression.reason,
        ):
            rows += (await session.scalars(select(column))).all()
    return "\n".join(map(str, rows)).lower()


class TestSuppressing:
    async def test_deletes_what_is_stored_with_every_quote_of_it(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        job_id = await scanned(wiring, pulse)
        assert ADA in await everything_stored(wiring)

        done = await suppress(wiring.sessions, ["ADA+shop@Harbour-Bakery.example"], ASKED)

        assert (done.added, done.purged) == (1, 1)
        stored = await everything_stored(wiring)
        assert "ada" not in stored
        assert INFO in stored
        assert values((await find(wiring, job_id)).result_data) >= {INFO}

    async def test_a_domain_takes_all_its_addresses_and_those_of_its_subdomains(
        self, wiring: Wiring, pulse: PostgresPulse
    ) -> None:
        await scanned(wiring, pulse)

        await suppress(wiring.sessions, ["@harbour-bakery.example"], ASKED)

        assert "@harbour-bakery.example" not in await everything_stored(wiring)

    async def test_keeps_no_plain_value(self, wiring: Wiring) -> None:
        await suppress(wiring.sessions, [ADA], ASKED)

        async with wiring.sessions() as session:
            row = (await session.scalars(select(Suppression))).one()
            found = await session.scalar(select(func.count()).where(cast(Suppression.digest, Text).contains("ada")))
        assert (row.kind, len(row.digest), found) == ("email", 32, 0)

    async def test_a_reason_that_tells_the_value_is_refused(self, wiring: Wiring) -> None:
        with pytest.raises(BadInput, match="reason"):
            await suppress(wiring.sessions, [ADA], Asked(tenant=TENANT, by="tester", reason=f"{ADA} wrote"))

    async def test_one_wrong_value_of_many_writes_nothing(self, wiring: Wiring) -> None:
        with pytest.raises(BadInput, match="number 2"):
            await suppress(wiring.sessions, [ADA, "nonsense"], ASKED)

        async with wiring.sessions() as session:
            assert (await session.scalars(select(Suppression))).all() == []

    async def test_of_one_tenant_leaves_the_others_alone(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        await scanned(wiring, pulse)

        done = await suppress(wiring.sessions, [ADA], Asked(tenant="hill", by="tester"))

        assert done.purged == 0
        assert ADA in await everything_stored(wiring)

    async def test_everywhere_binds_every_tenant(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        await scanned(wiring, pulse)

        done = await suppress(wiring.sessions, [ADA], Asked(tenant=EVERY_TENANT, by="tester"))

        assert done.purged == 1
        assert ADA not in await everything_stored(wiring)


class TestAScan:
    async def test_never_stores_what_is_suppressed(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        await suppress(wiring.sessions, [ADA], ASKED)

        job_id = await scanned(wiring, pulse)

        stored = await everything_stored(wiring)
        assert "ada" not in stored
        assert INFO in values((await find(wiring, job_id)).result_data)

    async def test_that_is_running_stores_no_later_portion_of_it(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        claim = await claimed(wiring, pulse)
        work = EmailScrape(Website(SITE).fetching)
        visits = await visited(work, wiring, claim)
        await kept(work, wiring, claim, visits[:1])

        await suppress(wiring.sessions, [ADA], ASKED)
        await kept(work, wiring, claim, visits)

        stored = await everything_stored(wiring)
        assert INFO in stored
        assert "ada" not in stored

    async def test_that_looked_before_and_writes_after_is_waited_for(
        self, wiring: Wiring, pulse: PostgresPulse
    ) -> None:
        claim = await claimed(wiring, pulse)
        work = EmailScrape(Website(SITE).fetching)
        visits = await visited(work, wiring, claim)

        async with wiring.sessions.begin() as session:
            await work.keep(session, claim, visits)  # it has looked, and not committed
            suppressing = asyncio.create_task(suppress(wiring.sessions, [ADA], ASKED))
            await waits_for_a_lock(wiring)
        await suppressing

        assert "ada" not in await everything_stored(wiring)

    async def test_shows_nothing_suppressed_that_an_older_version_left(
        self, wiring: Wiring, pulse: PostgresPulse
    ) -> None:
        job_id = await scanned(wiring, pulse)
        async with wiring.sessions.begin() as session:
            key = suppression.read_key(ADA)
            await suppressions.add_suppressions(session, [key], tenant=TENANT, reason="", created_by="tester")

        job = await find(wiring, job_id)
        async with wiring.sessions() as session:
            shown = await contacts_of_job(session, job)

        assert ADA not in values(job.result_data)
        assert ADA not in {contact.value for contact in shown}
        assert "ada" not in str(job.result_data)


async def visited(work: EmailScrape, wiring: Wiring, claim: Claim) -> tuple[PageVisit, ...]:
    """What the crawl sees, kept nowhere."""
    seen: list[PageVisit] = []

    class Listening:
        async def keep(self, portion: tuple[PageVisit, ...], *, progress: float | None = None) -> None:
            seen.extend(portion)

        async def progress(self, fraction: float) -> None: ...

    async with wiring.sessions.begin() as session:
        given = await work.load(session, claim)
    await work.perform(given, Listening())
    return tuple(seen)


async def kept(work: EmailScrape, wiring: Wiring, claim: Claim, portion: tuple[PageVisit, ...]) -> None:
    """Save a portion, as the executor does."""
    async with wiring.sessions.begin() as session:
        await work.keep(session, claim, portion)


async def waits_for_a_lock(wiring: Wiring) -> None:
    """Until somebody waits for an advisory lock in this database."""
    async with asyncio.timeout(30), wiring.sessions() as session:
        while not await session.scalar(WAITING):  # noqa: ASYNC110 - the server tells nobody that somebody waits
            await asyncio.sleep(0)


class TestANotice:
    async def test_that_objects_to_harvesting_is_kept_with_its_page(self, wiring: Wiring, pulse: PostgresPulse) -> None:
        notice = "Der Nutzung der Kontaktdaten des Impressums für Werbung wird widersprochen."
        site = {**BAKERY, HOME: page('<a href="/impressum">Impressum</a>'), IMPRINT: page(f"<p>{notice} Mehr.</p>")}
        claim = await claimed(wiring, pulse)

        await Executor(wiring.queue, [EmailScrape(Website(site).fetching)]).execute(claim)

        async with wiring.sessions() as session:
            found = await find_objection(session, UUID(claim.subject))
        assert found == Objection(notice, IMPRINT)
