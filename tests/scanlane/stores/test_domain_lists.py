"""What the stores of lists refuse by themselves, whoever has looked before."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.models import Domain, Page
from scanlane.session.async_session import make_engine, make_sessions
from scanlane.stores import domain_lists
from tests.conftest import Database


@pytest.fixture
async def sessions(database: Database) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions on the test's own database."""
    engine = make_engine(database.options)
    yield make_sessions(engine)
    await engine.dispose()


async def theirs(sessions: async_sessionmaker[AsyncSession]) -> Domain:
    """A domain of another tenant, with a page."""
    domain = Domain(tenant="hill", name="theirs.example", start_url="https://theirs.example/")
    async with sessions.begin() as session:
        session.add(domain)
        await session.flush()
        session.add(Page(tenant="hill", domain_id=domain.id, url="https://theirs.example/a", worth=1))
    return domain


class TestTenants:
    async def test_nothing_of_a_stranger_is_deleted(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        domain = await theirs(sessions)

        async with sessions.begin() as session:
            pages = await domain_lists.delete_some_pages(session, domain.id, tenant="harbour", limit=10)
            is_gone = await domain_lists.delete_domain(session, domain.id, tenant="harbour")

        async with sessions.begin() as session:
            left = await domain_lists.count_found(session, domain.id)
        assert (pages, is_gone, left.pages) == (0, False, 1)

    async def test_nothing_of_a_stranger_is_found_by_name(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        await theirs(sessions)

        async with sessions() as session:
            assert await domain_lists.find_named(session, ["theirs.example"], tenant="harbour") == {}
