"""What one way costs: each job as it runs, each row as it is pruned, and a look when nothing is to be pruned."""

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
from benchmarks.retention.schema import BATCHES, JOBS, KIND, WAITING, WORKERS, Connection, Way
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from scanlane.session.async_session import sqlalchemy_url
from worklane.lifecycle import Settlement, Status
from worklane.postgres.job_queue import JobQueue

BATCH = 100
PRUNED_AT_ONCE = 1000
TICKS = os.sysconf("SC_CLK_TCK")
WAL = "select wal_bytes from pg_stat_get_backend_wal(pg_backend_pid())"
WORKER = "insert into workers (id, name) values ($1, 'measured')"


@dataclass(frozen=True, slots=True)
class Cost:
    """What the server spent on something."""

    seconds: float
    cpu: float
    wal: int

    def per(self, number: int) -> dict[str, float]:
        """For each of so many: microseconds of the server's processor, bytes of WAL; and how many a second."""
        number = max(number, 1)
        return {
            "cpu_us": round(self.cpu / number * 1e6, 1),
            "wal_bytes": round(self.wal / number),
            "per_second": round(number / self.seconds),
        }


async def spent(connection: Connection, doing: Callable[[], Awaitable[object]]) -> Cost:
    """What the backend of this connection spends while `doing` runs on it."""
    pid = connection.get_server_pid()
    wal, cpu, started = await _wal(connection), _cpu(pid), time.monotonic()
    await doing()
    seconds, cpu = time.monotonic() - started, _cpu(pid) - cpu
    return Cost(seconds=seconds, cpu=cpu, wal=await _wal(connection) - wal)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def _wal(connection: Connection) -> int:
    await connection.execute("select pg_stat_force_next_flush()")
    return int(await connection.fetchval(WAL))


async def run_jobs(url: str, way: Way, jobs: int) -> tuple[Cost, Cost]:
    """Let so many jobs come, be claimed and be settled; answer what coming cost, and what the rest did."""
    worker, name = uuid4(), f"{uuid4()} "
    engine = create_async_engine(sqlalchemy_url(url))
    connection = await asyncpg.connect(url, command_timeout=3600)
    queue = JobQueue(
        jobs=JOBS, workers=WORKERS, batches=BATCHES, records=connection, sessions=async_sessionmaker(engine)
    )

    async def drain() -> None:
        while claims := await queue.claim(worker, kinds={KIND}, limit=BATCH):
            settled = Settlement(status=Status.COMPLETE, result={"pages": 12})
            await asyncio.gather(*(queue.settle(claim, settled) for claim in claims))

    try:
        await connection.execute(WORKER, worker)
        coming = await spent(connection, lambda: connection.execute(WAITING.format(id=way.ids), name, jobs))
        await connection.execute("analyze jobs")
        return coming, await spent(connection, drain)
    finally:
        await connection.close()
        await engine.dispose()


async def prune(connection: Connection, way: Way) -> tuple[Cost, int]:
    """Take away everything that is overdue, a batch after the other; answer the cost, and how many rows went."""
    gone = 0

    async def all_of_it() -> None:
        nonlocal gone
        while rows := len(await connection.fetch(way.prune, PRUNED_AT_ONCE)):
            gone += rows

    return await spent(connection, all_of_it), gone


async def look(connection: Connection, way: Way) -> dict[str, float]:
    """What pruning costs when nothing is overdue: pages touched, milliseconds."""
    async with connection.transaction():
        [row] = await connection.fetch(f"explain (analyze, buffers, format json) {way.prune}", PRUNED_AT_ONCE)
    plan = json.loads(row[0])[0]
    pages = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
    return {"pages": pages, "ms": round(plan["Execution Time"], 2)}


async def megabytes(connection: Connection) -> dict[str, float]:
    """How large the table, its indexes and the indexes for pruning are."""
    row = await connection.fetchrow(
        "select pg_table_size('jobs') as heap, pg_indexes_size('jobs') as indexes, coalesce((select"
        " sum(pg_relation_size(indexrelid)) from pg_index where indrelid = 'jobs'::regclass and"
        " pg_get_indexdef(indexrelid) ~ 'finished_at'), 0) as pruning"
    )
    assert row is not None
    return {name: round(float(size) / 1e6, 1) for name, size in row.items()}
