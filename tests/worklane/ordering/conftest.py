"""Fixtures of the tests of ordered claims."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.conftest import Server
from tests.worklane.ordering.bench import OrderBench, order_bench


@pytest.fixture
async def lane(server: Server) -> AsyncIterator[OrderBench]:
    """An ordered job lane on a fresh database."""
    name = f"test_{uuid4().hex[:16]}"
    await server.run(f'create database "{name}"')
    async with order_bench(server.database(name)) as bench:
        yield bench
    await server.run(f'drop database if exists "{name}" with (force)')
