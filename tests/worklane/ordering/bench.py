"""An ordered job lane on a database of its own, with the handles that its tests need."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import asyncpg
from benchmarks.ordering.schema import BATCHES, JOBS, RATES, WORKERS, make_schema
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.session.async_session import DatabaseOptions, make_lines, make_pool
from tests.worklane.benches import TURNED_CLOCK
from worklane.claim import Claim, WorkerId
from worklane.order import Order
from worklane.postgres.batches import Batches
from worklane.postgres.compiled import compiled
from worklane.postgres.job_queue import JobQueue
from worklane.postgres.ordered_claims import OrderedClaims
from worklane.postgres.records import RawLines
from worklane.postgres.settler import Settler
from worklane.postgres.statements import JobStatements

Claims = TypeVar("Claims", bound=OrderedClaims)
AT_EVERY_CLAIM = timedelta(0)

KIND = "crawl"
ADDING = """
insert into jobs (type, tenant, subject, priority, run_at, limit_key, crashes)
select $2, $3, gen_random_uuid()::text, $4, worklane_now() - interval '1 hour' + $5::interval, $6, $7
from generate_series(1, $1) returning id
"""
# A clock that is turned by replacing its function may show two times within a statement that is just being planned.
CLOCK_IN_A_TABLE = """
create table clock (turned interval not null);
insert into clock values ('0');
create or replace function worklane_now() returns timestamptz language sql stable parallel safe
return statement_timestamp() + (select turned from clock)
"""
SETTLING = "update jobs set status = 'complete', worker_id = null, finished_at = worklane_now() where id = any($1)"


class OrderBench:
    """Jobs that differ in tenant, key and priority, and claims of them."""

    def __init__(self, options: DatabaseOptions, pool: "asyncpg.Pool[Any]", lines: RawLines) -> None:
        self.options = options
        self.pool = pool
        self.lines = lines
        self.sessions: async_sessionmaker[AsyncSession] = async_sessionmaker()
        self._turned = timedelta(0)
        self._has_clock_table = False

    def claims(
        self,
        order: Order,
        *,
        kind: type[Claims] = OrderedClaims,  # type: ignore[assignment]
        lines: RawLines | None = None,
        **how: Any,
    ) -> Claims:
        """Claims in this order, by a process of its own. They look for tenants each time, unless told otherwise."""
        records = lines or self.lines
        settler = Settler(records, compiled(JobStatements(JOBS, WORKERS, BATCHES).settle_many()))
        tables = {"jobs": JOBS, "workers": WORKERS, "batches": BATCHES, "rates": RATES}
        given = {"records": records, "settler": settler, "counted": Batches(), "look_every": AT_EVERY_CLAIM, **how}
        return kind(**tables, order=order, **given)

    def queue(self, order: Order, **how: Any) -> JobQueue:
        """A queue in this order; it opens no session."""
        given = {"records": self.lines, "rates": RATES, "sessions": self.sessions, **how}
        return JobQueue(jobs=JOBS, workers=WORKERS, batches=BATCHES, order=order, **given)

    async def worker(self) -> WorkerId:
        one = uuid4()
        await self.pool.execute("insert into workers (id, name) values ($1, 'test')", one)
        return one

    async def add(
        self,
        rows: int = 1,
        *,
        tenant: str = "",
        key: str | None = None,
        kind: str = KIND,
        priority: int = 0,
        later: timedelta = timedelta(0),
        crashes: int = 0,
    ) -> list[UUID]:
        """Add waiting rows, an hour old unless `later`."""
        added = await self.pool.fetch(ADDING, rows, kind, tenant, priority, later, key, crashes)
        return [row["id"] for row in added]

    async def settle(self, claims: Collection[Claim]) -> None:
        await self.pool.execute(SETTLING, [claim.row_id for claim in claims])

    async def turn_clock(self, by: timedelta) -> None:
        self._turned += by
        if self._has_clock_table:
            await self.pool.execute("update clock set turned = $1", self._turned)
        else:
            await self.pool.execute(TURNED_CLOCK.format(seconds=self._turned.total_seconds()))

    async def keep_the_clock_in_a_table(self) -> None:
        """Have a clock that can be turned while statements run: each of them sees one time."""
        await self.pool.execute(CLOCK_IN_A_TABLE)
        self._has_clock_table = True

    async def keys(self, claims: Sequence[Claim]) -> list[str | None]:
        """The keys of claimed rows, sorted."""
        found = await self.pool.fetch(
            "select limit_key from jobs where id = any($1) order by limit_key", [claim.row_id for claim in claims]
        )
        return [row["limit_key"] for row in found]


@asynccontextmanager
async def order_bench(url: str, *, connections: int = 10, pooled_elsewhere: bool = False) -> AsyncIterator[OrderBench]:
    """An ordered job lane in this empty database."""
    options = DatabaseOptions(url=url, application_name="tests", pooled_elsewhere=pooled_elsewhere)
    pool = await make_pool(options, size=connections)
    try:
        async with pool.acquire() as connection:
            await make_schema(connection)
        async with make_lines(options, size=connections) as lines:
            yield OrderBench(options, pool, lines)
    finally:
        await pool.close()
