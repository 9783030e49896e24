"""Where a run happens: machines, a database server between them, and a folder for what is written outside."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from benchmarks.chaos.schema import make_schema
from benchmarks.hosts.network import Machine, network
from benchmarks.hosts.server import hub_server

from scanlane.session.async_session import raw_dsn

DATABASE = "hosts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a run happens: the database as the suite and as the machines see it, the machines, a folder for logs."""

    url: str
    url_for_machines: str
    machines: Sequence[Machine]
    folder: Path

    @property
    def outside(self) -> Path:
        """The file of the effects that no transaction guards."""
        return self.folder / "outside"


@contextlib.asynccontextmanager
async def places(number: int, folder: Path) -> AsyncIterator[Places]:
    """So many machines and a database with the tables of a run; nothing of it is left afterwards."""
    async with network(number) as machines, hub_server() as server:
        url = await server.new_database(DATABASE)
        async with connection(url) as empty:
            await make_schema(empty)
        yield Places(url=url, url_for_machines=server.url_for_machines(DATABASE), machines=machines, folder=folder)


@contextlib.asynccontextmanager
async def connection(url: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """One connection of the suite's own."""
    made = await asyncpg.connect(raw_dsn(url))
    try:
        yield made
    finally:
        await made.close()
