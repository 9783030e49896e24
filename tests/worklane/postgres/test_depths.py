import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.worklane.benches import BATCHES, CLAIMS, DOMAIN_ID, JOBS, JobBench, StatusBench
from tests.worklane.golden_sql import places
from tests.worklane.postgres.status_lane import IN_TURNS, WITHOUT_TURNS
from worklane.depth import Stage
from worklane.lifecycle import MAX_CRASHES, SUSPECT_AFTER, Settlement, Status
from worklane.postgres.compiled import compiled
from worklane.postgres.depths import BY_INDEX_ONLY, JobDepths, StatusDepths

HOUR = timedelta(hours=1)
MANY_JOBS = """
insert into jobs (type, subject, status, domain_id, user_id, attempt, crashes, priority, worker_id, finished_at)
select 'crawl', 'subject ' || n, status, $1, 'u', 1, crashes, n % 3, worker, worklane_now()
from (
    select n, 'complete' as status, 0 as crashes, null::uuid as worker from generate_series(1, 20000) n
    union all
    select n, 'pending', 0, null from generate_series(20001, 25000) n
    union all
    select n, 'pending', 2, null from generate_series(25001, 25003) n
    union all
    select n, 'running', 0, gen_random_uuid() from generate_series(25004, 25020) n
) as rows
"""
THEIR_BATCHES = "insert into claim_batches select worker_id, 1, array[id] from jobs where status = 'running'"
MANY_PLACES = """
insert into places_staging (tenant, ref, name, deep_scan_status)
select '', n::text, 'Place', case when n <= 20000 then 'Completed' else 'Queued' end from generate_series(1, 25000) n
"""


def counted(counts: Mapping[tuple[Stage, str], int]) -> dict[tuple[str, str], int]:
    """What there is any of."""
    return {(stage.value, kind): number for (stage, kind), number in counts.items() if number}


@pytest.fixture
async def queue(jobs: JobBench) -> AsyncIterator[StatusBench]:
    """The status lane over the same database."""
    bench = StatusBench(jobs)
    yield bench
    await bench.pulse.close()


class TestJobDepths:
    async def test_rows_are_counted_by_stage_and_kind(self, jobs: JobBench) -> None:
        await jobs.enqueue("due")
        await jobs.enqueue("other", type="mail")
        await jobs.enqueue("later", run_at=await _now(jobs, HOUR))
        await jobs.enqueue("crashed twice", crashes=2)
        await jobs.enqueue("running", status="running", worker_id=uuid4())
        await jobs.pool.execute(THEIR_BATCHES)
        for status in ("complete", "failed", "cancelled"):
            await jobs.enqueue(status, status=status)

        depth = await JobDepths(JOBS, batches=BATCHES).read(jobs.sessions)

        assert (depth.queue, depth.capped) == ("jobs", frozenset())
        assert counted(depth.counts) == {
            ("waiting", "crawl"): 1,
            ("waiting", "mail"): 1,
            ("scheduled", "crawl"): 1,
            ("suspect", "crawl"): 1,
            ("running", "crawl"): 1,
        }

    async def test_known_kinds_without_rows_are_named_with_nothing(self, jobs: JobBench) -> None:
        depth = await JobDepths(JOBS, batches=BATCHES, kinds=["mail"]).read(jobs.sessions)

        assert depth.counts == {(stage, "mail"): 0 for stage in Stage}

    async def test_no_more_than_the_limit_is_counted_and_that_is_said(self, jobs: JobBench) -> None:
        for number in range(5):
            await jobs.enqueue(str(number), run_at=await _now(jobs, HOUR if number == 4 else -HOUR))

        capped = await JobDepths(JOBS, batches=BATCHES, most=4).read(jobs.sessions)
        exact = await JobDepths(JOBS, batches=BATCHES, most=6).read(jobs.sessions)

        assert counted(capped.counts) == {("waiting", "crawl"): 4}
        assert capped.capped == {Stage.WAITING, Stage.SCHEDULED}
        assert counted(exact.counts) == {("waiting", "crawl"): 4, ("scheduled", "crawl"): 1}
        assert exact.capped == frozenset()

    async def test_the_age_is_that_of_the_oldest_due_row_of_any_priority(self, jobs: JobBench) -> None:
        for subject, priority, late in (("a", 9, HOUR), ("b", 0, 2 * HOUR), ("c", -5, 5 * HOUR), ("d", -9, HOUR)):
            await jobs.enqueue(subject, priority=priority, run_at=await _now(jobs, -late))
        await jobs.enqueue("not yet", priority=7, run_at=await _now(jobs, HOUR))
        await jobs.enqueue("runs", status="running", run_at=await _now(jobs, -9 * HOUR))

        depth = await JobDepths(JOBS, batches=BATCHES, most=1).read(jobs.sessions)

        assert depth.oldest_waiting is not None
        assert depth.oldest_waiting.total_seconds() == pytest.approx(5 * 3600, abs=60)

    async def test_nothing_due_has_no_age(self, jobs: JobBench) -> None:
        await jobs.enqueue("not yet", run_at=await _now(jobs, HOUR))

        assert (await JobDepths(JOBS, batches=BATCHES).read(jobs.sessions)).oldest_waiting is None

    async def test_the_next_transaction_of_the_connection_is_planned_as_usual(self, jobs: JobBench) -> None:
        await JobDepths(JOBS, batches=BATCHES).read(jobs.sessions)

        async with jobs.sessions.begin() as session:
            shown = await (await session.connection()).exec_driver_sql("show enable_seqscan")
            assert shown.scalar() == "on"


