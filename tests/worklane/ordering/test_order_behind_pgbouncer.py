"""The same claims behind a real PgBouncer in transaction mode, where connections change hands after every commit."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from tests.conftest import Server
from tests.worklane.ordering.bench import KIND, OrderBench, order_bench
from tests.worklane.pgbouncer import pgbouncer
from worklane.order import FairShare, Limit, Order


@pytest.fixture
async def pooled_lane(server: Server) -> AsyncIterator[OrderBench]:
    """An ordered job lane through PgBouncer."""
    name = f"test_{uuid4().hex[:16]}"
    await server.run(f'create database "{name}"')
    async with pgbouncer(server.database(name)) as url, order_bench(url, pooled_elsewhere=True) as bench:
        yield bench
    await server.run(f'drop database if exists "{name}" with (force)')


async def test_limits_hold_and_no_lock_or_setting_stays_behind(pooled_lane: OrderBench) -> None:
    for host in range(10):
        await pooled_lane.add(5, key=f"host {host}", tenant=f"t{host % 3}")
    claims = pooled_lane.claims(Order(fair=FairShare(), limits={KIND: Limit(running=2)}))
    taken: list[UUID] = []

    async def take() -> None:
        one = await pooled_lane.worker()
        for _ in range(6):
            taken.extend(row.row_id for row in await claims.claim(one, kinds={KIND}, limit=4))

    await asyncio.gather(*(take() for _ in range(6)))
    # Alone now, so that no key is passed over for another claim's sake.
    await take()

    keys = await pooled_lane.pool.fetch("select limit_key from jobs where id = any($1)", taken)
    assert Counter(row["limit_key"] for row in keys) == {f"host {host}": 2 for host in range(10)}
    assert await pooled_lane.pool.fetchval("select count(*) from pg_locks where locktype = 'advisory'") == 0
    assert await pooled_lane.pool.fetchval("show idle_in_transaction_session_timeout") != "5s"
