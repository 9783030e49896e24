"""`scanlane work` as a real process: what it does with jobs that have killed processes."""

import asyncio
import signal
from pathlib import Path

import asyncpg
import pytest

from tests.conftest import Database
from tests.scanlane.processes import environment, one_row, running, until

PROCESSES = Path("/proc")
A_SUSPECT = "insert into jobs (type, tenant, user_id, crashes) values ('prune', 'bakery.test', 'u', 2)"


@pytest.mark.skipif(not PROCESSES.exists(), reason="it looks at processes as Linux shows them")
class TestWork:
    async def test_a_suspect_runs_in_a_fork_that_ends_with_the_worker(self, database: Database, tmp_path: Path) -> None:
        async def is_complete() -> bool:
            return (await one_row(database.dsn, "select status from jobs"))["status"] == "complete"

        await execute(database, A_SUSPECT)
        async with running("work", env=environment(tmp_path, SCANLANE_DATABASE_URL=database.url)) as process:
            await until(is_complete, within=60)
            names = (await one_row(database.dsn, "select array_agg(name) as names from workers"))["names"]
            pids = {int(name.rpartition(":")[2]) for name in names}
            commands = {command_of(pid) for pid in pids}
            process.send_signal(signal.SIGTERM)
            status = await asyncio.wait_for(process.wait(), 30)

        # A fork is called as its parent is.
        assert (process.pid in pids, len(pids), len(commands), status) == (True, 2, 1, 0)
        assert not any(is_running(pid) for pid in pids)


async def execute(database: Database, statement: str) -> None:
    connection = await asyncpg.connect(database.dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def is_running(pid: int) -> bool:
    return (PROCESSES / str(pid)).exists()


def command_of(pid: int) -> bytes:
    return (PROCESSES / str(pid) / "cmdline").read_bytes()
