"""Raw connections: kept while they answer, thrown away when they do not, planned once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from scanlane.session.async_session import connect
from tests.worklane.benches import JobBench
from worklane.postgres.records import RawLines


@pytest.fixture
async def lines(jobs: JobBench) -> AsyncIterator[RawLines]:
    async with RawLines(lambda: connect(jobs.options), size=1, answers_within=timedelta(seconds=5)) as lines:
        yield lines


async def backend(lines: RawLines) -> int:
    [row] = await lines.fetch("select pg_backend_pid() as pid")
    pid: int = row["pid"]
    return pid


class TestRawLines:
    async def test_one_connection_serves_call_after_call(self, lines: RawLines) -> None:
        assert await backend(lines) == await backend(lines)

    async def test_what_the_server_refuses_does_not_cost_the_connection(self, lines: RawLines) -> None:
        before = await backend(lines)

        with pytest.raises(asyncpg.DivisionByZeroError):
            await lines.fetch("select 1 / 0")

        assert await backend(lines) == before

    async def test_a_connection_that_does_not_answer_in_time_is_thrown_away(self, lines: RawLines) -> None:
        before = await backend(lines)

        with pytest.raises(TimeoutError):
            await lines.fetch("select pg_sleep(60)", timeout=0.1)

        assert await backend(lines) != before

    async def test_a_call_that_is_cancelled_throws_its_connection_away(self, lines: RawLines) -> None:
        before = await backend(lines)
        calling = asyncio.ensure_future(lines.fetch("select pg_sleep(60)"))
        await asyncio.wait([calling], timeout=0.2)

        calling.cancel()
        await asyncio.wait([calling])

        assert await backend(lines) != before

    async def test_a_connection_that_was_cut_is_replaced(self, lines: RawLines, jobs: JobBench) -> None:
        before = await backend(lines)
        await jobs.pool.fetchval("select pg_terminate_backend($1, 5000)", before)

        assert await backend(lines) != before

    async def test_no_more_calls_are_under_way_than_there_are_connections(self, jobs: JobBench) -> None:
        made = 0

        async def counted() -> "asyncpg.Connection[asyncpg.Record]":
            nonlocal made
            made += 1
            return await connect(jobs.options)

        async with RawLines(counted, size=2) as lines:
            await asyncio.gather(*(lines.fetch("select pg_sleep(0.01)") for _ in range(10)))

        assert made == 2

    @pytest.mark.parametrize(("tunes", "mode"), [(True, "force_generic_plan"), (False, "auto")])
    async def test_it_plans_once_unless_the_connection_is_shared(self, jobs: JobBench, tunes: bool, mode: str) -> None:
        async with RawLines(lambda: connect(jobs.options), tunes=tunes) as lines:
            [row] = await lines.fetch("show plan_cache_mode")

        assert row["plan_cache_mode"] == mode
