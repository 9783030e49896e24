"""A real server over a database of its own, and callers with tokens."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from scanlane.auth.token_signing import SCOPES, sign_token
from scanlane.main import create_app, wind_down
from scanlane.settings import Settings, read_settings
from tests.conftest import Database


@dataclass(frozen=True)
class Api:
    """A running server, and how to call it."""

    app: FastAPI
    url: str
    settings: Settings

    def caller(self, tenant: str = "harbour", *, scopes: Iterable[str] = SCOPES) -> httpx.AsyncClient:
        """A client with a token of that tenant."""
        token = sign_token(self.settings, tenant=tenant, subject="tester", ttl=timedelta(minutes=5), scopes=scopes)
        return httpx.AsyncClient(base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=30)


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """Settings over the test's own database; loopback may be scanned."""
    return read_settings(data_dir=tmp_path, database_url=database.url, allow_networks="127.0.0.0/8", grace_seconds=2)


@asynccontextmanager
async def serving(settings: Settings, *, works: bool, allowed_hosts: Sequence[str] | None = None) -> AsyncIterator[Api]:
    """The application on a free port of this machine."""
    app = create_app(settings, works=works, allowed_hosts=allowed_hosts)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="on"))
    running = asyncio.create_task(server.serve())
    while not server.started:
        assert not running.done(), running.result()
        await asyncio.sleep(0)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Api(app, f"http://127.0.0.1:{port}", settings)
    finally:
        wind_down(app)
        server.should_exit = True
        await running


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    """A server that only serves: jobs wait."""
    async with serving(settings, works=False) as api:
        yield api


@pytest.fixture
async def working_api(settings: Settings) -> AsyncIterator[Api]:
    """A server that runs jobs itself."""
    async with serving(settings, works=True) as api:
        yield api


@pytest.fixture
async def caller(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a valid token."""
    async with api.caller() as client:
        yield client
