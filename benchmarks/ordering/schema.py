"""The tables of an ordered job lane: jobs, workers, batches, rates, and a ledger that only a trigger writes."""

import asyncpg
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from worklane.postgres.columns import FUNCTIONS, ClaimBatchColumns, JobColumns, WorkerColumns, job_indexes
from worklane.postgres.ordered_columns import RateColumns, fair_index, limit_index


class Base(DeclarativeBase):
    """The tables of an ordered job lane."""


class OrderedJob(JobColumns, Base):
    """A job."""

    __tablename__ = "jobs"
    __table_args__ = (*job_indexes("jobs"), fair_index("jobs"), limit_index("jobs"))


class OrderedWorker(WorkerColumns, Base):
    """A worker."""

    __tablename__ = "workers"


class OrderedBatch(ClaimBatchColumns, Base):
    """The jobs that one claim took."""

    __tablename__ = "claim_batches"


class JobRate(RateColumns, Base):
    """How far ahead a key has used up its rate."""

    __tablename__ = "job_rates"


JOBS: Table = Base.metadata.tables["jobs"]
WORKERS: Table = Base.metadata.tables["workers"]
BATCHES: Table = Base.metadata.tables["claim_batches"]
RATES: Table = Base.metadata.tables["job_rates"]

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
    for statement in (*FUNCTIONS, *_tables(), *ledger):
        await connection.execute(statement)


def _tables() -> list[str]:
    made: list[ExecutableDDLElement] = [
        *(CreateTable(table) for table in (JOBS, WORKERS, BATCHES, RATES)),
        *(CreateIndex(index) for index in JOBS.indexes),
    ]
    postgres = dialect()  # type: ignore[no-untyped-call]
    return [str(one.compile(dialect=postgres)) for one in made]
