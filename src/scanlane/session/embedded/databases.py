"""The few statements that need PostgreSQL's superuser. Its password is never handed to the application."""

import asyncio
import re
from dataclasses import replace

from scanlane.session.embedded.connection import ConnectionInfo
from scanlane.session.embedded.errors import DatabaseNameRefused
from scanlane.session.embedded.place import APP_ROLE, SUPERUSER

NAME = re.compile(r"[a-z0-9_]{1,63}")


def check_name(name: str) -> None:
    """Names become part of statements. Raises DatabaseNameRefused."""
    if NAME.fullmatch(name) is None:
        raise DatabaseNameRefused


class SuperuserStatements:
    """What is done as superuser, each on a connection of its own. Names have been checked."""

    def __init__(self, info: ConnectionInfo, *, password: str) -> None:
        self._info = replace(info, user=SUPERUSER, password=password, database="postgres")

    def create(self, name: str) -> None:
        """Make a database that belongs to the application's role."""
        self._run(f'create database "{name}" owner {APP_ROLE}')

    def drop(self, name: str) -> None:
        """Remove a database if it exists, and cut off whoever uses it."""
        self._run(f'drop database if exists "{name}" with (force)')

    def allow_creating_databases(self) -> None:
        """Let the application's role make databases. It stays without any other privilege."""
        self._run(f"alter role {APP_ROLE} createdb")

    def _run(self, statement: str) -> None:
        asyncio.run(_execute(self._info.dsn, statement))


async def _execute(dsn: str, statement: str) -> None:
    # Imported here, because the supervisor imports this package and has to start at once.
    import asyncpg

    connection = await asyncpg.connect(dsn, timeout=10, command_timeout=60)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
