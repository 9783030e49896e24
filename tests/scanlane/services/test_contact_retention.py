"""Contacts are kept for a time: quotes go first, contacts that nobody sees any more later."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Interval, cast, func, literal, select, update

from scanlane.crew import job_works
from scanlane.models import Contact, ContactSource, Job, SightingRow
from scanlane.scheduler_instance import TASKS
from scanlane.services.contact_retention import PurgeContacts
from scanlane.settings import read_settings
from scanlane.tasks.email_scraper import EmailScrape
from scanlane.wiring import Wiring, connected
from tests.conftest import Database
from tests.scanlane.tasks.test_email_scraper import BAKERY, Website, claimed
from worklane.executor import Executor


@pytest.fixture
async def wiring(database: Database, tmp_path: Path) -> AsyncIterator[Wiring]:
    """The application's things, with a bakery that was scanned."""
    settings = read_settings(data_dir=tmp_path, database_url=database.url)
    async with connected(settings, database.url, migrate=False) as wiring:
        pulse = wiring.pulse()
        claim = await claimed(wiring, pulse)
        await Executor(wiring.queue, [EmailScrape(Website(BAKERY).fetching)]).execute(claim)
        await pulse.close()
        yield wiring


async def time_passes(wiring: Wiring, days: float) -> None:
    """Let everything have happened so much earlier."""
    span = cast(literal(timedelta(days=days)), Interval)
    async with wiring.sessions.begin() as session:
        await session.execute(update(Job).values(finished_at=Job.finished_at - span))
        await session.execute(update(Contact).values(last_seen_at=Contact.last_seen_at - span))


async def count(wiring: Wiring, table: type[Contact | SightingRow | ContactSource]) -> int:
    """How many rows."""
    async with wiring.sessions() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


def purge(wiring: Wiring) -> PurgeContacts:
    """The work, in small batches."""
    return PurgeContacts(wiring.sessions, wiring.settings, batch=2)


class TestPurging:
    async def test_nothing_goes_before_its_time(self, wiring: Wiring) -> None:
        await time_passes(wiring, 29)

        assert await purge(wiring).purge() == {"contacts": 0, "scans": 0}

    async def test_sightings_go_first_and_leave_the_pages_of_each_contact(self, wiring: Wiring) -> None:
        pages = await count(wiring, ContactSource)
        await time_passes(wiring, 31)

        due, gone = await purge(wiring).due(), await purge(wiring).purge()

        assert due == gone == {"contacts": 0, "scans": 1}
        assert await count(wiring, SightingRow) == 0
        assert await count(wiring, ContactSource) == pages > 0

    async def test_sightings_of_a_scan_that_failed_become_sources_before_they_go(self, wiring: Wiring) -> None:
        pages = await count(wiring, ContactSource)
        async with wiring.sessions.begin() as session:
            await session.execute(ContactSource.__table__.delete())
        await time_passes(wiring, 31)

        await purge(wiring).purge()

        assert await count(wiring, ContactSource) == pages

    async def test_contacts_go_when_no_scan_has_seen_them_for_a_year(self, wiring: Wiring) -> None:
        contacts = await count(wiring, Contact)
        await time_passes(wiring, 366)

        gone = await purge(wiring).purge()

        assert gone == {"contacts": contacts, "scans": 1}
        assert await count(wiring, Contact) == await count(wiring, ContactSource) == 0

    async def test_nothing_goes_when_the_operator_says_for_ever(self, wiring: Wiring) -> None:
        await time_passes(wiring, 5000)
        settings = read_settings(keep_contacts_days="", keep_sightings_days="")

        assert await PurgeContacts(wiring.sessions, settings).purge() == {"contacts": 0, "scans": 0}

    def test_a_periodic_task_does_it(self, wiring: Wiring) -> None:
        assert PurgeContacts.kind in {task.kind for task in TASKS} & {work.kind for work in job_works(wiring)}
