"""Fixtures of the core's tests."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import Database
from tests.worklane.benches import JobBench, job_bench


@pytest.fixture
async def jobs(database: Database) -> AsyncIterator[JobBench]:
    """The job lane on a fresh database."""
    async with job_bench(database.url) as bench:
        yield bench
