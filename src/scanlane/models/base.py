"""The base of all models: constraint names, column types, and when a row came to be."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import DateTime, Index, MetaData, Text, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of the application."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map: ClassVar = {str: Text, datetime: DateTime(timezone=True)}


class Created:
    """When a row came to be, by the database's clock."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.worklane_now())


def waiting_index(table: str, status: str, *, word: str = "Queued") -> Index:
    """What a status queue of the application claims through: tenants take turns, the oldest row first."""
    where = text(f"{status} = '{word}'")
    return Index(f"ix_{table}_{status}_waiting", "tenant", "created_at", "id", postgresql_where=where)


def failed_index(table: str, status: str, *, word: str = "Error") -> Index:
    """What has failed in a status queue, by tenant: for its count, and for trying it again, oldest first."""
    where = text(f"{status} = '{word}'")
    return Index(f"ix_{table}_{status}_failed", "tenant", "created_at", "id", postgresql_where=where)
