"""The tables of a run: jobs, workers, the effects of the work, and the ledgers that only triggers write."""

import asyncpg
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.orm import DeclarativeBase, Mapped
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from worklane.postgres.columns import (
    FUNCTIONS,
    JOB_STORAGE,
    ClaimBatchColumns,
    JobColumns,
    WorkerColumns,
    job_indexes,
)


class Base(DeclarativeBase):
    """The tables of the fault suite."""


class ChaosJob(JobColumns, Base):
    """A job, with how long it takes, in how many portions, and how it behaves."""

    __tablename__ = "jobs"
    __table_args__ = (*job_indexes("jobs"), JOB_STORAGE)

    seconds: Mapped[float]
    portions: Mapped[int]
    is_poison: Mapped[bool]
    is_stubborn: Mapped[bool]


class ChaosWorker(WorkerColumns, Base):
    """A worker process; its name is also the application_name of all its connections."""

    __tablename__ = "workers"


class ChaosBatch(ClaimBatchColumns, Base):
    """What one claim took."""

    __tablename__ = "claim_batches"


JOBS: Table = Base.metadata.tables["jobs"]
WORKERS: Table = Base.metadata.tables["workers"]
BATCHES: Table = Base.metadata.tables["claim_batches"]

# Times in the ledgers are the server's own, whatever clock the rows were written by.
LEDGER_DDL = """
create table effects (
    seq bigint generated always as identity, at timestamptz not null default statement_timestamp(),
    by text not null default current_setting('application_name'), kind text not null, job_id uuid not null,
    portion integer, token bigint not null, row_token bigint);

create table job_ledger (
    seq bigint generated always as identity, at timestamptz not null default statement_timestamp(),
    by text not null default current_setting('application_name'), job_id uuid not null,
    old_status text, new_status text, old_token bigint, new_token bigint, old_worker uuid, new_worker uuid,
    is_rescue boolean not null);

create table worker_ledger (
    seq bigint generated always as identity, at timestamptz not null default statement_timestamp(),
    by text not null default current_setting('application_name'), worker_id uuid not null, name text not null,
    kind text not null);

create function note_effect() returns trigger language plpgsql as $$
begin
    new.row_token := (select claim_token from jobs where id = new.job_id);
    return new;
end $$;

create function note_job() returns trigger language plpgsql as $$
begin
    insert into job_ledger (job_id, old_status, new_status, old_token, new_token, old_worker, new_worker, is_rescue)
    values (coalesce(new.id, old.id), old.status, new.status, old.claim_token, new.claim_token, old.worker_id,
        new.worker_id, coalesce(new.crashes > old.crashes, false));
    if new.type = 'chaos_plain' and new.result_data is distinct from old.result_data then
        insert into effects (kind, job_id, token) values ('save', new.id, (new.result_data->>'token')::bigint);
    end if;
    return null;
end $$;

create function note_worker() returns trigger language plpgsql as $$
begin
    insert into worker_ledger (worker_id, name, kind)
    values (coalesce(new.id, old.id), coalesce(new.name, old.name), tg_op);
    return null;
end $$;

create function refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger is append-only';
end $$;

create trigger note before insert on effects for each row execute function note_effect();
create trigger note after insert or update or delete on jobs for each row execute function note_job();
create trigger note after insert or update or delete on workers for each row execute function note_worker();
create trigger guard before update or delete on effects execute function refuse();
create trigger guard before update or delete on job_ledger execute function refuse();
create trigger guard before update or delete on worker_ledger execute function refuse();
create index on effects (job_id) where kind = 'keep';
"""


async def make_schema(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Make the tables, functions and triggers in an empty database."""
    for statement in (*FUNCTIONS, *_tables(), LEDGER_DDL):
        await connection.execute(statement)


def _tables() -> list[str]:
    indexes = [CreateIndex(index) for index in JOBS.indexes]
    made: list[ExecutableDDLElement] = [CreateTable(JOBS), CreateTable(WORKERS), CreateTable(BATCHES), *indexes]
    postgres = dialect()  # type: ignore[no-untyped-call]
    return [str(one.compile(dialect=postgres)) for one in made]