class TestStatusDepths:
    async def test_rows_are_counted_by_stage_under_the_queues_name(self, jobs: JobBench, queue: StatusBench) -> None:
        await _fill(jobs, queue)

        depth = await StatusDepths(places(), claims=CLAIMS).read(jobs.sessions)

        assert (depth.queue, depth.capped, depth.oldest_waiting) == (queue.kind, frozenset(), None)
        assert counted(depth.counts) == {
            ("waiting", "deep_scan"): 3,
            ("scheduled", "deep_scan"): 1,
            ("running", "deep_scan"): 1,
            ("suspect", "deep_scan"): 1,
        }

    async def test_no_more_than_the_limit_is_counted_and_that_is_said(self, jobs: JobBench, queue: StatusBench) -> None:
        await _fill(jobs, queue)

        depth = await StatusDepths(places(), claims=CLAIMS, most=5).read(jobs.sessions)

        assert depth.capped == {Stage.WAITING, Stage.SCHEDULED, Stage.SUSPECT}

    async def test_the_claims_of_another_queue_are_not_counted(self, jobs: JobBench) -> None:
        await jobs.pool.execute(
            "insert into status_claims (queue, row_id, token, worker_id) values ('other', $1, 1, $1)", uuid4()
        )

        depth = await StatusDepths(places(), claims=CLAIMS).read(jobs.sessions)

        assert counted(depth.counts) == {}

    async def test_the_age_is_that_of_the_oldest_row_that_is_not_put_off(
        self, jobs: JobBench, queue: StatusBench
    ) -> None:
        put_off, due = await queue.add_row(), await queue.add_row()
        await _age(jobs, put_off, hours=9)
        await _put_off(queue)
        await _age(jobs, due, hours=3)

        depth = await StatusDepths(places(), claims=CLAIMS, since="created_at").read(jobs.sessions)

        assert depth.oldest_waiting is not None
        assert depth.oldest_waiting.total_seconds() == pytest.approx(3 * 3600, abs=60)

    def test_an_age_that_no_index_could_tell_is_refused(self) -> None:
        with pytest.raises(ValueError, match="not the first column"):
            StatusDepths(places(), claims=CLAIMS, since="id")


@pytest.fixture
async def many(jobs: JobBench) -> JobBench:
    """Twenty thousand finished rows and five thousand waiting ones in each lane, and some that run."""
    await jobs.pool.execute(MANY_JOBS, DOMAIN_ID)
    await jobs.pool.execute(THEIR_BATCHES)
    await jobs.pool.execute(MANY_PLACES)
    await jobs.pool.execute(WITHOUT_TURNS)
    for table in ("jobs", "places_staging", "status_claims"):
        await jobs.pool.execute(f"vacuum analyze {table}")
    return jobs


