"""The schema: upgraded once however many ask, and the same as the models."""

import asyncio
from importlib.resources import files
from uuid import uuid4

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url

from scanlane.models import Base
from scanlane.session import migration
from scanlane.session.async_session import DatabaseOptions, make_engine
from tests.conftest import Database, Server


class TestUpgrade:
    async def test_ten_at_once_upgrade_an_empty_database_once(self, server: Server) -> None:
        name = f"test_{uuid4().hex[:16]}"
        await server.run(f'create database "{name}"')
        engines = [make_engine(DatabaseOptions(url=server.database(name))) for _ in range(10)]

        await asyncio.gather(*(migration.upgrade(engine) for engine in engines))

        states = [await migration.state(engine) for engine in engines]
        for engine in engines:
            await engine.dispose()
        await server.run(f'drop database "{name}" with (force)')
        assert all(state.is_current for state in states)

    async def test_the_migrations_make_what_the_models_say(self, database: Database) -> None:
        engine = make_engine(database.options)

        async with engine.connect() as connection:
            differences = await connection.run_sync(_differences)
        await engine.dispose()

        assert differences == []

    def test_the_newest_migration_is_the_one_that_alembic_would_go_to(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(files("scanlane.migrations")))

        assert migration.newest() == ScriptDirectory.from_config(config).get_current_head()


class TestUrls:
    async def test_every_spelling_of_a_database_url_is_understood(self, database: Database) -> None:
        plain = make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False)
        for url in (plain, plain.replace("postgresql:", "postgres:", 1), database.url):
            engine = make_engine(DatabaseOptions(url=url))
            assert (await migration.state(engine)).is_current
            await engine.dispose()


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))
