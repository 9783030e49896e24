"""One contract, every queue."""

from collections.abc import AsyncIterator

import pytest

from tests.worklane.benches import JobBench, MemoryBench, StatusBench
from worklane.contract import QueueContract


class TestMemoryQueue(QueueContract):
    @pytest.fixture
    def bench(self) -> MemoryBench:
        return MemoryBench()


class TestJobQueue(QueueContract):
    @pytest.fixture
    def bench(self, jobs: JobBench) -> JobBench:
        return jobs


class TestStatusQueue(QueueContract):
    @pytest.fixture
    async def bench(self, jobs: JobBench) -> AsyncIterator[StatusBench]:
        bench = StatusBench(jobs)
        yield bench
        await bench.pulse.close()
