"""How many jobs a second callers add who each wait for their own commit: `python -m benchmarks.coalescing`.

Each caller adds one job after the other through one Enqueuer; those that come at the same time share a statement.
Prints a line for each number of callers, and one JSON object last.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time

import asyncpg
import uvloop
from benchmarks.chaos.server import scratch_server
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.schema import CreateIndex, CreateTable

from scanlane.session.async_session import raw_dsn
from worklane.postgres.columns import FUNCTIONS, JOB_STORAGE, JobColumns, job_indexes
from worklane.postgres.enqueuer import Enqueuer
from worklane.postgres.records import RawLines

CALLERS = (1, 8, 64, 256)


class Base(DeclarativeBase):
    """The table of the measurement."""


class Job(JobColumns, Base):
    """A job."""

    __tablename__ = "jobs"
    __table_args__ = (*job_indexes("jobs"), JOB_STORAGE)


JOBS: Table = Base.metadata.tables["jobs"]


def measured(dsn: str, callers: int, seconds: float) -> float:
    """Jobs added a second by so many callers, on the event loop that the application uses."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_measured(dsn, callers, seconds))


async def _measured(dsn: str, callers: int, seconds: float) -> float:
    async with RawLines(lambda: asyncpg.connect(dsn)) as records:
        enqueuer, added = Enqueuer(jobs=JOBS, records=records), 0
        until = time.perf_counter() + seconds

        async def call() -> None:
            nonlocal added
            while time.perf_counter() < until:
                await enqueuer.enqueue({"type": "noop", "payload": {"i": added}})
                added += 1

        began = time.perf_counter()
        await asyncio.gather(*(call() for _ in range(callers)))
        return added / (time.perf_counter() - began)


async def main(rounds: int, seconds: float) -> None:
    """Measure each number of callers in turn, so many rounds; print medians."""
    postgres = dialect()  # type: ignore[no-untyped-call]
    async with scratch_server() as server:
        dsn = raw_dsn(await server.new_database("coalescing"))
        connection = await asyncpg.connect(dsn)
        for statement in (*FUNCTIONS, CreateTable(JOBS), *map(CreateIndex, JOBS.indexes)):
            text = statement if isinstance(statement, str) else str(statement.compile(dialect=postgres))
            await connection.execute(text)
        rates: dict[int, list[float]] = {callers: [] for callers in CALLERS}
        for _ in range(rounds):
            for callers in CALLERS:
                await connection.execute("truncate jobs")
                rates[callers].append(await asyncio.to_thread(measured, dsn, callers, seconds))
        await connection.close()
    medians = {callers: round(statistics.median(found)) for callers, found in rates.items()}
    for callers, rate in medians.items():
        print(f"{callers:>4} callers: {rate:>7} jobs/s", file=sys.stderr)
    print(json.dumps({"rounds": rounds, "jobs_per_second": medians}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coalescing", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=2, help="how long each lasts (default: %(default)s)")
    given = parser.parse_args()
    asyncio.run(main(given.rounds, given.seconds))
