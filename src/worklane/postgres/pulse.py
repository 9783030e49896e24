"""A worker's sign of life as a row of the workers table, over a connection of its own."""

from collections.abc import Awaitable, Callable

import asyncpg
from sqlalchemy import Table

from worklane.claim import WorkerId
from worklane.postgres.statements import Compiled, JobStatements, compiled
from worklane.queue import Held

Connect = Callable[[], Awaitable["asyncpg.Connection[asyncpg.Record]"]]


class PostgresPulse:
    """Beats over one asyncpg connection, made when needed by `connect`, in the loop that calls.

    `held_by` is the statement that tells what a worker holds, if that is not in the jobs table: StatusQueue.held_by.
    """

    def __init__(self, *, jobs: Table, workers: Table, connect: Connect, held_by: Compiled | None = None) -> None:
        made = JobStatements(jobs, workers)
        self._connect = connect
        self._register = compiled(made.register())
        self._beat = compiled(made.beat())
        self._held_by = held_by or compiled(made.held_by())
        self._leave = compiled(made.leave())
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def register(self, worker: WorkerId, name: str) -> None:
        """Make a new worker known."""
        connection = await self._connected()
        await connection.execute(self._register.sql, *self._register.arguments(worker=worker, name=name))

    async def beat(self, worker: WorkerId) -> frozenset[Held] | None:
        """Say "alive"; answer the claims this worker holds, or None when it was declared dead."""
        connection = await self._connected()
        if not await connection.fetch(self._beat.sql, worker):
            return None
        rows = await connection.fetch(self._held_by.sql, worker)
        return frozenset(Held(row_id=row["id"], token=row["claim_token"]) for row in rows)

    async def leave(self, worker: WorkerId) -> None:
        """Say good-bye."""
        connection = await self._connected()
        await connection.execute(self._leave.sql, worker)

    async def close(self) -> None:
        """Give up the connection at once; the next call makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            connection.terminate()

    async def _connected(self) -> "asyncpg.Connection[asyncpg.Record]":
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        return self._connection
