import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.worklane.periodic_bench import HOUR, JOBS, SLOTS, PeriodicBench, hourly
from worklane.lifecycle import Status
from worklane.periodic import Every, Periodic
from worklane.postgres.compiled import compiled
from worklane.postgres.records import Records
from worklane.postgres.retention import Prune, Pruner, Retention, prune

DAY = timedelta(days=1)
RETENTION = Retention(done=7 * DAY, failed=30 * DAY, cancelled=2 * DAY, slots=10 * DAY)
AT_ONCE = timedelta(0)
FINISHED = """
insert into jobs (type, subject, status, created_at, finished_at)
select 'report', 'old ' || n || $1, $1, worklane_now() - $2::interval, worklane_now() - $2::interval
from generate_series(1, $3::int) n returning id
"""
ACTIVE = """
insert into jobs (type, subject, status, created_at, run_at, started_at)
select 'report', $1, $1, worklane_now() - interval '9 years', worklane_now(), worklane_now() - interval '9 years'
returning id
"""
MANY = """
insert into jobs (type, subject, status, finished_at)
select 'report', 'many ' || n, case when n % 10 = 0 then 'failed' else 'complete' end,
    worklane_now() - n * interval '1 minute'
from generate_series(1, 20000) n
"""


class CountingRecords:
    """A pool that counts what was run on it, and how many rows each statement answered."""

    def __init__(self, pool: Records) -> None:
        self._pool = pool
        self.rows: list[int] = []

    async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[asyncpg.Record]:
        found = await self._pool.fetch(query, *args, timeout=timeout)
        self.rows.append(len(found))
        return found


def pruner(bench: PeriodicBench, *, records: Records | None = None, retention: Retention = RETENTION) -> Pruner:
    return Pruner(jobs=JOBS, slots=SLOTS, records=records or bench.pool, retention=retention, pause=AT_ONCE)


async def finished(bench: PeriodicBench, status: str, age: timedelta, *, rows: int = 1) -> set[UUID]:
    return {row["id"] for row in await bench.pool.fetch(FINISHED, status, age, rows)}


async def left(bench: PeriodicBench) -> set[UUID]:
    return {row["id"] for row in await bench.jobs()}


class TestJobs:
    @pytest.mark.parametrize(("status", "days"), [("complete", 7), ("failed", 30), ("cancelled", 2)])
    async def test_a_job_is_kept_as_long_as_its_end_asks_for(
        self, bench: PeriodicBench, status: str, days: int
    ) -> None:
        await finished(bench, status, days * DAY + HOUR)
        young = await finished(bench, status, days * DAY - HOUR)

        gone = await pruner(bench).prune_once()

        assert gone == 1
        assert await left(bench) == young

    async def test_a_job_that_is_active_stays_however_old(self, bench: PeriodicBench) -> None:
        active = {await bench.pool.fetchval(ACTIVE, status) for status in ("pending", "running")}

        gone = await pruner(bench).prune_once()

        assert gone == 0
        assert await left(bench) == active

    async def test_a_job_that_waits_again_stays_though_it_has_ended_before(self, bench: PeriodicBench) -> None:
        kept = await finished(bench, "complete", 90 * DAY)
        await bench.pool.execute("update jobs set status = 'pending'")

        assert await pruner(bench).prune_once() == 0
        assert await left(bench) == kept

    async def test_none_keeps_for_ever(self, bench: PeriodicBench) -> None:
        kept = await finished(bench, "failed", 4000 * DAY)

        assert await pruner(bench, retention=Retention(failed=None)).prune_once() == 0
        assert await left(bench) == kept

    async def test_only_the_clock_of_the_database_counts(self, bench: PeriodicBench) -> None:
        await finished(bench, "complete", DAY)
        await bench.turn_clock(6 * DAY + HOUR)

        assert await pruner(bench).prune_once() == 1


