import json
import re
from typing import Any

import pytest

from tests.worklane.benches import DOMAIN_ID, JOBS, WORKERS, JobBench
from tests.worklane.golden_sql import GOLDEN, statements
from worklane.postgres.statements import Compiled, JobStatements, compiled

STATEMENTS = JobStatements(JOBS, WORKERS)
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
    await jobs.pool.execute("vacuum analyze jobs")
    return jobs


class TestPlans:
    """The hot statements touch neither finished rows nor the whole table, whichever plan the server prefers."""

    @pytest.mark.parametrize("options", ["costs off", "generic_plan"])
    async def test_a_claim_walks_the_index_of_due_rows(self, many: JobBench, options: str) -> None:
        used = await _scans(many, options, compiled(STATEMENTS.claim()), worker=DOMAIN_ID, kinds=["crawl"], limit=10)

        assert "ix_jobs_due" in used
        assert "Seq Scan on jobs" not in used

    @pytest.mark.parametrize("options", ["costs off", "generic_plan"])
    async def test_a_rescue_walks_the_index_of_held_rows(self, many: JobBench, options: str) -> None:
        used = await _scans(many, options, compiled(STATEMENTS.free()), limit=500)

        assert "ix_jobs_held" in used
        assert "Seq Scan on jobs" not in used

    @pytest.mark.parametrize("options", ["costs off", "generic_plan"])
    async def test_a_beat_walks_the_index_of_held_rows(self, many: JobBench, options: str) -> None:
        used = await _scans(many, options, compiled(STATEMENTS.held_by()), worker=DOMAIN_ID)

        assert used == {"ix_jobs_held"}

    @pytest.mark.parametrize("options", ["costs off", "generic_plan"])
    async def test_a_hand_back_finds_its_rows_by_key(self, many: JobBench, options: str) -> None:
        used = await _scans(many, options, compiled(STATEMENTS.hand_back()), row_ids=[DOMAIN_ID] * 3, tokens=[1, 2, 3])

        assert "Seq Scan on jobs" not in used


async def _scans(jobs: JobBench, options: str, statement: Compiled, **values: Any) -> set[str]:
    """The indexes that the plan uses, and the tables that it reads from end to end."""
    [row] = await jobs.pool.fetch(f"explain ({options}, format json) {statement.sql}", *statement.arguments(**values))
    return set(_names(json.loads(row[0])[0]["Plan"]))


def _names(plan: dict[str, Any]) -> list[str]:
    inner = [name for child in plan.get("Plans", ()) for name in _names(child)]
    if plan["Node Type"] == "Seq Scan":
        return [f"Seq Scan on {plan['Relation Name']}", *inner]
    return [plan["Index Name"], *inner] if "Index Name" in plan else inner
