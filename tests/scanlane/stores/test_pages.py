"""Pages as they are kept, on a real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from scanlane.domain.sitemap_listing import ListedPage
from scanlane.stores import pages
from scanlane.wiring import Wiring
from tests.conftest import Database
from tests.scanlane.services.sitemap_site import TENANT, add_domain, add_file, pages_of, wired_for

HOME = "https://bakery.example/"


@pytest.fixture
async def wiring(database: Database, tmp_path: Path) -> AsyncIterator[Wiring]:
    """The application's things over the test's own database."""
    async with wired_for(database, tmp_path) as wiring:
        yield wiring


@pytest.fixture
async def domain_id(wiring: Wiring) -> UUID:
    """A domain."""
    return await add_domain(wiring, HOME)


async def save(wiring: Wiring, domain_id: UUID, *listed: ListedPage, file_id: UUID | None = None) -> UUID:
    """Save what a file lists; answer the file."""
    file_id = file_id or await add_file(wiring, domain_id, f"{HOME}{len(listed)}.xml")
    async with wiring.sessions.begin() as session:
        await pages.save_pages(session, listed, tenant=TENANT, domain_id=domain_id, file_id=file_id)
    return file_id


class TestSavePages:
    async def test_a_page_that_is_listed_twice_at_once_is_one_page(self, wiring: Wiring, domain_id: UUID) -> None:
        await save(wiring, domain_id, ListedPage(url=HOME, worth=1), ListedPage(url=HOME, worth=2))

        (page,) = await pages_of(wiring, domain_id)
        assert page.worth == 2

    async def test_what_one_file_does_not_say_stays_as_another_said_it(self, wiring: Wiring, domain_id: UUID) -> None:
        moment = datetime(2026, 5, 4, tzinfo=UTC)
        first = await save(
            wiring, domain_id, ListedPage(url=HOME, worth=9, lastmod="2026-05-04", modified_at=moment, priority=0.5)
        )
        other = await add_file(wiring, domain_id, HOME + "other.xml")
        await save(wiring, domain_id, ListedPage(url=HOME, worth=9, extras={"news": "x"}), file_id=other)

        (page,) = await pages_of(wiring, domain_id)
        assert (page.lastmod, page.modified_at, page.priority) == ("2026-05-04", moment, 0.5)
        assert (page.extras, page.sitemap_file_id) == ({"news": "x"}, first)

    async def test_a_page_that_is_as_it_was_is_not_written_again(
        self, wiring: Wiring, database: Database, domain_id: UUID
    ) -> None:
        listed = ListedPage(url=HOME, worth=9, lastmod="2026", changefreq="daily", extras={"a": [1]})
        file_id = await save(wiring, domain_id, listed)
        before = await versions(database)

        await save(wiring, domain_id, listed, file_id=file_id)
        same = await versions(database)
        await save(wiring, domain_id, ListedPage(url=HOME, worth=9, lastmod="2027"), file_id=file_id)

        assert same == before
        assert await versions(database) != before

    async def test_texts_and_extras_are_made_fit(self, wiring: Wiring, domain_id: UUID) -> None:
        extras = {"title\x00": "a\x00b\ud800", "images": [{"loc": "\x00"}], "n": 1.5, "none": None}

        await save(wiring, domain_id, ListedPage(url=HOME, worth=1, lastmod="\x00x", extras=extras))

        (page,) = await pages_of(wiring, domain_id)
        assert page.lastmod == "x"
        assert page.extras == {"title": "ab", "images": [{"loc": ""}], "n": 1.5, "none": None}

    async def test_extras_without_end_are_left_out_and_the_page_is_not(self, wiring: Wiring, domain_id: UUID) -> None:
        await save(wiring, domain_id, ListedPage(url=HOME, worth=1, extras={"images": ["x" * 100] * 1000}))

        (page,) = await pages_of(wiring, domain_id)
        assert page.extras is None


class TestPromisingPages:
    async def test_the_best_come_first_and_worthless_ones_never(self, wiring: Wiring, domain_id: UUID) -> None:
        worths = {"a": 10, "b": 95, "c": 0, "d": 50}
        await save(wiring, domain_id, *(ListedPage(url=HOME + name, worth=worth) for name, worth in worths.items()))
        other = await add_domain(wiring, "https://hill.example/")
        await save(wiring, other, ListedPage(url="https://hill.example/", worth=100))

        async with wiring.sessions() as session:
            best = await pages.promising_pages(session, domain_id, 2)
            everything = await pages.promising_pages(session, domain_id, 100)

        assert best == [(HOME + "b", 95), (HOME + "d", 50)]
        assert len(everything) == 3


async def versions(database: Database) -> list[str]:
    """Which transaction wrote each page."""
    connection = await asyncpg.connect(database.dsn)
    try:
        return [str(row["xmin"]) for row in await connection.fetch("select xmin::text from pages order by url")]
    finally:
        await connection.close()
