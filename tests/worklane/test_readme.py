"""The examples of the core's README, run as they stand there."""

import asyncio
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

import worklane
from scanlane.session.async_session import raw_dsn
from tests.conftest import Server

README = Path(str(worklane.__file__)).parent / "README.md"


def example(name: str) -> dict[str, Any]:
    """The names that an example defines."""
    (code,) = re.findall(rf"```python {name}\n(.*?)```", README.read_text(), re.S)
    names: dict[str, Any] = {"__name__": name.replace("-", "_")}
    exec(compile(code, f"README:{name}", "exec", dont_inherit=True), names)
    return names


@pytest.fixture
async def empty(server: Server) -> Any:
    """An empty database of its own."""
    name = f"test_{uuid4().hex[:16]}"
    await server.run(f'create database "{name}"')
    yield raw_dsn(server.database(name))
    await server.run(f'drop database "{name}" with (force)')


async def settled(caller: httpx.AsyncClient, path: str) -> dict[str, Any]:
    """The answer, once the work is neither waiting nor being done."""
    async with asyncio.timeout(15):
        while True:
            answer: dict[str, Any] = (await caller.get(path)).json()
            if answer["status"] not in ("pending", "running", "Queued", "Processing"):
                return answer
            await asyncio.sleep(0.02)


def calling(app: FastAPI) -> httpx.AsyncClient:
    """A client of the app, without a server between."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://example")


class TestReadme:
    async def test_the_job_lane_example_greets(self, empty: str) -> None:
        app = example("job-lane")["create_app"](empty)

        async with app.router.lifespan_context(app), calling(app) as caller:
            job_id = (await caller.post("/greet/harbour")).json()
            answer = await settled(caller, f"/status/{job_id}")

        assert answer == {"status": "complete", "progress": 1.0, "result": "hello harbour", "error": None}

    async def test_the_status_lane_example_measures(self, empty: str) -> None:
        app = example("status-lane")["create_app"](empty)

        async with app.router.lifespan_context(app), calling(app) as caller:
            good = (await caller.post("/pictures/7")).json()
            bad = (await caller.post("/pictures/0")).json()
            measured, refused = await settled(caller, f"/pictures/{good}"), await settled(caller, f"/pictures/{bad}")

        assert measured == {"status": "Completed", "error": None, "pixels": 49}
        assert refused == {"status": "Error", "error": "a picture has a width", "pixels": None}
