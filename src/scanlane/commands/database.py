"""`scanlane db`: the schema, and a shell."""

import os
import shutil
import subprocess
from pathlib import Path

from scanlane.commands.terminal import out
from scanlane.errors import AppError
from scanlane.session import migration
from scanlane.session.async_session import raw_dsn, sqlalchemy_url
from scanlane.session.embedded import EmbeddedPostgres, find_binaries
from scanlane.settings import Settings
from scanlane.stores.server import server_facts
from scanlane.wiring import wired


class NoShell(AppError):
    """psql was not found; install the PostgreSQL client."""


async def upgrade(settings: Settings) -> None:
    """Bring the schema up to date."""
    async with wired(settings, migrate=False) as wiring:
        before = await migration.upgrade(wiring.engine)
    out.print(f"schema {before.wanted}" + (" (nothing to do)" if before.is_current else f", was {before.present}"))


async def status(settings: Settings) -> bool:
    """Say where the database is, its version, and whether its schema is current; answer the latter."""
    async with wired(settings, migrate=False) as wiring, wiring.sessions() as session:
        version = (await server_facts(session)).version
        state = await migration.state(wiring.engine)
    place = f"embedded, in {settings.data_dir}" if settings.database_url is None else "as SCANLANE_DATABASE_URL says"
    out.print(f"database  {place}")
    out.print(f"server    PostgreSQL {version}")
    out.print(f"schema    {state.present or 'none'} (this program wants {state.wanted})")
    return state.is_current


def shell(settings: Settings, arguments: list[str]) -> int:
    """Run psql on the database; answer its exit status."""
    if settings.database_url is not None:
        url = sqlalchemy_url(settings.database_url)
        secret = {"PGPASSWORD": url.password} if url.password else {}  # not in the arguments, which anybody can list
        return _psql(None, [raw_dsn(url.set(password=None).render_as_string()), *arguments], secret)
    binaries = find_binaries(settings.postgres_bin)
    with EmbeddedPostgres(settings.data_dir, binaries=binaries) as embedded:
        return _psql(binaries.bin_dir, arguments, embedded.start().environment())


def _psql(folder: Path | None, arguments: list[str], environment: dict[str, str]) -> int:
    beside = folder / "psql" if folder else None
    program = str(beside) if beside and beside.exists() else shutil.which("psql")
    if program is None:
        raise NoShell
    return subprocess.run([program, *arguments], env={**os.environ, **environment}, check=False).returncode  # noqa: S603
