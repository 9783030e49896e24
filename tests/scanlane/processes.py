"""Real processes of the command line, and things to wait for."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from tests.conftest import Database

SCANLANE = Path(sys.executable).parent / "scanlane"


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """A clean environment: nothing of this machine's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCANLANE_")}
    return {**kept, "SCANLANE_DATA_DIR": str(data_dir), **more}


async def scanlane(*arguments: str, env: dict[str, str], stdin: bytes | None = None) -> tuple[int, str, str]:
    """Run a command to its end: exit status, stdout, stderr. `stdin`: what it reads there."""
    process = await asyncio.create_subprocess_exec(
        str(SCANLANE),
        *arguments,
        env=env,
        stdin=asyncio.subprocess.DEVNULL if stdin is None else asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(stdin), 90)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@asynccontextmanager
async def running(*arguments: str, env: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A command that goes on until the block ends."""
    process = await asyncio.create_subprocess_exec(
        str(SCANLANE),
        *arguments,
        env=env,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def until(condition: Callable[[], Awaitable[bool]], *, within: float) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    async with asyncio.timeout(within):
        while not await condition():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.05)


async def one_row(dsn: str, query: str, *arguments: object) -> asyncpg.Record:
    """One row of a query, over a connection of its own."""
    connection = await asyncpg.connect(dsn)
    try:
        row = await connection.fetchrow(query, *arguments)
    finally:
        await connection.close()
    assert row is not None
    return row


def documents(stdout: str) -> list[dict[str, object]]:
    """The JSON documents of an output, one per line, and nothing else."""
    return [json.loads(line) for line in stdout.splitlines()]


async def pages_saved(database: Database, number: int) -> bool:
    """Whether so many pages of scans are saved."""
    row = await one_row(database.dsn, "select count(*) as n from scan_pages where state = 'fetched'")
    return int(row["n"]) >= number
