"""What people and schedules ask of sitemaps, on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func

from scanlane.domain.sitemap_listing import ListedSitemap
from scanlane.stores import sitemap_files, sitemaps
from scanlane.wiring import Wiring
from tests.conftest import Database
from tests.scanlane.services.sitemap_site import (
    TENANT,
    add_domain,
    add_file,
    domain_of,
    file_of,
    files_of,
    wired_for,
)

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


class TestRequeueDue:
    async def test_old_files_are_queued_and_those_of_which_an_index_knows_the_date_are_left_to_it(
        self, wiring: Wiring, domain_id: UUID
    ) -> None:
        long_ago = func.worklane_now() - timedelta(days=8)
        root = await add_file(wiring, domain_id, HOME + "root", import_status="Completed", imported_at=long_ago)
        await add_file(wiring, domain_id, HOME + "new", import_status="Completed", imported_at=func.worklane_now())
        await add_file(wiring, domain_id, HOME + "open", import_status="Processing", imported_at=long_ago)
        child = {"import_status": "Completed", "imported_at": long_ago, "parent_id": root}
        await add_file(wiring, domain_id, HOME + "child", **child)
        await add_file(wiring, domain_id, HOME + "dated", **child, listed_lastmod="2026-01-01")

        async with wiring.sessions.begin() as session:
            assert await sitemaps.requeue_due(session, timedelta(days=7)) == 2

        queued = {file.url for file in await files_of(wiring, domain_id) if file.import_status == "Queued"}
        assert queued == {HOME + "root", HOME + "child"}


class TestDiscoverAgain:
    @pytest.mark.parametrize(
        ("before", "after"),
        [(None, "Queued"), ("Completed", "Queued"), ("Error", "Queued"), ("Processing", "Processing")],
    )
    async def test_a_settled_search_is_queued(self, wiring: Wiring, before: str | None, after: str) -> None:
        domain_id = await add_domain(wiring, HOME, sitemap_status=before)

        async with wiring.sessions.begin() as session:
            assert await sitemaps.discover_again(session, domain_id, TENANT)

        assert (await domain_of(wiring, domain_id)).sitemap_status == after

    async def test_another_tenant_can_ask_for_nothing(self, wiring: Wiring, domain_id: UUID) -> None:
        file_id = await add_file(wiring, domain_id, HOME + "a.xml", import_status="Error")

        async with wiring.sessions.begin() as session:
            assert not await sitemaps.discover_again(session, domain_id, "stranger")
            assert not await sitemaps.import_again(session, file_id, "stranger")
            assert await sitemaps.add_file(session, domain_id, "stranger", HOME + "b.xml") is None
            assert await sitemaps.add_file(session, domain_id, "stranger", HOME + "a.xml") is None

        assert (await domain_of(wiring, domain_id)).sitemap_status is None
        assert [file.import_status for file in await files_of(wiring, domain_id)] == ["Error"]


class TestAddFile:
    async def test_a_new_file_is_queued_for_its_import(self, wiring: Wiring, domain_id: UUID) -> None:
        async with wiring.sessions.begin() as session:
            file_id = await sitemaps.add_file(session, domain_id, TENANT, HOME + "a.xml")

        assert file_id is not None
        file = await file_of(wiring, file_id)
        assert (file.tenant, file.found_by, file.import_status, file.depth) == (TENANT, "import", "Queued", 0)

    async def test_a_known_file_is_queued_again(self, wiring: Wiring, domain_id: UUID) -> None:
        known = await add_file(wiring, domain_id, HOME + "a.xml", import_status="Error", import_error="gone")

        async with wiring.sessions.begin() as session:
            assert await sitemaps.add_file(session, domain_id, TENANT, HOME + "a.xml") == known

        file = await file_of(wiring, known)
        assert (file.import_status, file.import_error, file.found_by) == ("Queued", None, "robots")

    async def test_there_is_no_file_of_no_domain(self, wiring: Wiring) -> None:
        async with wiring.sessions.begin() as session:
            assert await sitemaps.add_file(session, uuid4(), TENANT, HOME) is None


class TestAddChildren:
    async def test_two_indexes_at_once_stay_below_the_most_of_their_domain(
        self, wiring: Wiring, domain_id: UUID
    ) -> None:
        ids = [await add_file(wiring, domain_id, f"{HOME}{side}") for side in "ab"]

        async def add(file_id: UUID, side: str) -> int:
            listed = [ListedSitemap(f"{HOME}{side}{number}") for number in range(30)]
            async with wiring.sessions.begin() as session:
                file = await sitemap_files.find_file(session, file_id)
                assert file is not None
                return await sitemap_files.add_children(session, file, listed, most=40)

        left_out = await asyncio.gather(add(ids[0], "a"), add(ids[1], "b"))

        assert len(await files_of(wiring, domain_id)) == 40
        assert sum(left_out) == 22
