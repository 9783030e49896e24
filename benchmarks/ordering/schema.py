"""The tables of an ordered job lane: jobs, workers, rates, and a ledger of starts that only a trigger writes."""

import asyncpg
from sqlalchemy import Index, Table, text
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.orm import DeclarativeBase, Mapped
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from worklane.postgres.columns import CLOCK_DDL, SEQUENCE_DDL, JobColumns, WorkerColumns, job_indexes
from worklane.postgres.ordered_columns import RateColumns, fair_index, limit_index


class Base(DeclarativeBase):
    """The tables of an ordered job lane."""


class OrderedJob(JobColumns, Base):
    """A job with a key that limits count by."""

    __tablename__ = "jobs"

    limit_key: Mapped[str | None]


class OrderedWorker(WorkerColumns, Base):
    """A worker."""

    __tablename__ = "workers"


class JobRate(RateColumns, Base):
    """How far ahead a key has used up its rate."""

    __tablename__ = "job_rates"


JOBS: Table = Base.metadata.tables["jobs"]
WORKERS: Table = Base.metadata.tables["workers"]
RATES: Table = Base.metadata.tables["job_rates"]

DUE_INDEX = Index(
    "ix_jobs_due", text("(-priority)"), "run_at", "id", postgresql_where=text("status = 'pending' and crashes < 2")
)
INDEXES = (
    *(index for index in job_indexes("jobs") if index.name != DUE_INDEX.name),
    DUE_INDEX,
    fair_index("jobs"),
    limit_index("jobs"),
)
for _index in INDEXES:
    _index._set_parent(JOBS)

# The lock makes the ledger's order the order of the commits. `at` is the rows' own clock, which tests turn.
LEDGER_DDL = """
create table starts (
    seq bigint generated always as identity, at timestamptz not null, job_id uuid not null,
    type text not null, limit_key text, change integer not null);

create function note_start() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(1);
    insert into starts (at, job_id, type, limit_key, change)
    values (coalesce(new.finished_at, new.started_at), new.id, new.type, new.limit_key,
        case when new.status = 'running' then 1 else -1 end);
    return null;
end $$;

create function refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger is append-only';
end $$;

create trigger note after update of status on jobs for each row
when (old.status <> new.status and 'running' in (old.status, new.status))
execute function note_start();
create trigger guard before update or delete on starts execute function refuse();
"""


async def make_schema(connection: "asyncpg.Connection[asyncpg.Record]", *, has_ledger: bool = True) -> None:
    """Make the tables, indexes, functions and triggers in an empty database."""
    ledger = (LEDGER_DDL,) if has_ledger else ()
    for statement in (CLOCK_DDL, SEQUENCE_DDL, *_tables(), *ledger):
        await connection.execute(statement)


def _tables() -> list[str]:
    made: list[ExecutableDDLElement] = [
        *(CreateTable(table) for table in (JOBS, WORKERS, RATES)),
        *(CreateIndex(index) for index in INDEXES),
    ]
    postgres = dialect()  # type: ignore[no-untyped-call]
    return [str(one.compile(dialect=postgres)) for one in made]
