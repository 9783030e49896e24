"""A real PgBouncer in transaction mode, before the tests' own server."""

import asyncio
import os
import pwd
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import URL, make_url

from scanlane.session.async_session import raw_dsn

PORT = 6432
CONFIG = """[databases]
* = host={host} port={port}
[pgbouncer]
unix_socket_dir = {folder}
listen_port = {listen}
auth_type = {auth}
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
server_round_robin = 1
"""


@asynccontextmanager
async def pgbouncer(url: str) -> AsyncIterator[str]:
    """The URL of the same database, through a PgBouncer of its own."""
    program = _program()
    server = make_url(url)
    host = str(server.query["host"])
    folder = Path(tempfile.mkdtemp(prefix="pgbouncer-"))
    try:
        _write_config(folder, server, host)
        process = await asyncio.create_subprocess_exec(
            program, "--quiet", *_user(host, folder), str(folder / "pgbouncer.ini"), cwd=folder
        )
        try:
            through = server.update_query_dict({"host": str(folder), "port": str(PORT)}).render_as_string(
                hide_password=False
            )
            await _answers(through, process)
            yield through
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
    finally:
        shutil.rmtree(folder)


def _program() -> str:
    found = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if found is None:
        message = "pgbouncer is not installed; run scripts/install-test-tools"
        if os.environ.get("SCANLANE_TESTS_MUST_RUN"):
            pytest.fail(message)
        pytest.skip(message)
    return found


def _write_config(folder: Path, server: URL, host: str) -> None:
    auth = "scram-sha-256" if server.password else "trust"
    config = CONFIG.format(host=host, port=server.query.get("port", "5432"), folder=folder, listen=PORT, auth=auth)
    (folder / "pgbouncer.ini").write_text(config)
    (folder / "users.txt").write_text(f'"{server.username}" "{server.password or ""}"\n')


def _user(host: str, folder: Path) -> list[str]:
    """PgBouncer refuses to run as root, and must be allowed into the server's socket folder: so be its owner."""
    if os.geteuid() != 0:
        return []
    owner = os.stat(host).st_uid
    for path in (folder, *folder.iterdir()):
        os.chown(path, owner, -1)
    return ["--user", pwd.getpwuid(owner).pw_name]


async def _answers(url: str, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(10):
        while True:
            assert process.returncode is None, "pgbouncer ended by itself"
            try:
                connection = await asyncpg.connect(raw_dsn(url), statement_cache_size=0)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                await connection.close()
                return
