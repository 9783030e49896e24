import json
import re
from typing import Any

import pytest

from scanlane.session.async_session import connect
from tests.worklane.benches import BATCHES, DOMAIN_ID, JOBS, WORKERS, JobBench
from tests.worklane.golden_sql import GOLDEN, statements
from worklane.claim import Claim
from worklane.lifecycle import COMPLETE
from worklane.postgres.bookmark import TOP
from worklane.postgres.compiled import Compiled, compiled
from worklane.postgres.records import TUNING
from worklane.postgres.settler import settlement_arrays
from worklane.postgres.statements import JobStatements
from worklane.queue import Finished

STATEMENTS = JobStatements(JOBS, WORKERS, BATCHES)
CLAIM: dict[str, Any] = {
    "worker": DOMAIN_ID,
    "kinds": ["crawl"],
    "limit": 10,
    "from_rank": TOP.rank,
    "from_time": TOP.time,
    "from_id": TOP.id,
    "batch": 1,
    "emptied": [],
}
SETTLEMENTS: dict[str, Any] = settlement_arrays(
    [Finished(Claim(row_id=DOMAIN_ID, kind="crawl", token=1, attempt=1), COMPLETE)] * 3
)
MANY_FINISHED_ROWS = """
insert into jobs (type, subject, status, domain_id, user_id, attempt, worker_id, finished_at)
select 'crawl', 'subject ' || n, status, $1, 'u', 1, worker, worklane_now()
from (
    select n, 'complete' as status, null::uuid as worker from generate_series(1, 20000) n
    union all
    select n, 'pending', null from generate_series(20001, 20200) n
    union all
    select n, 'running', gen_random_uuid() from generate_series(20201, 20220) n
) as rows
"""
THEIR_BATCHES = "insert into claim_batches select worker_id, 1, array[id] from jobs where status = 'running'"


class TestText:
    @pytest.mark.parametrize("name", sorted(statements()))
    def test_a_statement_reads_as_it_was_reviewed(self, name: str) -> None:
        golden = (GOLDEN / f"{name}.sql").read_text(encoding="utf-8")

        assert statements()[name] == golden

    def test_no_reviewed_text_is_left_over(self) -> None:
        assert {path.stem for path in GOLDEN.glob("*.sql")} == set(statements())

    @pytest.mark.parametrize("name", ["keep", "settle", "hand_back", "status_hold", "status_finish", "status_put_back"])
    def test_every_write_about_claimed_work_names_the_token(self, name: str) -> None:
        assert re.search(r"\b(claim_token|token) = ", statements()[name])

    def test_a_statement_knows_the_order_of_its_arguments(self) -> None:
        made = Compiled(sql="", names=("b", "one", "a"), constants={"one": 1})

        assert made.arguments(a="a", b="b") == ["b", 1, "a"]


@pytest.fixture
async def many(jobs: JobBench) -> JobBench:
    """20,000 finished, 200 waiting and 20 running rows, as the planner's statistics know them."""
    await jobs.pool.execute(MANY_FINISHED_ROWS, DOMAIN_ID)
    await jobs.pool.execute(THEIR_BATCHES)
    await jobs.pool.execute("vacuum analyze jobs")
    return jobs


