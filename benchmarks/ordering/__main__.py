"""What an order costs: `python -m benchmarks.ordering`. A table for people, and one JSON object as the last line.

Each way of claiming takes its turn in every block, so that what else the machine does hits all alike; trust the
ratios. Rows go back to waiting between turns, untimed.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from benchmarks.chaos.server import scratch_server
from benchmarks.ordering.schema import BATCHES, JOBS, RATES, WORKERS, make_schema
from sqlalchemy.ext.asyncio import async_sessionmaker

from worklane.order import FairShare, Limit, Order
from worklane.postgres.job_queue import JobQueue
from worklane.postgres.records import RawLines

KIND = "crawl"
LIMITS = {KIND: Limit(running=3)}
ORDERS = {
    "off": None,
    "fair": Order(fair=FairShare()),
    "limited": Order(limits=LIMITS),
    "fair, limited": Order(fair=FairShare(), limits=LIMITS),
}
FILLING = """
insert into jobs (type, tenant, subject, status, limit_key, run_at, finished_at)
select $1, 't' || n % $2, n::text, case when n > $3 then 'complete' else 'pending' end, 'host ' || n % ($3 / 10),
    worklane_now() - make_interval(secs => n), case when n > $3 then worklane_now() end
from generate_series(1, 2 * $3) n order by random()
"""
PUTTING_BACK = "update jobs set status = 'pending', worker_id = null where status = 'running'"


class Bench:
    """A lane with as many finished as waiting rows, and a claim of each order."""

    def __init__(self, pool: "asyncpg.Pool[Any]", records: RawLines, *, limit: int) -> None:
        self._pool = pool
        self._limit = limit
        self._worker: UUID = uuid4()
        tables = {"jobs": JOBS, "workers": WORKERS, "batches": BATCHES, "rates": RATES}
        common = {**tables, "records": records, "sessions": async_sessionmaker()}
        self._queues = {name: JobQueue(**common, order=order) for name, order in ORDERS.items()}

    async def fill(self, *, tenants: int, rows: int) -> None:
        """Make the tables and their rows."""
        async with self._pool.acquire() as connection:
            await make_schema(connection, has_ledger=False)
        await self._pool.execute("insert into workers (id, name) values ($1, 'bench')", self._worker)
        await self._pool.execute(FILLING, KIND, tenants, rows)
        await self._pool.execute("vacuum analyze jobs")

    async def block(self, claims: int) -> dict[str, float]:
        """Claims a second of each order."""
        return {name: await self._speed(one, claims) for name, one in self._queues.items()}

    async def _speed(self, one: JobQueue, claims: int) -> float:
        started = time.perf_counter()
        for _ in range(claims):
            rows = await one.claim(self._worker, kinds={KIND}, limit=self._limit)
            if len(rows) != self._limit:
                raise RuntimeError(f"{len(rows)} rows instead of {self._limit}")
        took = time.perf_counter() - started
        await self._pool.execute(PUTTING_BACK)
        await self._pool.execute("truncate claim_batches")
        await self._pool.execute("vacuum jobs")
        return claims / took


async def measure(url: str, *, tenants: int, given: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Median claims a second and median ratio to `off`, by order."""
    pool = await asyncpg.create_pool(url, min_size=1, max_size=1)
    try:
        async with RawLines(lambda: asyncpg.connect(url), size=1) as records:
            bench = Bench(pool, records, limit=given.limit)
            await bench.fill(tenants=tenants, rows=given.rows)
            await bench.block(given.claims)
            return summary([await bench.block(given.claims) for _ in range(given.blocks)])
    finally:
        await pool.close()


def summary(blocks: Sequence[Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Medians over the blocks."""
    return {
        name: {
            "claims_per_second": round(statistics.median(block[name] for block in blocks), 1),
            "ratio": round(statistics.median(block[name] / block["off"] for block in blocks), 3),
        }
        for name in ORDERS
    }


async def run(given: argparse.Namespace) -> dict[str, Any]:
    """Measure each number of tenants on a server of its own."""
    found: dict[str, Any] = {}
    async with scratch_server() as server:
        for tenants in given.tenants:
            found[str(tenants)] = await measure(
                await server.new_database(f"tenants_{tenants}"), tenants=tenants, given=given
            )
            for name, one in found[str(tenants)].items():
                line = f"{tenants:>6} tenants  {name:<14} {one['claims_per_second']:>8} claims/s  x {one['ratio']}"
                print(line, file=sys.stderr, flush=True)
    return found


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ordering", description=__doc__)
    parser.add_argument("--tenants", type=int, nargs="+", default=[1, 100, 2000], help="(default: %(default)s)")
    parser.add_argument("--rows", type=int, default=20_000, help="waiting rows, and as many finished ones")
    parser.add_argument("--limit", type=int, default=10, help="rows of one claim (default: %(default)s)")
    parser.add_argument("--claims", type=int, default=30, help="claims of one turn (default: %(default)s)")
    parser.add_argument("--blocks", type=int, default=9, help="turns of each order (default: %(default)s)")
    return parser.parse_args(words)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(parse(sys.argv[1:])))))
