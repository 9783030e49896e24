"""What the command prints makes a queue of an owner's table, whatever its columns and words are called."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from scanlane.session.async_session import raw_dsn, sqlalchemy_url
from tests.conftest import Server
from tests.worklane.benches import CLAIMS, TURNED_CLOCK, WORKERS
from tests.worklane.postgres import pictures
from tests.worklane.postgres.pictures import PICTURES
from worklane.contract import QueueContract, SeenRow
from worklane.lifecycle import Status
from worklane.postgres.pulse import PostgresPulse
from worklane.postgres.status_migration import status_migration, status_sql
from worklane.postgres.status_queue import StatusQueue

WORDS = {"new": Status.PENDING, "busy": Status.RUNNING, "it's fine: 100%": Status.COMPLETE, "bad": Status.FAILED}
PROGRAM = [sys.executable, "-m", "worklane.postgres.status_migration"]


@pytest.fixture
async def owners_database(server: Server) -> AsyncIterator[str]:
    """A database with nothing but the owner's table."""
    name = f"test_{uuid4().hex[:16]}"
    await server.run(f'create database "{name}" template template0')
    url = server.database(name)
    await run(url, *pictures.DDL)
    yield url
    await server.run(f'drop database if exists "{name}" with (force)')


class PictureBench:
    """The queue of pictures, on a database that was migrated by what was printed."""

    kind = PICTURES.queue

    def __init__(self, url: str, pool: "asyncpg.Pool[asyncpg.Record]", sessions: pictures.Sessions) -> None:
        self._pool = pool
        self._turned = timedelta(0)
        self.queue = StatusQueue(PICTURES, claims=CLAIMS, workers=WORKERS, records=pool, sessions=sessions)
        self.pulse = PostgresPulse(workers=WORKERS, lanes=[self.queue], connect=lambda: asyncpg.connect(raw_dsn(url)))

    async def add_row(self) -> UUID:
        row_id: UUID = await self._pool.fetchval(pictures.ADD)
        return row_id

    async def see(self, row_id: UUID) -> SeenRow:
        row = await self._pool.fetchrow("select state, trouble from pictures where picture_id = $1", row_id)
        assert row is not None
        return SeenRow(status=WORDS[row[0]], error=row[1])

    async def turn_clock(self, by: timedelta) -> None:
        self._turned += by
        await self._pool.execute(TURNED_CLOCK.format(seconds=self._turned.total_seconds()))

    async def write(self, session: object, row_id: UUID, error: str) -> None:
        assert isinstance(session, AsyncSession)
        writing = text("update pictures set trouble = :error where picture_id = :id")
        await session.execute(writing, {"error": error, "id": row_id})


class TestTheQueueThatWasPrinted(QueueContract):
    @pytest.fixture
    async def bench(self, owners_database: str) -> AsyncIterator[PictureBench]:
        await run_alembic(owners_database, "upgrade")
        async with pictures.opened(owners_database) as (pool, sessions):
            bench = PictureBench(owners_database, pool, sessions)
            yield bench
            await bench.pulse.close()


class TestAlembic:
    async def test_it_may_run_twice_and_back_again(self, owners_database: str) -> None:
        for step in ("upgrade", "upgrade", "downgrade", "downgrade", "upgrade"):
            await run_alembic(owners_database, step)

        assert "ix_pictures_state_waiting" in await indexes(owners_database)

    async def test_a_downgrade_leaves_what_other_queues_may_use(self, owners_database: str) -> None:
        await run_alembic(owners_database, "upgrade")
        await run_alembic(owners_database, "downgrade")

        left = await indexes(owners_database)

        assert "ix_pictures_state_waiting" not in left
        assert "ix_status_claims_suspects" in left


class TestSql:
    async def test_it_makes_what_the_operations_make(self, owners_database: str) -> None:
        for statement in status_sql(PICTURES).splitlines():
            await run(owners_database, statement)
        made = await indexes(owners_database)

        await run_alembic(owners_database, "upgrade")

        assert made == await indexes(owners_database)
        assert "ix_pictures_state_waiting" in made

    async def test_a_clock_that_is_there_already_stays(self, owners_database: str) -> None:
        await run(owners_database, TURNED_CLOCK.format(seconds=1e9).replace("or replace ", ""))

        await run_alembic(owners_database, "upgrade")

        connection = await asyncpg.connect(raw_dsn(owners_database))
        assert await connection.fetchval("select worklane_now() > now() + interval '10 years'")
        await connection.close()


class TestCommand:
    @pytest.mark.parametrize(
        ("name", "complaint"),
        [
            ("pictures", "'pictures' is not of the form my.module:QUEUE"),
            ("no.such.module:QUEUE", "cannot import no.such.module: No module named 'no'"),
            (
                "tests.worklane.postgres.pictures:PICTURE",
                "tests.worklane.postgres.pictures has no StatusColumn 'PICTURE'; it has PICTURES",
            ),
        ],
    )
    def test_a_bad_name_is_answered_in_one_line(self, name: str, complaint: str) -> None:
        done = command(name)

        assert (done.returncode, done.stdout, done.stderr) == (2, "", complaint + "\n")

    def test_a_bad_declaration_is_answered_in_one_line(self) -> None:
        done = command("tests.worklane.postgres.badly_declared:QUEUE")

        assert done.returncode == 2
        assert done.stderr == "queue 'pictures': pictures has no column 'stat' (status); did you mean 'state'?\n"

    def test_it_prints_operations_or_sql(self) -> None:
        operations, sql = (command("tests.worklane.postgres.pictures:PICTURES", *more) for more in ([], ["--sql"]))

        assert operations.stdout == status_migration(PICTURES)
        assert sql.stdout == status_sql(PICTURES)


def command(*words: str) -> "subprocess.CompletedProcess[str]":
    root = Path(__file__).parents[3]
    return subprocess.run([*PROGRAM, *words], capture_output=True, text=True, cwd=root, check=False)


async def run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(raw_dsn(url))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def run_alembic(url: str, step: str) -> None:
    """Run what was printed, as a revision would."""
    engine = create_async_engine(sqlalchemy_url(url))
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run_step, step)
    finally:
        await engine.dispose()


def _run_step(connection: Connection, step: str) -> None:
    with _operations(connection) as operations:
        revision: dict[str, object] = {"op": operations}
        exec(status_migration(PICTURES), revision)
        revision[step]()  # type: ignore[operator]


@contextmanager
def _operations(connection: Connection) -> Iterator[Operations]:
    context = MigrationContext.configure(connection)
    with context.begin_transaction():
        yield Operations(context)


async def indexes(url: str) -> set[str]:
    """The names of all indexes that are valid."""
    connection = await asyncpg.connect(raw_dsn(url))
    listing = "select indexrelid::regclass::text from pg_index where indisvalid"
    try:
        return {row[0] for row in await connection.fetch(listing) if not row[0].startswith("pg_")}
    finally:
        await connection.close()
