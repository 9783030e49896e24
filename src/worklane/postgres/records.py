"""What the hot path needs of asyncpg: something that runs a statement and answers its rows, or fails soon."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from types import TracebackType
from typing import Any, Protocol, Self, TypeAlias

import asyncpg

# asyncpg's own class takes no parameters at run time; its stubs do.
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Connect: TypeAlias = "Callable[[], Awaitable[asyncpg.Connection[asyncpg.Record]]]"

ANSWERS_WITHIN = timedelta(seconds=5)
# A process that is paused within a transaction must not keep its locks from the others.
# What is looked up for each tenant or key is a loop by nature, and the planner knows what it costs.
BEGIN = (
    "begin isolation level read committed; set local idle_in_transaction_session_timeout = '5s';"
    " set local enable_nestloop = on"
)
COMMIT = "commit"

# A plan that was made while the table was empty, or for other numbers, is kept and used when the table is large. These
# statements have one good plan each: rows found by an index, many of them matched by their hash. Made once, it also
# saves half a millisecond a statement. What is switched off counts as dear, and must not look worth compiling.
TUNING = "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_nestloop = off; set jit = off"


class Records(Protocol):
    """Something that runs statements."""

    async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[asyncpg.Record]:
        """Run a statement and answer its rows."""


class RawLines:
    """Connections for statements and short transactions, at most `size` at a time, each made when needed by `connect`.

    A pool of asyncpg's cleans a connection after each use, which takes another round trip, and waits for a silent peer
    to agree to a cancellation. Nothing here leaves anything to clean, and a connection whose answer did not come
    is thrown away: a machine that was cut off works again as soon as it is not.

    `tunes` sets the planner of each connection to what these statements need. Not through a pooler that gives the
    connection to others.
    """

    def __init__(
        self, connect: Connect, *, size: int = 2, answers_within: timedelta = ANSWERS_WITHIN, tunes: bool = True
    ) -> None:
        self._connect = connect
        self._tunes = tunes
        self._answers_within = answers_within.total_seconds()
        self._idle: list[Connection] = []
        self._room = asyncio.Semaphore(size)

    async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[asyncpg.Record]:
        """Run a statement and answer its rows. Raises TimeoutError when the answer does not come in time."""
        async with self._room:
            connection = await self._line()
            try:
                rows = await connection.fetch(query, *args, timeout=timeout or self._answers_within)
            except asyncpg.PostgresError:
                self._give_back(connection)
                raise
            except BaseException:
                connection.terminate()
                raise
            self._give_back(connection)
            return rows

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Records]:
        """Run statements in one transaction, each of which sees what was committed before it.

        All of it has the time of one answer. Whatever goes wrong, the connection is thrown away, and with it what was
        done. Raises TimeoutError.
        """
        async with self._room:
            connection = await self._line()
            try:
                async with asyncio.timeout(self._answers_within):
                    await connection.execute(BEGIN)
                    yield connection
                    await connection.execute(COMMIT)
            except BaseException:
                connection.terminate()
                raise
            self._give_back(connection)

    async def close(self) -> None:
        """Close every connection."""
        while self._idle:
            self._idle.pop().terminate()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _line(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        connection = await self._connect()
        if self._tunes:
            await connection.execute(TUNING)
        return connection

    def _give_back(self, connection: Connection) -> None:
        if not connection.is_closed():
            self._idle.append(connection)
