"""Claims from a job lane that has an order: fair shares between tenants, limits and rates of keys."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Table

from worklane.claim import Claim, Held, WorkerId
from worklane.order import MICROSECOND, FairShare, Limit, Order
from worklane.postgres.batches import Batch, Batches
from worklane.postgres.compiled import Compiled, compiled
from worklane.postgres.ordered_statements import OrderedStatements
from worklane.postgres.records import RawLines, Records
from worklane.postgres.settler import Settler
from worklane.postgres.waiting_tenants import LOOK_EVERY, WaitingTenants
from worklane.queue import Exchange, Finished

MOST_AT_ONCE = 200
"""Rows of one claim with limits: each of its keys is a lock in the server's shared memory until the commit."""

ROUNDS_AT_MOST = 50
PURGE_EVERY = timedelta(minutes=5)
PURGED_AT_ONCE = 1000
RESTED_FOR = timedelta(hours=1)


class OrderedClaims:
    """Claims rows of one jobs table in the order given. Every process must be given the same order.

    `counted` counts what is open of the batches that are noted in the table `batches`. Raises ValueError when the order
    has a rate and there is no table of rates.
    """

    def __init__(
        self,
        *,
        jobs: Table,
        workers: Table,
        batches: Table,
        rates: Table | None = None,
        order: Order,
        records: RawLines,
        settler: Settler,
        counted: Batches,
        look_every: timedelta = LOOK_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if order.has_rates and rates is None:
            raise ValueError("an order with a rate needs the table of rates")
        self._records = records
        self._settler = settler
        self._order = order
        self._batches = counted
        self._clock = clock
        self._purged = float("-inf")
        self._given = {**_limits(order.limits), **_weights(order.fair or FairShare())}
        made = OrderedStatements(jobs, workers, batches, rates if order.has_rates else None)
        self._tenants = WaitingTenants(compiled(made.tenants()), every=look_every, clock=clock)
        self._claim_fair = compiled(made.claim_fair())
        self._candidates = compiled(made.candidates(fair=order.fair is not None))
        self._suspects = compiled(made.candidates(alone=True))
        self._candidate = compiled(made.candidate())
        self._take = compiled(made.take())
        self._purge = None if rates is None else compiled(made.purge(rates))

    def limits(self, kinds: Collection[str]) -> bool:
        """Whether any of these kinds has a limit."""
        return not self._order.limits.keys().isdisjoint(kinds)

    def concerns(self, kinds: Collection[str], *, alone: bool = False) -> bool:
        """Whether claims of these kinds differ from plain ones. Suspects are not shared out, only limited."""
        return self.limits(kinds) or (self._order.fair is not None and not alone)

    async def claim(
        self, worker: WorkerId, *, kinds: Collection[str], limit: int, alone: bool = False
    ) -> Sequence[Claim]:
        """Take up to `limit` due rows of these kinds (200 where limits apply).

        `alone`: only suspects; no shares then, but limits and rates hold.
        """
        wanted = {"worker": worker, "kinds": sorted(kinds)}
        with self._batches.next() as batch:
            noted = {**wanted, "batch": batch.number, "emptied": batch.emptied}
            async with self._records.transaction() as connection:
                rows = await self._rows(connection, noted, limit=limit, alone=alone)
        return self._opened(batch, rows)

    async def claim_one(self, worker: WorkerId, row_id: UUID, *, kinds: Collection[str]) -> Claim | None:
        """Take this row if it is due, nobody holds it, it is no suspect, and its key has room."""
        wanted = {"worker": worker, "kinds": sorted(kinds), "row_id": row_id}
        with self._batches.next() as batch:
            noted = {**wanted, "batch": batch.number, "emptied": batch.emptied}
            async with self._records.transaction() as connection:
                found = await self._fetch(connection, self._candidate, **noted, **_busy(()))
                rows = await self._take_from(connection, noted, found)
        claims = self._opened(batch, rows)
        return claims[0] if claims else None

    async def exchange(
        self, worker: WorkerId, finished: Sequence[Finished], *, kinds: Collection[str], limit: int
    ) -> Exchange:
        """Settle these and then claim, in one transaction: what is settled has left its room."""
        wanted = {"worker": worker, "kinds": sorted(kinds)}
        with self._batches.next() as batch:
            noted = {**wanted, "batch": batch.number, "emptied": batch.emptied}
            async with self._records.transaction() as connection:
                lost = await self._settler.settle_all(finished, within=connection) if finished else frozenset[Held]()
                rows = await self._rows(connection, noted, limit=limit)
        self._batches.close(one.claim for one in finished)
        return Exchange(self._opened(batch, rows), lost, more_may_wait=bool(rows) and self.limits(kinds))

    async def tidy(self) -> int:
        """Forget some keys that have long been rested, if it is time again; answer how many."""
        now = self._clock()
        if self._purge is None or now - self._purged < PURGE_EVERY.total_seconds():
            return 0
        self._purged = now
        return await self.purge_rates(idle_for=RESTED_FOR, limit=PURGED_AT_ONCE)

    async def purge_rates(self, *, idle_for: timedelta, limit: int) -> int:
        """Forget up to `limit` keys that have been rested for `idle_for`; answer how many there were."""
        if self._purge is None:
            return 0
        return len(await self._fetch(self._records, self._purge, idle_for=idle_for, limit=limit))

    def _opened(self, batch: Batch, rows: Sequence[asyncpg.Record]) -> Sequence[Claim]:
        if not rows:
            self._batches.not_noted(batch)
        return self._batches.opened(batch, rows)

    async def _rows(
        self, records: Records, wanted: Mapping[str, Any], *, limit: int, alone: bool = False
    ) -> list[asyncpg.Record]:
        if alone or not self._order.fair:
            return await self._rounds(records, self._suspects if alone else self._candidates, wanted, limit=limit)
        wanted = {**wanted, "waiting_tenants": await self._tenants.known(records)}
        if self.limits(wanted["kinds"]):
            return await self._rounds(records, self._candidates, wanted, limit=limit)
        return await self._fetch(records, self._claim_fair, **wanted, limit=limit)

    async def _rounds(
        self, records: Records, finding: Compiled, wanted: Mapping[str, Any], *, limit: int
    ) -> list[asyncpg.Record]:
        """Find and take until there is enough or nothing more: each round knows what the one before has filled.

        A round that takes nothing has closed a key, for this claim holds the locks of all keys that it looked at and
        passes over the others: so the next one gets further.
        """
        limit = min(limit, MOST_AT_ONCE)
        taken: list[asyncpg.Record] = []
        busy: set[tuple[str, str]] = set()
        for _ in range(ROUNDS_AT_MOST):
            found = await self._fetch(records, finding, **wanted, **_busy(busy), limit=limit - len(taken))
            taken += await self._take_from(records, wanted, found)
            if len(taken) == limit or not found:
                break
            busy |= {(row["type"], row["limit_key"]) for row in found if not row["is_ours"]}
        return taken

    async def _take_from(
        self, records: Records, wanted: Mapping[str, Any], found: list[asyncpg.Record]
    ) -> list[asyncpg.Record]:
        ours = [row["id"] for row in found if row["is_ours"]]
        return await self._fetch(records, self._take, **{**wanted, "row_ids": ours}) if ours else []

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
