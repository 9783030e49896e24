"""What each index for pruning costs and saves: `python -m benchmarks.retention`. The last line is one JSON object.

For each way a table of finished jobs is filled and pruned all over, then the overdue rows are pruned, a prune looks for
what is not there, and as many new jobs run in their place; "growth" is what doing that once more adds. "Run" is claim
and settle, a hundred at a time; WAL is without whole pages, but for the jobs right after a checkpoint.
"""

import argparse
import asyncio
import json
import statistics
import sys
from typing import Any

import asyncpg
from benchmarks.chaos.server import ScratchServer, scratch_server
from benchmarks.retention.measure import Cost, look, megabytes, prune, run_jobs
from benchmarks.retention.schema import OLDEST, OVERDUE, WAYS, Way, fill

ROUNDS = 3
VACUUMS = 5
HEADS = (
    "way", "WAL B/job", "of which run", "run CPU us/job", "after checkpoint WAL B/job", "pruned/s", "prune CPU us/row",
    "prune WAL B/row", "idle prune ms", "idle pages", "index MB", "growth MB",
)  # fmt: skip


async def measure(server: ScratchServer, way: Way, *, rows: int, jobs: int) -> dict[str, Any]:
    """Everything about one way, in a database of its own."""
    name = f"way_{WAYS.index(way)}"
    url = await server.new_database(name)
    connection = await asyncpg.connect(url, command_timeout=3600)
    try:
        await fill(connection, way, rows)
        before = await megabytes(connection)
        pruning, gone = await prune(connection, way)
        await connection.execute("vacuum analyze jobs")
        idle = await look(connection, way)
        coming, running, first = await _jobs(connection, url, way, jobs)
        settled = await _refill(connection, url, way, gone - (ROUNDS + 1) * jobs)
        await connection.execute(OLDEST, gone)
        await connection.execute("vacuum jobs")
        after = await _refill(connection, url, way, gone)
    finally:
        await connection.close()
        await _drop(server, name)
    return {
        "way": way.name, "come": coming, "run": running, "first_writes_wal_bytes": first, "pruned": gone,
        "prune": pruning.per(gone), "idle": idle, "megabytes": before, "settled": settled, "afterwards": after,
    }  # fmt: skip


async def _jobs(
    connection: "asyncpg.Connection[asyncpg.Record]", url: str, way: Way, jobs: int
) -> tuple[dict[str, float], dict[str, float], int]:
    """The cost of jobs without whole pages in the WAL, the middle of some rounds; and the WAL of the first after a
    checkpoint, with them."""
    await _write_whole_pages(connection, on=False)
    rounds = [await run_jobs(url, way, jobs) for _ in range(ROUNDS)]
    await _write_whole_pages(connection, on=True)
    await connection.execute("checkpoint")
    coming, running = await run_jobs(url, way, jobs)
    come, run = ([costs[part] for costs in rounds] for part in (0, 1))
    return _middle(come, jobs), _middle(run, jobs), round((coming.wal + running.wal) / jobs)


def _middle(costs: list[Cost], jobs: int) -> dict[str, float]:
    each = [cost.per(jobs) for cost in costs]
    return {name: statistics.median(one[name] for one in each) for name in each[0]}


async def _write_whole_pages(connection: "asyncpg.Connection[asyncpg.Record]", *, on: bool) -> None:
    await connection.execute(f"alter system set full_page_writes = {'on' if on else 'off'}")
    await connection.execute("select pg_reload_conf()")
    await connection.execute("checkpoint")


async def _refill(connection: "asyncpg.Connection[asyncpg.Record]", url: str, way: Way, jobs: int) -> dict[str, float]:
    """Run so many jobs, vacuuming as often as a server does that is told to; answer the sizes then."""
    for _ in range(VACUUMS):
        await run_jobs(url, way, max(jobs // VACUUMS, 1))
        await connection.execute("vacuum jobs")
    return await megabytes(connection)


async def _drop(server: ScratchServer, name: str) -> None:
    connection = await asyncpg.connect(server.url("postgres"))
    try:
        await connection.execute(f'drop database "{name}" with (force)')
    finally:
        await connection.close()


def _row(found: dict[str, Any]) -> str:
    come, run, pruned, idle = found["come"], found["run"], found["prune"], found["idle"]
    cells = (
        found["way"], come["wal_bytes"] + run["wal_bytes"], run["wal_bytes"], run["cpu_us"],
        found["first_writes_wal_bytes"], pruned["per_second"], pruned["cpu_us"], pruned["wal_bytes"], idle["ms"],
        idle["pages"], found["megabytes"]["pruning"],
        round(sum(found["afterwards"][part] - found["settled"][part] for part in ("heap", "indexes")), 1),
    )  # fmt: skip
    return " | ".join(str(cell) for cell in cells)


async def main(rows: int, jobs: int, only: str) -> None:
    """Measure all ways, one after the other, on a server of their own."""
    print(" | ".join(HEADS), flush=True)
    found = []
    async with scratch_server() as server:
        for way in WAYS:
            if only in way.name:
                found.append(await measure(server, way, rows=rows, jobs=jobs))
                print(_row(found[-1]), flush=True)
    print(json.dumps({"rows": rows, "jobs": jobs, "overdue": OVERDUE, "ways": found}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retention", description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000, help="finished rows in the table (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=20_000, help="jobs that run in a round (default: %(default)s)")
    parser.add_argument("--only", default="", help="measure the ways whose name has this in it")
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.rows, given.jobs, given.only)))
