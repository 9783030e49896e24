"""A worker's sign of life as a row of the workers table, over a connection of its own."""

from collections.abc import Sequence
from typing import Protocol

import asyncpg
from sqlalchemy import Table

from worklane.claim import Held, WorkerId
from worklane.postgres.compiled import Compiled, compiled
from worklane.postgres.records import Connect
from worklane.postgres.worker_statements import WorkerStatements
from worklane.queue import Holdings


class Lane(Protocol):
    """A queue, as far as a pulse needs to know it: its name, and the statement that tells what a worker holds."""

    @property
    def lane(self) -> str:
        """The queue's name."""

    @property
    def held_by(self) -> Compiled:
        """The claims of one worker: id, claim_token."""


class PostgresPulse:
    """Beats over one asyncpg connection, made when needed by `connect`, in the loop that calls.

    One beat serves all `lanes` that the worker process works for.
    """

    def __init__(self, *, workers: Table, lanes: Sequence[Lane], connect: Connect) -> None:
        made = WorkerStatements(workers)
        self._connect = connect
        self._lanes = {lane.lane: lane.held_by for lane in lanes}
        self._register = compiled(made.register())
        self._beat = compiled(made.beat())
        self._leave = compiled(made.leave())
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def register(self, worker: WorkerId, name: str) -> None:
        """Make a new worker known."""
        connection = await self._connected()
        await connection.execute(self._register.sql, *self._register.arguments(worker=worker, name=name))

    async def beat(self, worker: WorkerId) -> Holdings | None:
        """Say "alive"; answer the claims this worker holds in each lane, or None when it was declared dead."""
        connection = await self._connected()
        if not await connection.fetch(self._beat.sql, worker):
            return None
        return {lane: await self._held(connection, held_by, worker) for lane, held_by in self._lanes.items()}

    async def leave(self, worker: WorkerId) -> None:
        """Say good-bye."""
        connection = await self._connected()
        await connection.execute(self._leave.sql, worker)

    async def close(self) -> None:
        """Give up the connection at once; the next call makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            connection.terminate()

    async def _held(
        self, connection: "asyncpg.Connection[asyncpg.Record]", held_by: Compiled, worker: WorkerId
    ) -> frozenset[Held]:
        rows = await connection.fetch(held_by.sql, worker)
        return frozenset(Held(row["id"], row["claim_token"]) for row in rows)

    async def _connected(self) -> "asyncpg.Connection[asyncpg.Record]":
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        return self._connection
