"""The statements of the status lane read as they were reviewed, and touch no more than they must.

`python -m tests.worklane.postgres.test_status_statements` writes the texts anew; read the difference, then keep it.
"""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.worklane.benches import CLAIMS, WORKERS, JobBench
from tests.worklane.golden_sql import readable
from tests.worklane.postgres.pictures import PICTURES
from tests.worklane.postgres.status_lane import COLUMN, IN_TURNS, WITHOUT_TURNS
from worklane.postgres.statements import Compiled, compiled
from worklane.postgres.status_requeue import requeue_failed_statement
from worklane.postgres.status_statements import StatusStatements

GOLDEN = Path(__file__).parents[1] / "golden" / "status_lane"
PLAIN = StatusStatements(COLUMN, CLAIMS, WORKERS)
FAIR = StatusStatements(IN_TURNS, CLAIMS, WORKERS)
LEASED = StatusStatements(replace(COLUMN, lease=timedelta(minutes=5)), CLAIMS, WORKERS)
OTHER_WORDS = StatusStatements(PICTURES, CLAIMS, WORKERS)
STATEMENTS = {
    "claim": PLAIN.claim(),
    "claim_from": PLAIN.claim_from(),
    "claim_in_turns": FAIR.claim_in_turns(),
    "claim_one": PLAIN.claim_one(),
    "claim_one_alone": PLAIN.claim_one(alone=True),
    "claim_alone": PLAIN.claim_alone(),
    "claim_leased": LEASED.claim(),
    "waiting_suspects": PLAIN.waiting_suspects(),
    "heads": FAIR.heads(is_first_page=True),
    "heads_after": FAIR.heads(is_first_page=False),
    "settle_many": PLAIN.settle_many(),
    "settle_many_enumerated": OTHER_WORDS.settle_many(),
    "expire": LEASED.expire(),
    "requeue_failed": requeue_failed_statement(COLUMN, CLAIMS, of_a_group=False),
    "requeue_failed_in_turns": requeue_failed_statement(IN_TURNS, CLAIMS, of_a_group=True),
}
MANY_ROWS = """
insert into places_staging (tenant, ref, name, deep_scan_status, created_at)
select 'tenant ' || n % 7, n::text, 'Place',
       case when n % 100 = 0 then 'Queued' when n % 10 = 1 then 'Processing' else 'Completed' end,
       timestamptz '2026-01-01 00:00+00' + make_interval(secs => n)
from generate_series(1, 30000) n
"""
THEIR_CLAIMS = """
insert into status_claims (queue, row_id, token, worker_id)
select 'deep_scan', id, nextval('worklane_token'), $1 from places_staging where deep_scan_status = 'Processing'
"""
FOR_TURNS = "create index turns on places_staging (tenant, created_at, id) where deep_scan_status = 'Queued'"
SUSPECTS = "create index suspects on status_claims (queue) where worker_id is null and crashes >= 2"
BY_KEY = {"pk_places_staging", "pk_status_claims", "pk_workers"}


class TestText:
    @pytest.mark.parametrize("name", sorted(STATEMENTS))
    def test_a_statement_reads_as_it_was_reviewed(self, name: str) -> None:
        assert text_of(name) == (GOLDEN / f"{name}.sql").read_text(encoding="utf-8")

    def test_no_reviewed_text_is_left_over(self) -> None:
        assert {path.stem for path in GOLDEN.glob("*.sql")} == set(STATEMENTS)

    def test_a_settlement_names_the_token(self) -> None:
        assert len(re.findall(r"\bstatus_claims\.token = any", text_of("settle_many"))) == 2


