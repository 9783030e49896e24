"""Claims from a job lane that has an order: fair shares between tenants, limits and rates of keys."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import asyncpg
from sqlalchemy import Table

from worklane.claim import WorkerId
from worklane.order import MICROSECOND, FairShare, Limit, Order
from worklane.postgres.compiled import Compiled, compiled
from worklane.postgres.ordered_statements import OrderedStatements
from worklane.postgres.records import Records
from worklane.postgres.statements import JobStatements

MOST_AT_ONCE = 200
"""Rows of one claim with limits: each of its keys is a lock in the server's shared memory until the commit."""

# A process that is paused within a claim must not keep its keys from the others.
PAUSED_AT_MOST = "set local idle_in_transaction_session_timeout = '5s'"
ROUNDS_AT_MOST = 50


class OrderedClaims:
    """Claims rows of one jobs table in the order given. Every process must be given the same order.

    Raises ValueError when the order has a rate and there is no table of rates.
    """

    def __init__(
        self,
        *,
        jobs: Table,
        workers: Table,
        rates: Table | None = None,
        order: Order,
        pool: "asyncpg.Pool[asyncpg.Record]",
    ) -> None:
        if order.has_rates and rates is None:
            raise ValueError("an order with a rate needs the table of rates")
        self._pool = pool
        self._order = order
        self._given = {**_limits(order.limits), **_weights(order.fair or FairShare())}
        plain = JobStatements(jobs, workers)
        made = OrderedStatements(jobs, workers, rates if order.has_rates else None)
        self._free_claim = compiled(made.claim_fair() if order.fair else plain.claim())
        self._free_claim_one = compiled(plain.claim_one())
        self._candidates = compiled(made.candidates(fair=order.fair is not None))
        self._suspects = compiled(made.candidates(alone=True))
        self._candidate = compiled(made.candidate())
        self._take = compiled(made.take())
        self._purge = None if rates is None else compiled(made.purge(rates))

    async def claim(
        self, worker: WorkerId, *, kinds: Collection[str], limit: int, alone: bool = False
    ) -> list[asyncpg.Record]:
        """Take up to `limit` due rows of these kinds (200 where limits apply); the columns are those of a plain claim.

        `alone`: only rows under which a process has died twice; no shares then, but limits and rates hold.
        """
        wanted = {"worker": worker, "kinds": sorted(kinds)}
        if not alone and self._order.limits.keys().isdisjoint(kinds):
            return await self._fetch(self._pool, self._free_claim, **wanted, limit=limit)
        finding = self._suspects if alone else self._candidates
        async with self._claiming() as connection:
            return await self._rounds(connection, finding, wanted, limit=min(limit, MOST_AT_ONCE))

    async def claim_one(self, worker: WorkerId, row_id: UUID, *, kinds: Collection[str]) -> list[asyncpg.Record]:
        """Take this row if it is due, nobody holds it, and its key has room: one record, or none."""
        wanted = {"worker": worker, "kinds": sorted(kinds), "row_id": row_id}
        if self._order.limits.keys().isdisjoint(kinds):
            return await self._fetch(self._pool, self._free_claim_one, **wanted)
        async with self._claiming() as connection:
            found = await self._fetch(connection, self._candidate, **wanted, **_busy(()))
            return await self._take_from(connection, worker, found)

    async def purge_rates(self, *, idle_for: timedelta, limit: int) -> int:
        """Forget up to `limit` keys that have been rested for `idle_for`; answer how many there were."""
        if self._purge is None:
            return 0
        return len(await self._fetch(self._pool, self._purge, idle_for=idle_for, limit=limit))

    @asynccontextmanager
    async def _claiming(self) -> AsyncIterator[Records]:
        """A transaction in which each statement sees what was committed before it, whatever the server prefers."""
        async with self._pool.acquire() as connection, connection.transaction(isolation="read_committed"):
            await connection.execute(PAUSED_AT_MOST)
            yield connection

    async def _rounds(
        self, connection: Records, finding: Compiled, wanted: Mapping[str, object], *, limit: int
    ) -> list[asyncpg.Record]:
        """Find and take until there is enough or nothing more: each round knows what the one before has filled.

        A round that takes nothing has closed a key, for this claim holds the locks of all keys that it looked at and
        passes over the others: so the next one gets further.
        """
        taken: list[asyncpg.Record] = []
        busy: set[tuple[str, str]] = set()
        for _ in range(ROUNDS_AT_MOST):
            found = await self._fetch(connection, finding, **wanted, **_busy(busy), limit=limit - len(taken))
            taken += await self._take_from(connection, wanted["worker"], found)
            if len(taken) == limit or not found:
                break
            busy |= {(row["type"], row["limit_key"]) for row in found if not row["is_ours"]}
        return taken

    async def _take_from(
        self, connection: Records, worker: object, found: list[asyncpg.Record]
    ) -> list[asyncpg.Record]:
        ours = [row["id"] for row in found if row["is_ours"]]
        return await self._fetch(connection, self._take, worker=worker, row_ids=ours) if ours else []

    async def _fetch(self, records: Records, statement: Compiled, **values: object) -> list[asyncpg.Record]:
        return await records.fetch(statement.sql, *statement.arguments(**self._given, **values))


def _limits(limits: Mapping[str, Limit]) -> dict[str, object]:
    rates = [limit.rate for limit in limits.values()]
    return {
        "types": list(limits),
        "runnings": [limit.running for limit in limits.values()],
        "spacings": [rate and rate.spacing // MICROSECOND for rate in rates],
        "bursts": [rate and rate.at_once for rate in rates],
    }


def _weights(fair: FairShare) -> dict[str, object]:
    return {"tenants": list(fair.weights), "weights": list(fair.weights.values()), "default_weight": fair.default}


def _busy(keys: Collection[tuple[str, str]]) -> dict[str, object]:
    return {"busy_types": [kind for kind, _ in keys], "busy_keys": [key for _, key in keys]}
