"""Wake-up calls: they arrive, they are never waited for in vain, and a lost connection is mended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg

from tests.conftest import Database
from worklane import events
from worklane.postgres.listener import CHANNEL, Listener, Patience
from worklane.testing import EventLog

QUICK = Patience(
    ping_every=timedelta(milliseconds=50),
    answer_within=timedelta(milliseconds=300),
    retry_after=timedelta(milliseconds=10),
)


class Calls:
    """Counts calls, and lets a test wait for them."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = asyncio.Event()

    def __call__(self) -> None:
        self.count += 1
        self._changed.set()

    async def reached(self, number: int) -> None:
        async with asyncio.timeout(10):
            while self.count < number:
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def listening(database: Database, calls: Calls, log: EventLog) -> AsyncIterator[None]:
    """A listener at work, once it has called for the first time."""
    listener = Listener(lambda: asyncpg.connect(database.dsn), calls, patience=QUICK, listener=log)
    running = asyncio.create_task(listener.run())
    await calls.reached(1)
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait([running])


async def run(database: Database, *statements: str) -> None:
    """Statements in one transaction of another connection."""
    connection = await asyncpg.connect(database.dsn)
    async with connection.transaction():
        for statement in statements:
            await connection.execute(statement)
    await connection.close()


class TestListener:
    async def test_a_call_arrives_and_equal_calls_of_a_transaction_are_one(self, database: Database) -> None:
        calls = Calls()

        async with listening(database, calls, EventLog()):
            await run(database, *[f"select pg_notify('{CHANNEL}', 'scan')"] * 5)
            await calls.reached(2)
            await run(database, f"select pg_notify('{CHANNEL}', 'scan')")
            await calls.reached(3)

        assert calls.count == 3

    async def test_a_cut_connection_is_mended_and_called_for_once(self, database: Database) -> None:
        calls, log = Calls(), EventLog()

        async with listening(database, calls, log):
            await run(
                database,
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()",
            )
            await calls.reached(2)
            await run(database, f"select pg_notify('{CHANNEL}', 'scan')")
            await calls.reached(3)

        assert calls.count == 3

    async def test_a_server_that_is_away_is_said_and_tried_again(self) -> None:
        calls, log = Calls(), EventLog()

        async def refused() -> "asyncpg.Connection[asyncpg.Record]":
            raise ConnectionRefusedError("nobody there")

        running = asyncio.create_task(Listener(refused, calls, patience=QUICK, listener=log).run())
        await log.saw(events.QueueUnreachable, times=3)
        running.cancel()
        await asyncio.wait([running])

        assert calls.count == 0