@pytest.fixture
async def many(jobs: JobBench) -> JobBench:
    """30,000 places, of which 300 wait and 3,000 are worked on, as the planner's statistics know them."""
    for table in ("places_staging", "status_claims"):
        await jobs.pool.execute(f"alter table {table} set (autovacuum_enabled = off)")
    await jobs.pool.execute(MANY_ROWS)
    await jobs.pool.execute(THEIR_CLAIMS, await jobs.pool.fetchval("select gen_random_uuid()"))
    await jobs.pool.execute(FOR_TURNS)
    await jobs.pool.execute(WITHOUT_TURNS)
    await jobs.pool.execute(SUSPECTS)
    await jobs.pool.execute("vacuum analyze places_staging, status_claims")
    return jobs


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
class TestPlans:
    """Whichever plan the server prefers, no table is read from end to end but that of the few workers."""

    async def test_a_claim_walks_the_index_of_waiting_rows(self, many: JobBench, mode: str) -> None:
        for name in ("claim", "claim_from"):
            scans = await plan_of(many, mode, compiled(STATEMENTS[name]))

            assert "ix_places_staging_queued" in scans.indexes
            assert scans.whole_tables <= {"workers"}
        assert "ROW(created_at, id) >= ROW(" in scans.conditions["ix_places_staging_queued"]

    async def test_a_claim_in_turns_enters_the_index_at_each_group(self, many: JobBench, mode: str) -> None:
        scans = await plan_of(many, mode, compiled(STATEMENTS["claim_in_turns"]))

        condition = scans.conditions["turns"]
        assert "tenant = turn.mine" in condition
        assert "ROW(created_at, id) >= ROW(" in condition

    async def test_groups_are_found_from_one_to_the_next(self, many: JobBench, mode: str) -> None:
        for name in ("heads", "heads_after"):
            scans = await plan_of(many, mode, compiled(STATEMENTS[name]))

            assert scans.indexes == {"turns"}
            assert re.search(r"tenant > heads\w*\.group_key", scans.conditions["turns"])
            assert not scans.whole_tables

    async def test_what_is_about_a_row_finds_it_by_key(self, many: JobBench, mode: str) -> None:
        for name in ("finish", "put_back", "hold", "hand_back", "claim_one", "settle_many"):
            scans = await plan_of(many, mode, compiled(getattr(PLAIN, name)()))

            assert scans.indexes <= BY_KEY, name
            assert scans.whole_tables <= {"workers"}, name

    async def test_suspects_are_found_without_reading_the_places(self, many: JobBench, mode: str) -> None:
        for name in ("claim_alone", "waiting_suspects"):
            scans = await plan_of(many, mode, compiled(STATEMENTS[name]))

            assert "suspects" in scans.indexes
            assert scans.whole_tables <= {"workers"}

    async def test_failed_rows_are_found_in_their_index(self, many: JobBench, mode: str) -> None:
        scans = await plan_of(many, mode, compiled(STATEMENTS["requeue_failed_in_turns"]))

        assert "tenant = " in scans.conditions["ix_places_staging_deep_scan_status_failed"]
        assert not scans.whole_tables


class Scans:
    """The indexes that a plan uses with their conditions, and the tables it reads from end to end."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.conditions: dict[str, str] = {}
        self.whole_tables: set[str] = set()
        self._read(plan)

    @property
    def indexes(self) -> set[str]:
        return set(self.conditions)

    def _read(self, plan: dict[str, Any]) -> None:
        if "Index Name" in plan:
            before = self.conditions.get(plan["Index Name"], "")
            self.conditions[plan["Index Name"]] = before + str(plan.get("Index Cond", ""))
        elif plan["Node Type"] == "Seq Scan":
            self.whole_tables.add(plan["Relation Name"])
        for child in plan.get("Plans", ()):
            self._read(child)


async def plan_of(jobs: JobBench, mode: str, statement: Compiled) -> Scans:
    """What the server does for a prepared statement in this mode."""
    values = ", ".join(as_literal(statement, name) for name in statement.names)
    async with jobs.pool.acquire() as connection:
        await connection.execute(f"set plan_cache_mode = {mode}")
        await connection.execute(f"prepare explained as {statement.sql}")
        execute = f"execute explained ({values})" if values else "execute explained"
        [row] = await connection.fetch(f"explain (format json, costs off) {execute}")
        await connection.execute("deallocate explained")
    return Scans(json.loads(row[0])[0]["Plan"])


def as_literal(statement: Compiled, name: str) -> str:
    """A value for this parameter, such as it may have."""
    one = "'00000000-0000-0000-0000-000000000007'"
    known = {
        "limit": "100",
        "from_0": "timestamptz '2026-01-01 01:00+00'",
        "from_1": one,
        "worker": one,
        "row_id": one,
        "given_row": one,
        "given_token": "7",
        "given_error": "null",
        "given_status": "'Completed'",
        "given_run_after": "interval '0'",
        "given_refund": "0",
        "after": "'tenant 3'",
        "group": "'tenant 3'",
        "groups": "array['tenant 1', 'tenant 2']",
        "shares": "array[5, 5]",
        "row_ids": f"array[{one}, {one}]::uuid[]",
        "tokens": "array[1, 2]::bigint[]",
        "statuses": "array['complete', 'pending']",
        "errors": "array[null, 'again']::text[]",
        "run_afters": "array[interval '0', interval '1 hour']",
        "refunds": "array[0, 1]",
    }
    if name in statement.constants:
        value = statement.constants[name]
        return str(value) if isinstance(value, int) else "'" + str(value) + "'"
    if "groups" in statement.names and name.startswith("from_"):
        return f"array[{known[name]}, {known[name]}]" + ("::uuid[]" if name == "from_1" else "")
    return known[name]


def text_of(name: str) -> str:
    """The statement, one clause a line."""
    return readable(compiled(STATEMENTS[name]).sql)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name in STATEMENTS:
        (GOLDEN / f"{name}.sql").write_text(text_of(name), encoding="utf-8")
