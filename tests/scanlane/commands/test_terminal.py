"""How commands end when they are interrupted, and when nobody reads what they print."""

import asyncio
import os
import signal
import subprocess
from pathlib import Path

import asyncpg
import pytest

from tests.conftest import Database
from tests.scanlane.processes import SCANLANE, environment, running, scanlane, until

MORE_THAN_A_PIPE_HOLDS = b"x" * 500_000
EXTRACT = ("extract", "-", "--url", "https://a.example/")


@pytest.fixture
def env(database: Database, tmp_path: Path) -> dict[str, str]:
    """The environment of a person with a database of her own."""
    return environment(tmp_path, SCANLANE_DATABASE_URL=database.url)


async def interrupted_while_reading(arguments: tuple[str, ...], number: int, env: dict[str, str]) -> tuple[int, str]:
    """The exit status and stderr of a command that gets a signal while it waits for more on stdin."""
    process = subprocess.Popen(  # noqa: ASYNC220 - a blocking write tells when the command has begun to read
        [str(SCANLANE), *arguments], env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        assert process.stdin is not None
        assert process.stderr is not None
        await asyncio.wait_for(asyncio.to_thread(os.write, process.stdin.fileno(), MORE_THAN_A_PIPE_HOLDS), 60)
        process.send_signal(number)
        status = await asyncio.to_thread(process.wait, 20)
        return status, (await asyncio.to_thread(process.stderr.read)).decode()
    finally:
        process.kill()
        await asyncio.to_thread(process.communicate)


class TestInterrupting:
    @pytest.mark.parametrize("arguments", [EXTRACT, ("import", "-")])
    @pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    async def test_a_command_that_waits_for_stdin_ends_at_the_first_signal(
        self, env: dict[str, str], arguments: tuple[str, ...], number: int, status: int
    ) -> None:
        assert await interrupted_while_reading(arguments, number, env) == (status, "")

    async def test_an_export_that_is_terminated_leaves_nothing_half_written(
        self, env: dict[str, str], database: Database, tmp_path: Path
    ) -> None:
        await scanlane("db", "upgrade", env=env)
        connection = await asyncpg.connect(database.dsn)
        folder = tmp_path / "exports"
        folder.mkdir()

        async def is_writing() -> bool:
            return bool(os.listdir(folder))

        try:
            async with connection.transaction(), running("export", str(folder / "c.csv"), env=env) as process:
                await connection.execute("lock table contacts in access exclusive mode")
                await until(is_writing, within=60)
                process.send_signal(signal.SIGTERM)
                status = await asyncio.wait_for(process.wait(), 20)
        finally:
            await connection.close()

        assert status == 143
        assert os.listdir(folder) == []


class TestStdout:
    @pytest.mark.parametrize("arguments", [("export", "-"), ("queues", "--json")])
    async def test_a_closed_stdout_is_no_crash(self, env: dict[str, str], arguments: tuple[str, ...]) -> None:
        process = await asyncio.create_subprocess_exec(
            "sh", "-c", 'exec "$0" "$@" >&-', str(SCANLANE), *arguments, env=env, stderr=asyncio.subprocess.PIPE
        )
        _, err = await asyncio.wait_for(process.communicate(), 60)

        assert (process.returncode, err) == (0, b"")

    async def test_a_reader_who_has_gone_is_no_news(self, env: dict[str, str]) -> None:
        process = await asyncio.create_subprocess_exec(
            "sh",
            "-c",
            '{ "$0" "$@"; } | true',
            str(SCANLANE),
            "queues",
            "--json",
            env=env,
            stderr=asyncio.subprocess.PIPE,
        )
        _, err = await asyncio.wait_for(process.communicate(), 60)

        assert err == b""


class TestPipes:
    async def test_a_file_may_be_a_pipe(self, env: dict[str, str], tmp_path: Path) -> None:
        pipe = tmp_path / "leads.csv"
        os.mkfifo(pipe)
        writing = asyncio.create_task(asyncio.to_thread(pipe.write_text, "Website\na.example\n"))

        status, out, _ = await scanlane("import", str(pipe), "--dry-run", env=env)
        await writing

        assert status == 0
        assert "1 domains would be added" in out
