"""Paging by keyset: each row once, in a stable order, and a cursor that was made up is named as such."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.errors import BadInput
from scanlane.models import Domain
from scanlane.session.async_session import make_engine, make_sessions
from scanlane.stores.keyset import Cursor, list_rows
from tests.conftest import Database


class TestCursor:
    def test_a_cursor_is_read_as_it_was_written(self) -> None:
        cursor = Cursor(datetime(2026, 11, 24, 12, 30, 1, 234567, tzinfo=UTC), uuid4())

        assert Cursor.of(str(cursor)) == cursor

    @pytest.mark.parametrize("text", ["", "x", "äöü", "AAAA", "f" * 32, "a" * 4000, "AAAA AAAA"])
    def test_anything_else_is_refused_by_name(self, text: str) -> None:
        with pytest.raises(BadInput) as refused:
            Cursor.of(text)

        assert refused.value.field == "cursor"


class TestListRows:
    async def test_pages_hold_each_row_once_newest_first(self, database: Database) -> None:
        engine = make_engine(database.options)
        sessions: async_sessionmaker[AsyncSession] = make_sessions(engine)
        async with sessions.begin() as session:
            session.add_all(Domain(tenant="t", name=f"{n}.example", start_url="https://x.example/") for n in range(7))
        seen: list[str] = []
        cursor: str | None = None
        async with sessions() as session:
            for _ in range(3):
                query = select(Domain).where(Domain.tenant == "t")
                page = await list_rows(session, query, at=Domain.created_at, id=Domain.id, limit=3, cursor=cursor)
                seen += [one.name for one in page.items]
                cursor = page.next_cursor
        await engine.dispose()

        assert cursor is None
        assert sorted(seen) == sorted(f"{n}.example" for n in range(7))
        assert len(set(seen)) == 7
