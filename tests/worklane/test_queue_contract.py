"""One contract, every queue."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import Database
from tests.worklane.benches import JobBench, MemoryBench, OrderedJobBench, StatusBench, job_bench
from worklane.contract import QueueContract


class TestMemoryQueue(QueueContract):
    @pytest.fixture
    def bench(self) -> MemoryBench:
        return MemoryBench()


class TestJobQueue(QueueContract):
    @pytest.fixture
    def bench(self, jobs: JobBench) -> JobBench:
        return jobs


class TestOrderedJobQueue(QueueContract):
    @pytest.fixture
    async def bench(self, database: Database) -> AsyncIterator[JobBench]:
        async with job_bench(database.url, kind=OrderedJobBench) as bench:
            yield bench


class TestStatusQueue(QueueContract):
    @pytest.fixture
    async def bench(self, jobs: JobBench) -> AsyncIterator[StatusBench]:
        bench = StatusBench(jobs)
        yield bench
        await bench.pulse.close()
