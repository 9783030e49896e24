"""An owner's table that shares no name and no word with the places: an enumeration, another key, no time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
from sqlalchemy import Enum, Identity, Text, Uuid
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from scanlane.session.async_session import raw_dsn, sqlalchemy_url
from worklane.postgres.status_column import StatusColumn

Sessions = async_sessionmaker[AsyncSession]
STATES = ("new", "busy", "it's fine: 100%", "bad", "on paper")
DDL = (
    "create type picture_state as enum ('new', 'busy', 'it''s fine: 100%', 'bad', 'on paper')",
    "create table pictures (picture_id uuid primary key default gen_random_uuid(),"
    " number integer generated always as identity, state picture_state not null, trouble text)",
)
ADD = "insert into pictures (state) values ('new') returning picture_id"


class Base(DeclarativeBase):
    """The owner's tables."""


class Picture(Base):
    """A picture to be looked at."""

    __tablename__ = "pictures"

    picture_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(Identity(always=True))
    state: Mapped[str] = mapped_column(Enum(*STATES, name="picture_state"))
    trouble: Mapped[str | None] = mapped_column(Text)


PICTURES = StatusColumn(
    queue="pictures",
    table=Picture,
    status="state",
    error="trouble",
    waiting="new",
    working="busy",
    done="it's fine: 100%",
    failed="bad",
    order_by=("number",),
)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[tuple["asyncpg.Pool[asyncpg.Record]", Sessions]]:
    """A pool and sessions over the owner's database."""
    engine = create_async_engine(sqlalchemy_url(url))
    try:
        async with asyncpg.create_pool(raw_dsn(url), min_size=0, max_size=4) as pool:
            yield pool, async_sessionmaker(engine, expire_on_commit=False)
    finally:
        await engine.dispose()
