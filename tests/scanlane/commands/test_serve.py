"""`scanlane serve` as a real process: it comes up, it is followed, it goes down when told."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.conftest import Database
from tests.scanlane.processes import environment, one_row, running, scanlane, until


@pytest.fixture
def env(database: Database, tmp_path: Path) -> dict[str, str]:
    """The environment of an operator with a database of her own."""
    return environment(tmp_path, SCANLANE_DATABASE_URL=database.url)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@asynccontextmanager
async def serving(
    env: dict[str, str], *arguments: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, httpx.AsyncClient]]:
    """A server that is ready, and a caller with a token that `token create` printed."""
    port = free_port()
    _, token, _ = await scanlane("token", "create", env=env)
    headers = {"Authorization": f"Bearer {token.strip()}"}
    async with (
        running("serve", "--port", str(port), *arguments, env=env) as process,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as caller,
    ):
        await until(lambda: is_ready(caller), within=30)
        yield process, caller


async def is_ready(caller: httpx.AsyncClient) -> bool:
    """Whether the server answers and reaches its database."""
    try:
        return (await caller.get("/health/ready")).status_code == 200
    except httpx.TransportError:
        return False


class TestServe:
    async def test_sigterm_lets_waiting_clients_go_and_ends_with_status_0(
        self, env: dict[str, str], database: Database
    ) -> None:
        async with serving(env, "--no-work") as (process, caller):
            job = (await caller.post("/api/v3/scan/website", json={"website": "bakery.test"})).json()
            async with caller.stream("GET", f"/api/v3/scan/events/{job['job_id']}") as stream:
                lines = stream.aiter_lines()
                assert await anext(lines) == "event: job"

                process.send_signal(signal.SIGTERM)
                rest = [line async for line in lines]
                status = await asyncio.wait_for(process.wait(), 10)

        assert status == 0
        assert any(line.startswith("data: ") for line in rest)
        assert (await one_row(database.dsn, "select status from jobs"))["status"] == "pending"

    async def test_half_a_body_does_not_keep_it_from_ending(self, env: dict[str, str]) -> None:
        async with serving(env, "--no-work") as (process, caller):
            reader, writer = await asyncio.open_connection("127.0.0.1", caller.base_url.port)
            token = caller.headers["Authorization"]
            head = f"POST /api/v3/scan/website HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n"
            writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{{".encode())
            await writer.drain()

            process.send_signal(signal.SIGTERM)
            status = await asyncio.wait_for(process.wait(), 15)

            writer.close()
            del reader

        assert status == 0

    async def test_a_port_in_use_is_one_line(self, env: dict[str, str]) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]

            status, out, err = await scanlane("serve", "--port", str(port), env=env)

        assert (status, out) == (1, "")
        assert err.strip().splitlines() == [f"error: cannot listen on 127.0.0.1:{port}: Address already in use"]
