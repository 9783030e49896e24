"""The same contract behind a real PgBouncer in transaction mode, where connections change hands after every commit."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.conftest import Database
from tests.worklane.benches import JobBench, StatusBench, job_bench
from tests.worklane.pgbouncer import pgbouncer
from worklane.contract import QueueContract


@pytest.fixture
async def pooled_jobs(database: Database) -> AsyncIterator[JobBench]:
    """The job lane through PgBouncer."""
    async with pgbouncer(database.url) as url, job_bench(url, pooled_elsewhere=True) as bench:
        yield bench


class TestJobQueueBehindPgBouncer(QueueContract):
    @pytest.fixture
    def bench(self, pooled_jobs: JobBench) -> JobBench:
        return pooled_jobs


class TestStatusQueueBehindPgBouncer(QueueContract):
    @pytest.fixture
    async def bench(self, pooled_jobs: JobBench) -> AsyncIterator[StatusBench]:
        bench = StatusBench(pooled_jobs)
        yield bench
        await bench.pulse.close()


class TestPreparedStatements:
    async def test_no_statement_is_prepared_on_a_connection_that_changes_hands(self, pooled_jobs: JobBench) -> None:
        async def some(number: int) -> None:
            for step in range(10):
                enqueued = await pooled_jobs.enqueue(f"{number} {step}")
                await pooled_jobs.row(enqueued.job_id)

        await asyncio.gather(*(some(number) for number in range(12)))

        assert await pooled_jobs.pool.fetchval("select count(*) from jobs") == 120
