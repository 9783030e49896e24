"""The tables of a run: wide rows of an owner, workers, and the claims beside them."""

from uuid import UUID

import asyncpg
from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.schema import CreateTable

from worklane.postgres.columns import CLOCK_DDL, SEQUENCE_DDL, StatusClaimColumns, WorkerColumns
from worklane.postgres.status_column import StatusColumn

WORKER = UUID(int=7)
QUEUE = "entities"
GROUPS = 50


class Base(DeclarativeBase):
    """The tables of the core."""


class Claims(StatusClaimColumns, Base):
    """Who holds which row."""

    __tablename__ = "status_claims"


class Workers(WorkerColumns, Base):
    """Who lives."""

    __tablename__ = "workers"


CLAIMS, WORKERS = Base.metadata.tables["status_claims"], Base.metadata.tables["workers"]
ENTITIES = Table(
    "entities",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("body", Text, nullable=False),
    Column("status", Text),
    Column("error", Text),
)
MORE_COLUMNS = """
alter table entities add claim_token bigint not null default 0, add worker_id uuid, add attempt integer not null
default 0, add crashes integer not null default 0, add run_after timestamptz
"""
FILL = """
insert into entities (id, tenant, created_at, body, status)
select gen_random_uuid(), 'tenant ' || lpad((n % $2)::text, 4, '0'), now() + n * interval '1 millisecond',
       (select string_agg(md5(n::text || part), '') from generate_series(1, 16) part), 'Queued'
from generate_series(1, $1::integer) n
"""


def plain() -> StatusColumn:
    """The queue, oldest first."""
    return StatusColumn(queue=QUEUE, table=ENTITIES, status="status", error="error", order_by=("created_at",))


def fair() -> StatusColumn:
    """The queue, in turns."""
    return StatusColumn(
        queue=QUEUE, table=ENTITIES, status="status", error="error", order_by=("created_at",), group="tenant"
    )


async def make_tables(connection: "asyncpg.Connection[asyncpg.Record]", *, rows: int, index: str, more: bool) -> None:
    """Make everything anew, in a state as after a quiet night: vacuumed, analyzed, checkpointed."""
    await connection.execute("drop schema public cascade; create schema public")
    tables = [str(CreateTable(table).compile(dialect=dialect())) for table in (ENTITIES, CLAIMS, WORKERS)]  # type: ignore[no-untyped-call]
    for statement in (CLOCK_DDL, SEQUENCE_DDL, *tables, *([MORE_COLUMNS] if more else [])):
        await connection.execute(statement)
    await connection.execute("create index ix_status_claims_worker_id on status_claims (worker_id)")
    await connection.execute(FILL, rows, GROUPS)
    await connection.execute(f"create index ix_waiting on entities ({index}) where status = 'Queued'")
    if more:
        await connection.execute("create index ix_held on entities (worker_id) where status = 'Processing'")
    await connection.execute("insert into workers (id, name) values ($1, 'benchmark')", WORKER)
    await connection.execute("vacuum analyze")
    await connection.execute("checkpoint")
