"""The suite's PostgreSQL server, which here also listens on the hub's address."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from benchmarks.chaos.server import SETTINGS, SUPERUSER, ScratchServer
from benchmarks.hosts.network import HUB

from scanlane.session.embedded.account import account_to_run_as
from scanlane.session.embedded.binaries import find_binaries
from scanlane.session.embedded.programs import programs_for


class HubServer(ScratchServer):
    """Machines reach it over the network, and only they; the suite itself over a socket that no cut concerns."""

    def url_for_machines(self, database: str) -> str:
        """How a machine reaches one of its databases."""
        return f"postgresql://{SUPERUSER}@{HUB.ip}:{SETTINGS['port']}/{database}"

    async def make(self) -> None:
        """Make the cluster, and let the machines in."""
        await super().make()
        with (self.root / "data" / "pg_hba.conf").open("a", encoding="utf-8") as rules:
            rules.write(f"host all {SUPERUSER} {HUB.network} trust\n")

    async def _spawn(self, command: list[str], output: IO[bytes]) -> asyncio.subprocess.Process:
        is_server = Path(command[0]).name == "postgres"
        return await super()._spawn([*command, "-c", f"listen_addresses={HUB.ip}"] if is_server else command, output)


@contextlib.asynccontextmanager
async def hub_server() -> AsyncIterator[HubServer]:
    """A running server that leaves nothing behind."""
    root = Path(tempfile.mkdtemp(prefix="hosts-"))
    account = account_to_run_as(owner_of_the_data=None)
    try:
        if not account.is_mine:
            os.chown(root, account.uid, account.gid)
        server = HubServer(root, programs_for(find_binaries(), account, root), account)
        await server.make()
        try:
            await server.start()
            yield server
        finally:
            await server.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)
