import json
from typing import Any
from uuid import UUID

import pytest
from benchmarks.ordering.schema import BATCHES, JOBS, RATES, WORKERS
from sqlalchemy.sql.base import Executable

from tests.worklane.ordering.bench import KIND, OrderBench
from tests.worklane.ordering.golden_sql import GOLDEN, texts
from worklane.postgres.compiled import compiled
from worklane.postgres.ordered_statements import OrderedStatements

STATEMENTS = OrderedStatements(JOBS, WORKERS, BATCHES, RATES)
SOMEBODY = UUID(int=1)
GIVEN: dict[str, object] = {
    "worker": SOMEBODY,
    "kinds": [KIND],
    "limit": 10,
    "row_id": SOMEBODY,
    "row_ids": [SOMEBODY, UUID(int=2)],
    "busy_types": [],
    "busy_keys": [],
    "types": [KIND],
    "runnings": [1],
    "spacings": [1_000_000],
    "bursts": [3],
    "batch": 2,
    "emptied": [1],
    "waiting_tenants": [f"t{n}" for n in range(2000)],
    "tenants": ["t1"],
    "weights": [2.0],
    "default_weight": 1.0,
}
FAIR, LIMITED = STATEMENTS.claim_fair(), STATEMENTS.candidates()
FAIR_LIMITED, TAKE = STATEMENTS.candidates(fair=True), STATEMENTS.take()
HOT = [FAIR, LIMITED, FAIR_LIMITED, TAKE, STATEMENTS.candidate(), STATEMENTS.tenants()]
OPTIONS = ["costs off", "generic_plan"]
ADDING = """
insert into jobs (type, tenant, subject, status, limit_key, run_at, worker_id)
select $1, 't' || n % $2::int, gen_random_uuid()::text, $3, 'host ' || n,
    worklane_now() - make_interval(secs => n), case when $3 = 'running' then gen_random_uuid() end
from generate_series(1, $4::int) n order by random()
"""
NOTING = """
insert into claim_batches (worker_id, number, row_ids)
select worker_id, 1, array[id] from jobs where status = 'running' on conflict do nothing
"""


class TestText:
    @pytest.mark.parametrize("name", sorted(texts()))
    def test_a_statement_reads_as_it_was_reviewed(self, name: str) -> None:
        assert texts()[name] == (GOLDEN / f"{name}.sql").read_text(encoding="utf-8")

    def test_no_reviewed_text_is_left_over(self) -> None:
        assert {path.stem for path in GOLDEN.glob("*.sql")} == set(texts())


@pytest.fixture
async def many_tenants(lane: OrderBench) -> OrderBench:
    """20,000 finished rows, 4,000 waiting ones of 2,000 tenants, 40 running, as the planner's statistics know them."""
    await add(lane, finished=20_000, waiting=4_000, tenants=2_000)
    await lane.pool.execute("vacuum analyze jobs")
    return lane


@pytest.fixture
async def stale_statistics(lane: OrderBench) -> OrderBench:
    """As the planner knows it, one tenant's flood; 2,000 others have come since, and much has finished."""
    await add(lane, finished=10_000, waiting=10_000, tenants=1)
    await lane.pool.execute("vacuum analyze jobs")
    await add(lane, finished=20_000, waiting=4_000, tenants=2_000)
    return lane


async def add(lane: OrderBench, *, finished: int, waiting: int, tenants: int) -> None:
    for status, rows in (("complete", finished), ("pending", waiting), ("running", 40)):
        await lane.pool.execute(ADDING, KIND, tenants, status, rows)
    await lane.pool.execute(NOTING)


class TestPlans:
    """No ordered claim reads finished rows or the whole table, whatever the planner knows."""

    @pytest.mark.parametrize("options", OPTIONS)
    @pytest.mark.parametrize("number", range(len(HOT)))
    async def test_history_is_never_read(self, many_tenants: OrderBench, number: int, options: str) -> None:
        assert "Seq Scan on jobs" not in await scans(many_tenants, options, HOT[number])

    @pytest.mark.parametrize("number", range(len(HOT)))
    async def test_stale_statistics_mislead_nobody(self, stale_statistics: OrderBench, number: int) -> None:
        for options in OPTIONS:
            assert "Seq Scan on jobs" not in await scans(stale_statistics, options, HOT[number])

    @pytest.mark.parametrize("options", OPTIONS)
    async def test_a_tenants_rows_are_found_among_its_own(self, stale_statistics: OrderBench, options: str) -> None:
        for statement in (FAIR, FAIR_LIMITED):
            used = await uses(stale_statistics, options, statement)

            assert [used[name] for name in ("probed", "counted", "shared")] == ["ix_jobs_fair"] * 3
            assert used["other"] == "ix_jobs_due"

    @pytest.mark.parametrize("options", OPTIONS)
    async def test_running_rows_of_a_key_are_counted_in_their_index(
        self, many_tenants: OrderBench, options: str
    ) -> None:
        assert (await uses(many_tenants, options, TAKE))["other"] == "ix_jobs_limited"
        assert (await uses(many_tenants, options, LIMITED))["running"] == "ix_jobs_limited"


async def plan(lane: OrderBench, options: str, statement: Executable) -> list[dict[str, Any]]:
    made = compiled(statement)
    arguments = made.arguments(**{name: value for name, value in GIVEN.items() if name in made.names})
    [row] = await lane.pool.fetch(f"explain ({options}, format json) {made.sql}", *arguments)
    return list(nodes(json.loads(row[0])[0]["Plan"]))


def nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(inner for child in node.get("Plans", ()) for inner in nodes(child))]


async def scans(lane: OrderBench, options: str, statement: Executable) -> set[str]:
    """The tables that the plan reads from end to end."""
    found = await plan(lane, options, statement)
    return {f"Seq Scan on {node['Relation Name']}" for node in found if node["Node Type"] == "Seq Scan"}


async def uses(lane: OrderBench, options: str, statement: Executable) -> dict[str, str]:
    """The index in which each alias of the statement is looked up."""
    found = await plan(lane, options, statement)
    return {node["Alias"]: node["Index Name"] for node in found if "Alias" in node and "Index Name" in node}
