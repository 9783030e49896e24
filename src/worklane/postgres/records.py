"""What the hot path needs of asyncpg: something that runs a statement and answers its rows."""

from typing import Any, Protocol

import asyncpg


class Records(Protocol):
    """A pool, or a connection that nobody else uses."""

    async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[asyncpg.Record]:
        """Run a statement and answer its rows."""


async def raw_pool(dsn: str, *, size: int, **arguments: Any) -> "asyncpg.Pool[asyncpg.Record]":
    """A pool for single statements, without the round trip by which asyncpg cleans a connection after each use.

    No statement here leaves anything to clean: no session setting, lock, cursor or listener. Opens no connection yet;
    `arguments` are asyncpg.connect's.
    """
    return await asyncpg.create_pool(dsn, min_size=0, max_size=size, reset=_leave_as_it_is, **arguments)


async def _leave_as_it_is(connection: Any) -> None:
    del connection
