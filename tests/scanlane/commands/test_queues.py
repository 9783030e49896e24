"""`scanlane queues`, as a person runs it, and tokens for operators."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from scanlane.auth.jwt_auth import make_verifier
from scanlane.services.pipeline import STAGES
from scanlane.settings import read_settings
from tests.conftest import Database
from tests.scanlane.processes import SCANLANE, environment, one_row, scanlane

ADD = """
insert into places_staging (tenant, ref, name, deep_scan_status, deep_scan_error)
select $1, n::text, 'Bakery', 'Error', 'no' from generate_series(1, $2::integer) n
"""


@pytest.fixture
def env(database: Database, tmp_path: Path) -> dict[str, str]:
    """The environment of a person with a database of her own."""
    return environment(tmp_path, SCANLANE_DATABASE_URL=database.url)


@pytest.fixture
async def connection(database: Database) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """The same database, without the command."""
    connection = await asyncpg.connect(database.dsn)
    yield connection
    await connection.close()


async def listed(env: dict[str, str], name: str = "deep_scan", *arguments: str) -> dict[str, Any]:
    """One queue of the list."""
    status, out, err = await scanlane("queues", "--json", *arguments, env=env)
    assert (status, err) == (0, "")
    return {one["name"]: one for one in json.loads(out)}[name]


class TestTheList:
    async def test_every_queue_is_a_line_of_the_table(self, env: dict[str, str]) -> None:
        status, out, _ = await scanlane("queues", env=env)

        assert status == 0
        for stage in STAGES:
            assert stage.name in out
        assert "by its workers" in out

    async def test_json_counts_the_rows_of_one_tenant(
        self, env: dict[str, str], connection: "asyncpg.Connection[asyncpg.Record]"
    ) -> None:
        await connection.execute(ADD, "hill", 3)

        assert (await listed(env))["failed"] == 0
        assert (await listed(env, "deep_scan", "--tenant", "hill"))["failed"] == 3

    async def test_a_stage_that_is_off_says_so(self, env: dict[str, str]) -> None:
        shown = await listed({**env, "SCANLANE_DEEP_SCAN_ON": "false", "SCANLANE_DEEP_SCAN_BATCH": "7"})

        assert (shown["on"], shown["batch"]) == (False, 7)

    async def test_it_ends_quietly_when_nobody_reads_on(self, env: dict[str, str]) -> None:
        process = await asyncio.create_subprocess_shell(
            f"'{SCANLANE}' queues --json | true", env=env, stderr=asyncio.subprocess.PIPE
        )
        _, err = await asyncio.wait_for(process.communicate(), 60)

        assert err == b""


class TestPausing:
    async def test_a_queue_is_paused_until_it_is_resumed(self, env: dict[str, str]) -> None:
        status, out, _ = await scanlane("queues", "pause", "deep_scan", "--reason", "quota [used up]", env=env)
        paused = (await listed(env))["paused"]
        _, table, _ = await scanlane("queues", env=env)

        _, resumed, _ = await scanlane("queues", "resume", "deep_scan", env=env)
        _, again, _ = await scanlane("queues", "resume", "deep_scan", env=env)

        assert status == 0
        assert "until it is resumed: quota [used up]" in out
        assert (paused["reason"], paused["until"]) == ("quota [used up]", None)
        assert "paused: quota [used up]" in table
        assert (await listed(env))["paused"] is None
        assert ("goes on" in resumed, "was not paused" in again) == (True, True)

    async def test_a_pause_may_end_by_itself(self, env: dict[str, str]) -> None:
        await scanlane("queues", "pause", "deep_scan", "--for", "3600", env=env)

        assert (await listed(env))["paused"]["until"] is not None


class TestRequeueing:
    async def test_failed_rows_of_the_tenant_wait_again(
        self, env: dict[str, str], database: Database, connection: "asyncpg.Connection[asyncpg.Record]"
    ) -> None:
        await connection.execute(ADD, "local", 3)
        await connection.execute(ADD, "hill", 1)

        status, out, _ = await scanlane("queues", "requeue-failed", "deep_scan", "--limit", "2", env=env)

        counted = await one_row(
            database.dsn,
            "select count(*) filter (where deep_scan_status = 'Queued' and deep_scan_error is null) as queued,"
            " count(*) filter (where deep_scan_status = 'Error' and tenant = 'hill') as theirs from places_staging",
        )
        assert status == 0
        assert out.startswith("2 failed rows of deep_scan wait again. There may be more")
        assert tuple(counted) == (2, 1)


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            (["pause", "deep-scan"], "there are "),
            (["resume", "bogus"], "there are "),
            (["requeue-failed", "bogus"], "there are "),
            (["pause", "deep_scan", "--for", "0"], "--for"),
            (["pause", "deep_scan", "--for", "nan"], "--for"),
            (["pause", "deep_scan", "--reason", "x" * 201], "reason"),
            (["pause", "deep_scan", "--reason", "\x1b[31m"], "reason"),
            (["requeue-failed", "deep_scan", "--limit", "0"], "--limit"),
            (["--tenant", "Not A Slug"], "tenant"),
            (["bogus"], "bogus"),
        ],
    )
    async def test_it_is_one_line_and_status_2(self, env: dict[str, str], arguments: list[str], named: str) -> None:
        status, out, err = await scanlane("queues", *arguments, env=env)

        assert (status, out) == (2, "")
        assert named in err
        assert len(err.strip().splitlines()) == 1

    async def test_jobs_are_not_paused(self, env: dict[str, str]) -> None:
        status, out, err = await scanlane("queues", "pause", "jobs", env=env)

        assert (status, out) == (1, "")
        assert len(err.strip().splitlines()) == 1


class TestTokens:
    @pytest.mark.parametrize(
        ("arguments", "scopes"),
        [
            ([], {"jobs:read", "jobs:write"}),
            (["--scope", "operate"], {"operate"}),
            (["--scope", "jobs:read", "--scope", "operate"], {"jobs:read", "operate"}),
        ],
    )
    async def test_a_token_allows_what_was_said_and_by_default_no_operating(
        self, env: dict[str, str], tmp_path: Path, arguments: list[str], scopes: set[str]
    ) -> None:
        _, token, _ = await scanlane("token", "create", *arguments, env=env)

        caller = await make_verifier(read_settings(data_dir=tmp_path)).verify(token.strip())
        assert caller.scopes == scopes

    async def test_a_scope_that_is_none_is_named(self, env: dict[str, str]) -> None:
        status, out, err = await scanlane("token", "create", "--scope", "two words", env=env)

        assert (status, out) == (2, "")
        assert "scope" in err