class TestBatches:
    async def test_much_is_deleted_a_little_at_a_time(self, bench: PeriodicBench) -> None:
        await finished(bench, "complete", 8 * DAY, rows=25)
        records = CountingRecords(bench.pool)

        gone = await pruner(bench, records=records).prune_once(limit=10)

        assert gone == 25
        assert sorted(records.rows) == [0, 0, 0, 5, 10, 10]

    async def test_pruners_that_run_at_once_share_the_rows(self, bench: PeriodicBench) -> None:
        await finished(bench, "complete", 8 * DAY, rows=2000)
        young = await finished(bench, "complete", DAY, rows=5)

        gone = await asyncio.gather(*(pruner(bench).prune_once(limit=50) for _ in range(6)))
        gone.append(await pruner(bench).prune_once())

        assert sum(gone) == 2000
        assert await left(bench) == young

    async def test_a_row_that_somebody_else_is_busy_with_is_left_and_not_waited_for(self, bench: PeriodicBench) -> None:
        [busy, _] = await finished(bench, "complete", 8 * DAY, rows=2)
        async with bench.pool.acquire() as connection, connection.transaction():
            await connection.execute("select 1 from jobs where id = $1 for update", busy)

            async with asyncio.timeout(5):
                gone = await pruner(bench).prune_once()

        assert gone == 1
        assert await left(bench) == {busy}


class TestSlots:
    async def test_old_slots_go_and_the_newest_of_each_task_stays(self, bench: PeriodicBench) -> None:
        often, once = hourly(name="often"), hourly(name="once", run_at_start=True)
        await bench.ticker(once).look()
        for _ in range(3):
            await bench.ticker(often).look()
            await bench.finish()
            await bench.turn_clock(9 * DAY)

        await pruner(bench).prune_once()

        assert [(slot["task"], bench.now - slot["slot"] > 10 * DAY) for slot in await bench.slots()] == [
            ("often", False),
            ("once", True),
        ]

    async def test_a_task_runs_its_history_no_second_time_once_its_slots_are_gone(self, bench: PeriodicBench) -> None:
        await bench.ticker(hourly(run_at_start=True)).look()
        await bench.finish()
        await bench.turn_clock(400 * DAY)

        await pruner(bench).prune_once()
        await bench.ticker(hourly(run_at_start=True)).look()

        [old, new] = await bench.slots()
        assert (old["missed"], new["missed"]) == (0, 1000)


class TestPlans:
    @pytest.mark.parametrize("options", ["costs off", "generic_plan"])
    @pytest.mark.parametrize("status", [Status.COMPLETE, Status.FAILED, Status.CANCELLED])
    async def test_pruning_walks_the_index_of_what_ended_so_from_its_old_end(
        self, bench: PeriodicBench, status: Status, options: str
    ) -> None:
        await bench.pool.execute(MANY)
        await bench.pool.execute("vacuum analyze jobs")
        made = compiled(prune(JOBS, status))

        [row] = await bench.pool.fetch(
            f"explain ({options}, format json) {made.sql}", *made.arguments(age=7 * DAY, limit=1000)
        )

        plan = row[0]
        assert f'"ix_jobs_{status}"' in plan
        assert "Seq Scan" not in plan
        assert '"Sort"' not in plan

    async def test_a_look_for_nothing_reads_a_handful_of_pages(self, bench: PeriodicBench) -> None:
        await bench.pool.execute(MANY)
        await bench.pool.execute("vacuum analyze jobs")
        made = compiled(prune(JOBS, Status.COMPLETE))

        [row] = await bench.pool.fetch(
            f"explain (analyze, buffers, format json) {made.sql}", *made.arguments(age=60 * DAY, limit=1000)
        )

        plan = json.loads(row[0])[0]["Plan"]
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 10


class TestPeriodicPrune:
    async def test_pruning_is_a_task_like_any_other(self, bench: PeriodicBench) -> None:
        task = Periodic(name="prune", schedule=Every(HOUR), kind=Prune.kind)
        await bench.ticker(task).look()
        await finished(bench, "complete", 8 * DAY, rows=3)
        await bench.turn_clock(HOUR)

        took = [await bench.ticker(task).look() for _ in range(3)]
        ran = await bench.drain(Prune(pruner(bench)))

        [job] = await bench.jobs()
        assert (took, ran) == ([True, False, False], 1)
        assert (job["type"], job["status"], job["result_data"]) == ("prune", "complete", '{"deleted": 3}')
