"""Fixtures of the core's tests that need tables of their own."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.conftest import Server
from tests.worklane.periodic_bench import PeriodicBench, periodic_bench


@pytest.fixture
async def bench(server: Server) -> AsyncIterator[PeriodicBench]:
    """Periodic tasks on a database with only the core's tables; its clock stands."""
    name = f"test_{uuid4().hex[:16]}"
    await server.run(f'create database "{name}"')
    async with periodic_bench(server.database(name)) as made:
        await made.make_tables()
        yield made
    await server.run(f'drop database if exists "{name}" with (force)')
