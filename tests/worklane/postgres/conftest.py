"""Fixtures of the core's tests that need tables of their own."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import Server
from tests.worklane.periodic_bench import PeriodicBench, fresh_bench


@pytest.fixture
async def bench(server: Server) -> AsyncIterator[PeriodicBench]:
    """Periodic tasks on a database with only the core's tables; its clock stands."""
    async with fresh_bench(server) as made:
        yield made
