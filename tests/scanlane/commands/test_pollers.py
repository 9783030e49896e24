"""Processes that poll the same queues: no row is worked on twice, and none stays with a process that was killed."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import insert

from scanlane.models import Domain
from scanlane.session.async_session import make_engine
from tests.conftest import Database
from tests.scanlane.processes import environment, one_row, running, until

DOMAINS = 24


@pytest.fixture
def env(database: Database, tmp_path: Path) -> dict[str, str]:
    """Workers over one database, which may visit this machine."""
    return environment(
        tmp_path,
        SCANLANE_DATABASE_URL=database.url,
        SCANLANE_ALLOW_NETWORKS="127.0.0.0/8",
        SCANLANE_DOMAIN_PROCESSING_EVERY_SECONDS="0.2",
        SCANLANE_SITEMAP_DISCOVERY_ON="false",
    )


class Homes:
    """Home pages of very many hosts, by Host header; none is answered until it is let go."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.let_go = asyncio.Event()
        self.port = 0

    async def answer(self, request: web.Request) -> web.Response:
        """The home page of whatever host was asked for."""
        if request.path != "/":
            return web.Response(status=404)
        self.requests[request.host] += 1
        await self.let_go.wait()
        return web.Response(text="<title>home</title><p>welcome</p>", content_type="text/html")


@pytest.fixture
async def homes() -> AsyncIterator[Homes]:
    """The running server of all home pages."""
    homes = Homes()
    app = web.Application()
    app.router.add_get("/{path:.*}", homes.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    homes.port = runner.addresses[0][1]
    yield homes
    homes.let_go.set()
    await runner.cleanup()


async def wait_for_processing(database: Database, homes: Homes, number: int) -> None:
    """Store domains that wait for their processing."""
    hosts = [f"shop-{n}.localhost:{homes.port}" for n in range(number)]
    values = [{"tenant": "harbour", "name": h, "start_url": f"http://{h}/", "status": "pending"} for h in hosts]
    engine = make_engine(database.options)
    async with engine.begin() as connection:
        await connection.execute(insert(Domain), values)
    await engine.dispose()


async def count(database: Database, status: str) -> int:
    """How many domains have this status."""
    return int((await one_row(database.dsn, "select count(*) as n from domains where status = $1", status))["n"])


@asynccontextmanager
async def two_workers(env: dict[str, str], database: Database) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """Two processes at work."""
    async with running("work", env=env) as first, running("work", env=env) as second:
        await until(lambda: _workers(database, 2), within=30)
        yield [first, second]


class TestTwoPollers:
    async def test_no_row_is_processed_twice(self, env: dict[str, str], database: Database, homes: Homes) -> None:
        homes.let_go.set()
        async with two_workers(env, database):
            await wait_for_processing(database, homes, DOMAINS)
            await until(lambda: _all(database, "completed", DOMAINS), within=60)

        assert len(homes.requests) == DOMAINS
        assert set(homes.requests.values()) == {1}

    async def test_rows_of_a_killed_poller_run_elsewhere_within_ten_seconds(
        self, env: dict[str, str], database: Database, homes: Homes
    ) -> None:
        await wait_for_processing(database, homes, 8)
        async with running("work", env=env) as first:
            await until(lambda: _all(database, "processing", 8), within=30)
            async with running("work", env=env):
                await until(lambda: _workers(database, 2), within=30)
                first.kill()
                killed = time.monotonic()
                homes.let_go.set()
                await until(lambda: _all(database, "completed", 8), within=20)
                seconds = time.monotonic() - killed

        assert seconds < 10
        assert set(homes.requests.values()) <= {1, 2}


async def _workers(database: Database, number: int) -> bool:
    return int((await one_row(database.dsn, "select count(*) as n from workers"))["n"]) >= number


async def _all(database: Database, status: str, number: int) -> bool:
    return await count(database, status) == number
