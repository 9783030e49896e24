"""Bringing a database up to date, one process at a time.

Alembic is imported when there is something to do: most processes find nothing, and it takes 10 MB and a moment.
"""

from dataclasses import dataclass
from importlib.resources import files

from sqlalchemy import Connection, column, select, table, text
from sqlalchemy.ext.asyncio import AsyncEngine

LOCK = 7_262_654

# Where Alembic notes the revision of a database.
_VERSION = table("alembic_version", column("version_num"))


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
    is_noted = connection.scalar(text("select to_regclass('alembic_version') is not null"))
    return SchemaState(connection.scalar(select(_VERSION.c.version_num)) if is_noted else None, newest())


def newest() -> str:
    """The last revision there is: migrations are one line, and their files begin with their numbers."""
    names = (path.name for path in files("scanlane.migrations").joinpath("versions").iterdir())
    return max(name.partition("_")[0] for name in names if name[:1].isdigit())


def _upgrade_alone(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    # The lock lasts until the commit, so this works behind a pooler, where a session's lock would stay behind.
    connection.execute(text("set local lock_timeout = '60s'"))
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
    config = Config()
    config.set_main_option("script_location", str(files("scanlane.migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
