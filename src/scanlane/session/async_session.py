"""Engines, sessions and raw connections to PostgreSQL; makes nothing on import."""

from dataclasses import dataclass, replace
from typing import Any

import asyncpg
from sqlalchemy import URL, NullPool, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from worklane.postgres.records import RawLines

SERVER_SETTINGS = {
    "idle_in_transaction_session_timeout": "60000",
    "lock_timeout": "5000",
    # A client that was cut off keeps its row locks until the server knows: within the time that a claim lives.
    "tcp_user_timeout": "5000",
    "tcp_keepalives_idle": "3",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
}
# Serialization failure, deadlock, shutdowns and starts, lock and statement timeouts, no room, connection trouble.
PASSING_STATES = frozenset(
    "40001 40P01 57P01 57P02 57P03 55P03 57014 25P03 53100 53200 53300 08000 08001 08003 08006".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseOptions:
    """How to reach the database. `pooled_elsewhere`: behind PgBouncer in transaction mode."""

    url: str
    application_name: str = "scanlane"
    pool_size: int = 10
    pooled_elsewhere: bool = False
    command_timeout: float = 30
    connect_timeout: float = 5


def make_engine(options: DatabaseOptions) -> AsyncEngine:
    """The engine for the application's own queries."""
    pool: dict[str, Any] = (
        {"poolclass": NullPool}
        if options.pooled_elsewhere
        else {"pool_size": options.pool_size, "max_overflow": 5, "pool_timeout": 5, "pool_recycle": 1800}
    )
    arguments = _arguments(options)
    if options.pooled_elsewhere:
        arguments["prepared_statement_cache_size"] = 0
    return create_async_engine(
        sqlalchemy_url(options.url), pool_pre_ping=True, hide_parameters=True, connect_args=arguments, **pool
    )


def make_sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions that keep their values after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


def make_lines(options: DatabaseOptions, *, size: int = 2) -> RawLines:
    """Connections for claims, settlements and rescues. Opens none until the first use."""
    impatient = replace(options, connect_timeout=3)
    return RawLines(lambda: connect(impatient), size=size, tunes=not options.pooled_elsewhere)


async def make_pool(options: DatabaseOptions, *, size: int = 2) -> "asyncpg.Pool[asyncpg.Record]":
    """A small pool of raw connections for claims. Opens none until the first use."""
    return await asyncpg.create_pool(raw_dsn(options.url), min_size=0, max_size=size, **_arguments(options))


async def connect(options: DatabaseOptions) -> "asyncpg.Connection[asyncpg.Record]":
    """One raw connection, outside every pool: for the heartbeat."""
    return await asyncpg.connect(raw_dsn(options.url), **_arguments(options))


def sqlalchemy_url(url: str) -> URL:
    """The same place, for SQLAlchemy over asyncpg. Accepts postgres://, postgresql:// and postgresql+driver://."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql+asyncpg")
    # SQLAlchemy hands every word of the query to the driver, which knows this one by another name.
    mode = parsed.query.get("sslmode")
    return parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode} if mode else {})


def raw_dsn(url: str) -> str:
    """The same place, for asyncpg itself."""
    plain = make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql")
    return plain.render_as_string(hide_password=False)


def passes_by_itself(error: BaseException) -> bool:
    """Whether the same write may well succeed in a moment: the server was away, or two transactions collided."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        return error.connection_invalidated or state in PASSING_STATES
    state = getattr(error, "sqlstate", None)
    return state in PASSING_STATES or isinstance(error, OSError | asyncpg.InterfaceError)


def _arguments(options: DatabaseOptions) -> dict[str, Any]:
    settings = {} if options.pooled_elsewhere else {**SERVER_SETTINGS, "application_name": options.application_name}
    arguments: dict[str, Any] = {
        "timeout": options.connect_timeout,
        "command_timeout": options.command_timeout,
        "server_settings": settings,
    }
    if options.pooled_elsewhere:
        arguments["statement_cache_size"] = 0
    return arguments
