"""Wake-up calls over LISTEN/NOTIFY. A call is a hint: whatever is missed here, polling finds."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
from sqlalchemy import Text, bindparam, func, select

from worklane import events
from worklane.postgres.compiled import compiled
from worklane.postgres.records import Connect

CHANNEL = "worklane"


# Equal calls of one transaction become one.
CALL = select(func.pg_notify(CHANNEL, bindparam("kind", type_=Text)))
_PING = compiled(select(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often the connection is tested, how long an answer may take, and how long to wait before the next try."""

    ping_every: timedelta = timedelta(seconds=10)
    answer_within: timedelta = timedelta(seconds=3)
    retry_after: timedelta = timedelta(seconds=1)
    longest_retry: timedelta = timedelta(seconds=30)


class Listener:
    """Calls `on_call` when somebody enqueued, and once after every (re)connection, for what was missed meanwhile."""

    def __init__(
        self,
        connect: Connect,
        on_call: Callable[[], None],
        *,
        patience: Patience | None = None,
        listener: events.Listener = events.to_log,
    ) -> None:
        self._connect = connect
        self._on_call = on_call
        self._patience = patience or Patience()
        self._tell = listener
        self._connected = False

    async def run(self) -> None:
        """Listen until cancelled; reconnect whenever the connection is gone or silent."""
        failures = 0
        while True:
            self._connected = False
            try:
                await self._listen()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                self._tell(events.QueueUnreachable(doing="listening", error=f"{type(error).__name__}: {error}"))
            failures = 0 if self._connected else failures + 1
            await asyncio.sleep(self._wait(failures))

    def _wait(self, failures: int) -> float:
        longest = self._patience.longest_retry.total_seconds()
        plain: float = min(self._patience.retry_after.total_seconds() * 2 ** min(failures, 16), longest)
        return plain * (0.5 + random.random())  # noqa: S311 - spreads load, guards nothing

    async def _listen(self) -> None:
        gone = asyncio.Event()
        connection = await self._connect()
        try:
            connection.add_termination_listener(lambda _: gone.set())
            await connection.add_listener(CHANNEL, lambda *_: self._on_call())
            self._connected = True
            self._on_call()
            while not gone.is_set():
                await self._ping(connection)
                await self._pause(gone)
        finally:
            connection.terminate()

    async def _pause(self, gone: asyncio.Event) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._patience.ping_every.total_seconds()):
                await gone.wait()

    async def _ping(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        # A peer that fell silent leaves the connection open for ever; only a question shows it.
        async with asyncio.timeout(self._patience.answer_within.total_seconds()):
            await connection.fetch(_PING.sql, *_PING.arguments())
