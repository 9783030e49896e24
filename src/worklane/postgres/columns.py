"""The columns that a jobs table and a workers table need: mixins for the owner's own models.

    class Job(JobColumns, Base):
        __tablename__ = "jobs"
        __table_args__ = (*job_indexes("jobs"), JOB_STORAGE)

All times are the database's: `worklane_now()`, made by FUNCTIONS in the owner's first migration. Tests may replace
that one function to turn the clock.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, DateTime, Float, Index, Integer, SmallInteger, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from worklane.lifecycle import SUSPECT_AFTER

CLOCK_DDL = """
create function worklane_now() returns timestamptz
language sql stable parallel safe
return statement_timestamp()
"""

# Ids that grow with time keep the index of the primary key small and warm. PostgreSQL makes such ids from 18 on.
ID_DDL = """
do $$ begin
    if to_regprocedure('pg_catalog.uuidv7()') is not null then
        create function worklane_id() returns uuid language sql volatile parallel safe return uuidv7();
    else
        create function worklane_id() returns uuid language sql volatile parallel safe return gen_random_uuid();
    end if;
end $$
"""

SEQUENCE_DDL = "create sequence worklane_token as bigint"

FUNCTIONS = (CLOCK_DDL, ID_DDL, SEQUENCE_DDL)

# A claimed row is written twice more. Where its page has room for that, each write costs a third less WAL. Dead
# versions are cleared away early: a claim would have to step over them.
JOB_STORAGE = {
    "postgresql_with": {
        "fillfactor": 50,
        "autovacuum_vacuum_scale_factor": 0.02,
        "autovacuum_vacuum_insert_scale_factor": 0.1,
        "autovacuum_analyze_scale_factor": 0.05,
    }
}

database_now = func.worklane_now
moment = DateTime(timezone=True)


class JobColumns:
    """A row of the job lane. `subject` is what the job is about: one active job per tenant, type and subject.

    A job without a subject stands for itself, and there may be any number of its like. `limit_key` names what must not
    be overrun, where the queue has limits. What changes during a job's life stands together, so that little is logged.
    """

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=func.worklane_id())
    type: Mapped[str] = mapped_column(Text)
    tenant: Mapped[str] = mapped_column(Text, server_default="")
    subject: Mapped[str | None] = mapped_column(Text)
    limit_key: Mapped[str | None] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    max_attempts: Mapped[int] = mapped_column(SmallInteger, server_default="5")
    created_at: Mapped[datetime] = mapped_column(moment, server_default=database_now())
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    run_at: Mapped[datetime] = mapped_column(moment, server_default=database_now())
    claim_token: Mapped[int] = mapped_column(BigInteger, server_default="0")
    progress: Mapped[float] = mapped_column(Float, server_default="0")
    attempt: Mapped[int] = mapped_column(Integer, server_default="0")
    crashes: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    status: Mapped[str] = mapped_column(Text, server_default="pending")
    worker_id: Mapped[UUID | None] = mapped_column(Uuid)
    started_at: Mapped[datetime | None] = mapped_column(moment)
    finished_at: Mapped[datetime | None] = mapped_column(moment)
    error: Mapped[str | None] = mapped_column(Text)
    attempt_log: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    result_data: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))


class ClaimBatchColumns:
    """The jobs that one claim took: where a worker's jobs are found without an index on the jobs table.

    A row goes once none of its jobs is in the worker's hands any more. Whoever sets a job to `running` by hand, without
    such a row, makes a job that nobody rescues.
    """

    worker_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    row_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))


class StatusClaimColumns:
    """One claim on one row of a status queue: a narrow table beside the owner's, so that the owner's needs no column.

    The row stays while attempts are counted, and goes when the owner's row is settled. `worker_id` is null while the
    owner's row waits for its next attempt, not before `run_after`; while it is held, its lease ends then.
    """

    queue: Mapped[str] = mapped_column(Text, primary_key=True)
    row_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    token: Mapped[int] = mapped_column(BigInteger)
    worker_id: Mapped[UUID | None] = mapped_column(Uuid)
    attempt: Mapped[int] = mapped_column(Integer, server_default="1")
    crashes: Mapped[int] = mapped_column(Integer, server_default="0")
    run_after: Mapped[datetime | None] = mapped_column(moment)


class WorkerColumns:
    """One row per living worker process; `beat_at` is its last sign of life."""

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(moment, server_default=database_now())
    beat_at: Mapped[datetime] = mapped_column(moment, server_default=database_now())


def job_indexes(table: str) -> tuple[Index, ...]:
    """The partial indexes of the job lane: none ever sees a finished row, and that of suspects is all but empty."""
    waits = f"status = 'pending' and crashes < {SUSPECT_AFTER}"
    order = (text("(-priority)"), "run_at", "id")
    return (
        Index(
            f"uq_{table}_active",
            "tenant",
            "type",
            "subject",
            unique=True,
            postgresql_where=text("status in ('pending', 'running') and subject is not null"),
        ),
        Index(f"ix_{table}_due", *order, postgresql_where=text(waits)),
        Index(f"ix_{table}_suspect", *order, postgresql_where=text(waits.replace("<", ">="))),
    )