class TestPlans:
    """Asking reads neither finished rows nor more of the others than are counted."""

    @pytest.mark.parametrize("most", [1000, 100_000])
    async def test_jobs_are_counted_by_the_partial_indexes(self, many: JobBench, most: int) -> None:
        plan = await _plan(many, JobDepths(JOBS, batches=BATCHES, most=most).counting)

        assert set(_scans(plan)) == {"ix_jobs_due", "ix_jobs_suspect", "Seq Scan on claim_batches", "pk_jobs"}
        assert _rows_read(plan) <= 2 * most
        assert _rows_thrown_away(plan) == 0

    async def test_the_age_of_jobs_takes_one_row_of_each_priority(self, many: JobBench) -> None:
        plan = await _plan(many, JobDepths(JOBS, batches=BATCHES).ageing)

        assert set(_scans(plan)) == {"ix_jobs_due"}
        assert round(_rows_read(plan)) == 3
        assert _rows_thrown_away(plan) == 0

    @pytest.mark.parametrize("most", [1000, 100_000])
    async def test_places_are_counted_by_the_owners_index_and_the_claims(self, many: JobBench, most: int) -> None:
        plan = await _plan(many, StatusDepths(places(), claims=CLAIMS, most=most).counting)

        assert {name for name in _scans(plan) if "claims" not in name} == {"ix_places_staging_queued"}
        assert not [name for name in _scans(plan) if name.startswith("Seq Scan")]
        assert _rows_thrown_away(plan) == 0

    async def test_places_of_groups_are_counted_by_the_index_of_the_groups(self, many: JobBench) -> None:
        await many.pool.execute("drop index ix_places_staging_queued")

        plan = await _plan(many, StatusDepths(IN_TURNS, claims=CLAIMS, most=1000).counting)

        scans = {name for name in _scans(plan) if "claims" not in name}
        assert scans == {"ix_places_staging_deep_scan_status_waiting"}
        assert _rows_read(plan) <= 2000

    async def test_the_age_of_places_takes_one_row(self, many: JobBench) -> None:
        ageing = StatusDepths(places(), claims=CLAIMS, since="created_at").ageing

        plan = await _plan(many, ageing)

        assert {name for name in _scans(plan) if "claims" not in name} == {"ix_places_staging_queued"}
        assert _rows_read(plan) <= 2


async def _now(jobs: JobBench, later: timedelta) -> Any:
    return await jobs.pool.fetchval("select worklane_now() + $1::interval", later)


async def _age(jobs: JobBench, place: UUID, *, hours: int) -> None:
    await jobs.pool.execute(
        "update places_staging set created_at = worklane_now() - make_interval(hours => $2) where id = $1", place, hours
    )


async def _put_off(queue: StatusBench) -> None:
    """Claim the oldest row and return it for an hour."""
    [claim] = await queue.queue.claim(await _worker(queue), kinds={queue.kind}, limit=1)
    await queue.queue.settle(claim, Settlement(status=Status.PENDING, error="later", run_after=HOUR))


async def _worker(queue: StatusBench) -> UUID:
    worker = uuid4()
    await queue.pulse.register(worker, "depths")
    return worker


async def _fill(jobs: JobBench, queue: StatusBench) -> None:
    """Two rows that never ran and one that starts afresh after its crashes, one put off, one running, one suspect."""
    oldest = await queue.add_row()
    await _age(jobs, oldest, hours=9)
    await _put_off(queue)
    running = await queue.add_row()
    assert await queue.queue.claim_one(await _worker(queue), running, kinds={queue.kind})
    for crashes in (SUSPECT_AFTER, MAX_CRASHES):
        await jobs.pool.execute(
            "insert into status_claims (queue, row_id, token, crashes, run_after)"
            " values ('deep_scan', $1, 1, $2, worklane_now())",
            await queue.add_row(),
            crashes,
        )
    for _ in range(2):
        await queue.add_row()


async def _plan(jobs: JobBench, statement: Any) -> dict[str, Any]:
    """What the server does for this statement, in the transaction that it is meant for."""
    hint = compiled(BY_INDEX_ONLY)
    async with jobs.pool.acquire() as connection, connection.transaction():
        await connection.fetch(hint.sql, *hint.arguments())
        text = await connection.fetchval(f"explain (analyze, format json) {compiled(statement).sql}")
    plan: dict[str, Any] = json.loads(text)[0]["Plan"]
    return plan


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", ()) for node in _nodes(child))]


def _scans(plan: dict[str, Any]) -> list[str]:
    """The indexes that were used, and the tables that were read from end to end."""
    names = (node.get("Index Name") or _end_to_end(node) for node in _nodes(plan))
    return [name for name in names if name]


def _end_to_end(node: dict[str, Any]) -> str:
    return f"Seq Scan on {node['Relation Name']}" if node["Node Type"] == "Seq Scan" else ""


def _rows_read(plan: dict[str, Any]) -> float:
    """How many rows came out of indexes."""
    return float(sum(node["Actual Rows"] * node["Actual Loops"] for node in _nodes(plan) if "Index Name" in node))


def _rows_thrown_away(plan: dict[str, Any]) -> float:
    """How many rows were read in vain."""
    return float(sum(node.get("Rows Removed by Filter", 0) for node in _nodes(plan)))