class TestPlans:
    """The hot statements touch neither finished rows nor the whole table, whichever plan the server prefers."""

    @pytest.mark.parametrize("options", ["costs off", "generic_plan"])
    async def test_a_claim_walks_the_index_of_due_rows(self, many: JobBench, options: str) -> None:
        used = await _scans(many, options, compiled(STATEMENTS.claim()), **CLAIM)

        assert "ix_jobs_due" in used
        assert "Seq Scan on jobs" not in used

    @pytest.mark.parametrize("options", ["costs off", "generic_plan"])
    async def test_a_claim_that_goes_on_from_a_mark_begins_there(self, many: JobBench, options: str) -> None:
        plan = await _plan(many, options, compiled(STATEMENTS.claim()), **CLAIM)

        [begin] = [node["Index Cond"] for node in _nodes(plan) if node.get("Index Name") == "ix_jobs_due"]
        assert "ROW((- priority), run_at, id) > ROW(" in begin

    @pytest.mark.parametrize("options", ["costs off", "generic_plan"])
    async def test_an_exchange_finds_due_rows_by_their_index_and_others_by_key(
        self, many: JobBench, options: str
    ) -> None:
        used = await _scans(many, options, compiled(STATEMENTS.exchange()), **CLAIM, **SETTLEMENTS)

        assert {"ix_jobs_due", "pk_jobs"} <= used
        assert "Seq Scan on jobs" not in used

    @pytest.mark.parametrize("options", ["costs off", "generic_plan"])
    async def test_completions_go_the_same_ways(self, many: JobBench, options: str) -> None:
        arguments = {**CLAIM, "row_ids": [DOMAIN_ID] * 3, "tokens": [1, 2, 3]}
        used = await _scans(many, options, compiled(STATEMENTS.complete_and_claim()), **arguments)

        assert {"ix_jobs_due", "pk_jobs"} <= used
        assert "Seq Scan on jobs" not in used

    async def test_a_plan_made_for_an_empty_table_is_a_plan_for_a_large_one(self, jobs: JobBench) -> None:
        statement = compiled(STATEMENTS.exchange())
        connection = await connect(jobs.options)
        await connection.execute(TUNING)

        explaining = f"explain (generic_plan, format json) {statement.sql}"
        text = await connection.fetchval(explaining, *statement.arguments(**CLAIM, **SETTLEMENTS))
        await connection.close()

        nodes = _nodes(json.loads(text)[0]["Plan"])
        assert not [node for node in nodes if node["Node Type"] == "Seq Scan" and node["Relation Name"] == "jobs"]
        assert {kind for node in nodes if "Join" in (kind := node["Node Type"]) or "Loop" in kind} == {"Hash Join"}

    @pytest.mark.parametrize("options", ["costs off", "generic_plan"])
    async def test_settlements_find_their_rows_by_key(self, many: JobBench, options: str) -> None:
        used = await _scans(many, options, compiled(STATEMENTS.settle_many()), **SETTLEMENTS)

        assert used == {"pk_jobs"}

    @pytest.mark.parametrize("options", ["costs off", "generic_plan"])
    async def test_looking_for_suspects_reads_their_index_and_nothing_else(self, many: JobBench, options: str) -> None:
        asked = await _scans(many, options, compiled(STATEMENTS.waiting_suspects()), kinds=["crawl"], limit=8)
        taking = {"worker": DOMAIN_ID, "kinds": ["crawl"], "limit": 1, "batch": 1, "emptied": []}
        taken = await _scans(many, options, compiled(STATEMENTS.claim_alone()), **taking)

        assert asked == {"ix_jobs_suspect"}
        assert "ix_jobs_suspect" in taken
        assert "Seq Scan on jobs" not in taken

    @pytest.mark.parametrize("options", ["costs off", "generic_plan"])
    async def test_a_rescue_goes_from_the_batches_to_their_rows(self, many: JobBench, options: str) -> None:
        freed = await _scans(many, options, compiled(STATEMENTS.free()), limit=500)
        forgotten = await _scans(many, options, compiled(STATEMENTS.forget()))

        assert "pk_jobs" in freed & forgotten
        assert "Seq Scan on jobs" not in freed | forgotten

    @pytest.mark.parametrize("options", ["costs off", "generic_plan"])
    async def test_a_beat_goes_from_the_workers_batches_to_their_rows(self, many: JobBench, options: str) -> None:
        used = await _scans(many, options, compiled(STATEMENTS.held_by()), worker=DOMAIN_ID)

        assert "pk_jobs" in used
        assert "Seq Scan on jobs" not in used

    @pytest.mark.parametrize("options", ["costs off", "generic_plan"])
    async def test_a_hand_back_finds_its_rows_by_key(self, many: JobBench, options: str) -> None:
        used = await _scans(many, options, compiled(STATEMENTS.hand_back()), row_ids=[DOMAIN_ID] * 3, tokens=[1, 2, 3])

        assert "Seq Scan on jobs" not in used


async def _scans(jobs: JobBench, options: str, statement: Compiled, **values: Any) -> set[str]:
    """The indexes that the plan uses, and the tables that it reads from end to end."""
    plan = await _plan(jobs, options, statement, **values)
    read_through = {f"Seq Scan on {node['Relation Name']}" for node in _nodes(plan) if node["Node Type"] == "Seq Scan"}
    return {node["Index Name"] for node in _nodes(plan) if "Index Name" in node} | read_through


async def _plan(jobs: JobBench, options: str, statement: Compiled, **values: Any) -> dict[str, Any]:
    [row] = await jobs.pool.fetch(f"explain ({options}, format json) {statement.sql}", *statement.arguments(**values))
    plan: dict[str, Any] = json.loads(row[0])[0]["Plan"]
    return plan


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", ()) for node in _nodes(child))]
