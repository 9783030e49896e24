"""The command: `python -m benchmarks.status_lane`. Prints a table; the last line is one JSON object."""

import argparse
import asyncio
import contextlib
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import asyncpg
from benchmarks.chaos.server import scratch_server
from benchmarks.status_lane.designs import CONTENDERS, Contender, CountedRecords
from benchmarks.status_lane.schema import make_tables

COLUMNS = (
    "rows_per_s",
    "claim_first_ms",
    "claim_last_ms",
    "growth",
    "claim_p99_ms",
    "wal_per_row",
    "statements",
    "beat_ms",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What the command was asked for."""

    rows: int
    reps: int
    batch: int


def parse(words: Sequence[str]) -> Arguments:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.status_lane", description=__doc__)
    parser.add_argument("--rows", type=int, default=60_000, help="wide rows, each claimed once (default: %(default)s)")
    parser.add_argument("--reps", type=int, default=3, help="runs of each design, alternating (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=100, help="rows in one claim (default: %(default)s)")
    given = parser.parse_args(words)
    return Arguments(rows=given.rows, reps=given.reps, batch=given.batch)


async def suite(given: Arguments) -> dict[str, object]:
    """Run all designs, print the table, answer the figures."""
    found: dict[str, list[dict[str, float]]] = {}
    async with scratch_server() as server:
        url = await server.new_database("status_lane")
        for rep in range(given.reps):
            for is_held in (False, True):
                for contender in CONTENDERS:
                    name = f"{contender.name}{' (held)' if is_held else ''}"
                    print(f"run {rep + 1}: {name}", file=sys.stderr, flush=True)
                    found.setdefault(name, []).append(await _run(url, contender, given, is_held=is_held))
    medians = {name: _median(runs) for name, runs in found.items()}
    _print_table(medians)
    return {"rows": given.rows, "reps": given.reps, "batch": given.batch, "designs": medians}


async def _run(url: str, contender: Contender, given: Arguments, *, is_held: bool) -> dict[str, float]:
    async with _connected(url) as connection, _connected(url) as other:
        await make_tables(connection, rows=given.rows, index=contender.index, more=contender.has_columns)
        if is_held:
            await other.execute("begin isolation level repeatable read")
            await other.fetchval("select count(*) from workers")
        return await _measured(connection, contender, given)


async def _measured(
    connection: "asyncpg.Connection[asyncpg.Record]", contender: Contender, given: Arguments
) -> dict[str, float]:
    records = CountedRecords(connection)
    design = contender.over(records)
    before = await connection.fetchval("select pg_current_wal_insert_lsn()")
    claims, done, started = list[float](), 0, time.perf_counter()
    while done < given.rows:
        begun = time.perf_counter()
        claimed = await design.claim(given.batch)
        claims.append(time.perf_counter() - begun)
        settled = await design.complete(claimed)
        if settled != len(claimed) or not claimed:
            raise RuntimeError(f"{contender.name}: claimed {len(claimed)}, settled {settled}")
        done += settled
    seconds, statements = time.perf_counter() - started, records.statements
    wal = await connection.fetchval("select pg_current_wal_insert_lsn()") - before
    begun = time.perf_counter()
    await design.beat()
    return {
        **_of_claims([one * 1000 for one in claims]),
        "rows_per_s": given.rows / seconds,
        "wal_per_row": wal / given.rows,
        "statements": statements,
        "beat_ms": (time.perf_counter() - begun) * 1000,
    }


def _of_claims(milliseconds: Sequence[float]) -> dict[str, float]:
    tenth = max(1, len(milliseconds) // 10)
    first, last = statistics.median(milliseconds[:tenth]), statistics.median(milliseconds[-tenth:])
    worst = sorted(milliseconds)[int(0.99 * (len(milliseconds) - 1))]
    return {"claim_first_ms": first, "claim_last_ms": last, "growth": last / first, "claim_p99_ms": worst}


def _median(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(run[name] for run in runs), 2) for name in COLUMNS}


def _print_table(medians: dict[str, dict[str, float]]) -> None:
    print(f"{'design':<28}" + "".join(f"{name:>16}" for name in COLUMNS))
    for name, figures in medians.items():
        print(f"{name:<28}" + "".join(f"{figures[column]:>16,.2f}" for column in COLUMNS))


@contextlib.asynccontextmanager
async def _connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def main() -> int:
    """Run the benchmark as the command line says."""
    print(json.dumps(asyncio.run(suite(parse(sys.argv[1:])))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
