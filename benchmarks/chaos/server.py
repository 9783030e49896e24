"""A PostgreSQL server of the suite's own: durable, without network, so that a crash on purpose hits nobody else."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO
from urllib.parse import quote

import asyncpg

from scanlane.session.embedded.account import Account, account_to_run_as
from scanlane.session.embedded.binaries import Binaries, find_binaries
from scanlane.session.embedded.launch import clean_environment, dies_with_its_parent
from scanlane.session.embedded.programs import programs_for

SUPERUSER = "postgres"
STARTS_WITHIN = 60.0
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "500",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "jit": "off",
    "timezone": "UTC",
}


class ScratchServer:
    """A server in a scratch folder. Commits are durable: fsync and synchronous_commit keep their default, on."""

    def __init__(self, root: Path, binaries: Binaries, account: Account) -> None:
        self.root = root
        self._binaries = binaries
        self._account = account
        self._process: asyncio.subprocess.Process | None = None

    def url(self, database: str) -> str:
        """How to reach one of its databases."""
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self.root), safe='')}"

    async def make(self) -> None:
        """Make the cluster."""
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        command = [str(self._binaries.initdb), "-D", str(self._data), "-U", SUPERUSER, *options]
        with (self.root / "initdb.log").open("wb") as log:
            process = await self._spawn(command, log)
        if await process.wait() != 0:
            raise RuntimeError(f"initdb ended with status {process.returncode}")

    async def start(self) -> None:
        """Start, and wait until it answers."""
        settings = {**SETTINGS, "unix_socket_directories": str(self.root)}
        arguments = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(self._binaries.postgres), "-D", str(self._data), *arguments]
        with (self.root / "server.log").open("ab") as log:
            self._process = await self._spawn(command, log)
        deadline = time.monotonic() + STARTS_WITHIN
        while not await self._answers():
            if self._process.returncode is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start; see {self.root / 'server.log'}")
            await asyncio.sleep(0.05)

    async def crash_and_start(self, *, down_for: float) -> None:
        """What `pg_ctl -m immediate stop` does, then a start that has to recover."""
        await self._end(signal.SIGQUIT)
        await asyncio.sleep(down_for)
        await self.start()

    async def stop(self) -> None:
        """End at once; the scratch folder goes anyway."""
        await self._end(signal.SIGQUIT)

    async def new_database(self, name: str) -> str:
        """Make a database; answer its URL."""
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(f'create database "{name}"')
        finally:
            await connection.close()
        return self.url(name)

    @property
    def _data(self) -> Path:
        return self.root / "data"

    async def _end(self, how: signal.Signals) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(how)
        await self._process.wait()

    async def _answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.url("postgres"), timeout=5)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        await connection.close()
        return True

    async def _spawn(self, command: list[str], output: IO[bytes]) -> asyncio.subprocess.Process:
        me, other = self._account.is_mine, self._account
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.DEVNULL,
            cwd=self.root,
            env=clean_environment(),
            preexec_fn=dies_with_its_parent(signal.SIGQUIT),
            user=None if me else other.uid,
            group=None if me else other.gid,
            extra_groups=None if me else (),
            stdout=output,
            stderr=output,
        )


@contextlib.asynccontextmanager
async def scratch_server() -> AsyncIterator[ScratchServer]:
    """A running server that leaves nothing behind."""
    root = Path(tempfile.mkdtemp(prefix="chaos-"))
    account = account_to_run_as(owner_of_the_data=None)
    try:
        binaries = programs_for(find_binaries(), account, root)
        if not account.is_mine:
            os.chown(root, account.uid, account.gid)
        server = ScratchServer(root, binaries, account)
        await server.make()
        try:
            await server.start()
            yield server
        finally:
            await server.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)
