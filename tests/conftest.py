"""Fixtures that every test may use: a PostgreSQL server, and a fresh migrated database for each test that asks."""

import asyncio
import fcntl
import hashlib
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import make_url

from scanlane.session import migration
from scanlane.session.async_session import DatabaseOptions, make_engine, raw_dsn

TEMPLATE = "scanlane_test_template"
ONE_TEMPLATE_AT_A_TIME = 7_262_655


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL server on which the tests may make and drop databases."""

    url: str

    def database(self, name: str) -> str:
        """The URL of one of its databases."""
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    async def run(self, *statements: str) -> None:
        """Run statements outside any test database."""
        connection = await asyncpg.connect(raw_dsn(self.url))
        try:
            for statement in statements:
                await _insist(connection, statement)
        finally:
            await connection.close()


@dataclass(frozen=True)
class Database:
    """One test's own database."""

    url: str

    @property
    def options(self) -> DatabaseOptions:
        """How to reach it."""
        return DatabaseOptions(url=self.url, application_name="tests")

    @property
    def dsn(self) -> str:
        """How asyncpg reaches it."""
        return raw_dsn(self.url)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """SCANLANE_TEST_DATABASE_URL, or the embedded PostgreSQL with a data directory of the tests' own."""
    given = os.environ.get("SCANLANE_TEST_DATABASE_URL")
    if given:
        yield Server(given)
        return
    from scanlane.session.embedded import EmbeddedPostgres

    place = Path(__file__).parent.parent / ".cache" / "tests"
    with EmbeddedPostgres(place, can_create_databases=True) as embedded:
        with _one_at_a_time(place.with_suffix(".lock")):
            info = embedded.start()
            _forget_durability(Path(embedded.state().data_dir))
        yield Server(info.url)


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Processes that begin together would alter the role of the tests at the same moment, and one of them fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _forget_durability(pgdata: Path) -> None:
    """Let the server of the tests wait for no disk: each test makes a database, and none survives a power cut."""
    settings = pgdata / "postgresql.auto.conf"
    if "fsync" not in settings.read_text():
        with settings.open("a") as file:
            file.write("fsync = off\nfull_page_writes = off\n")
    postmaster = int((pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(postmaster, signal.SIGHUP)


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """A migrated database to copy from. Kept between runs; its name changes with the migrations."""
    name = f"{TEMPLATE}_{_fingerprint()}"
    asyncio.run(_make_template(server, name))
    return name


@pytest.fixture
async def database(server: Server, template: str) -> AsyncIterator[Database]:
    """A fresh copy of the migrated template, dropped afterwards."""
    name = f"test_{uuid4().hex[:16]}"
    await server.run(f'create database "{name}" template "{template}"')
    yield Database(server.database(name))
    await server.run(f'drop database if exists "{name}" with (force)')


async def _insist(connection: "asyncpg.Connection[asyncpg.Record]", statement: str) -> None:
    """Run it, again if need be: a database is not dropped while the server itself vacuums a table of it."""
    for _ in range(100):
        try:
            await connection.execute(statement)
        except (asyncpg.InsufficientPrivilegeError, asyncpg.ObjectInUseError):
            await asyncio.sleep(0.1)
        else:
            return
    await connection.execute(statement)


async def _make_template(server: Server, name: str) -> None:
    connection = await asyncpg.connect(raw_dsn(server.url))
    try:
        await connection.execute("select pg_advisory_lock($1)", ONE_TEMPLATE_AT_A_TIME)
        names = [row["datname"] for row in await connection.fetch("select datname from pg_database")]
        if name in names:
            return
        for old in names:
            if old.startswith(f"{TEMPLATE}_"):
                await connection.execute(f'drop database if exists "{old}" with (force)')
        await connection.execute(f'create database "{name}_new"')
        await _migrate(server.database(f"{name}_new"))
        await connection.execute(f'alter database "{name}_new" rename to "{name}"')
    finally:
        await connection.close()


async def _migrate(url: str) -> None:
    engine = make_engine(DatabaseOptions(url=url))
    await migration.upgrade(engine)
    await engine.dispose()


def _fingerprint() -> str:
    folder = Path(migration.__file__).parent.parent / "migrations" / "versions"
    text = b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))
    return hashlib.sha256(text).hexdigest()[:12]
