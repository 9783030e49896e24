"""Bringing a database up to date, one process at a time."""

from dataclasses import dataclass
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

LOCK = 7_262_654


@dataclass(frozen=True, slots=True)
class SchemaState:
    """Which revision the database has, and which one this program wants."""

    present: str | None
    wanted: str | None

    @property
    def is_current(self) -> bool:
        """Whether nothing is to be done."""
        return self.present == self.wanted


async def upgrade(engine: AsyncEngine) -> SchemaState:
    """Apply what is missing; answer the state before. Safe to call from many processes at once."""
    async with engine.connect() as connection:
        before = await connection.run_sync(_state)
        if not before.is_current:
            await connection.rollback()
            await connection.run_sync(_upgrade_alone)
            await connection.commit()
    return before


async def state(engine: AsyncEngine) -> SchemaState:
    """Look, change nothing."""
    async with engine.connect() as connection:
        return await connection.run_sync(_state)


def _state(connection: Connection) -> SchemaState:
    present = MigrationContext.configure(connection).get_current_revision()
    return SchemaState(present, ScriptDirectory.from_config(_config()).get_current_head())


def _upgrade_alone(connection: Connection) -> None:
    # The lock lasts until the commit, so this works behind a pooler, where a session's lock would stay behind.
    connection.execute(text("set local lock_timeout = '60s'"))
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("scanlane.migrations")))
    return config
