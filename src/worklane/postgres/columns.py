"""The columns that a jobs table and a workers table need: mixins for the owner's own models.

    class Job(JobColumns, Base):
        __tablename__ = "jobs"
        __table_args__ = (*job_indexes("jobs"),)

All times are the database's: `worklane_now()`, created by CLOCK_DDL in the owner's first migration. Tests may replace
that one function to turn the clock.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Float, Index, Integer, SmallInteger, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

CLOCK_DDL = """
create function worklane_now() returns timestamptz
language sql stable parallel safe
return statement_timestamp()
"""

SEQUENCE_DDL = "create sequence worklane_token as bigint"

database_now = func.worklane_now
moment = DateTime(timezone=True)


class JobColumns:
    """A row of the job lane. `subject` is what the job is about: one active job per tenant, type and subject."""

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    type: Mapped[str] = mapped_column(Text)
    tenant: Mapped[str] = mapped_column(Text, server_default="")
    subject: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default="pending")
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    run_at: Mapped[datetime] = mapped_column(moment, server_default=database_now())
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    attempt: Mapped[int] = mapped_column(Integer, server_default="0")
    max_attempts: Mapped[int] = mapped_column(Integer, server_default="5")
    crashes: Mapped[int] = mapped_column(Integer, server_default="0")
    claim_token: Mapped[int] = mapped_column(BigInteger, server_default="0")
    worker_id: Mapped[UUID | None] = mapped_column(Uuid)
    progress: Mapped[float] = mapped_column(Float, server_default="0")
    result_data: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(moment, server_default=database_now())
    started_at: Mapped[datetime | None] = mapped_column(moment)
    finished_at: Mapped[datetime | None] = mapped_column(moment)


class StatusClaimColumns:
    """One claim on one row of a status queue: a narrow table beside the owner's, so that the owner's needs no column.

    The row stays while attempts are counted, and goes when the owner's row is settled. `worker_id` is null while the
    owner's row waits for its next attempt, not before `run_after`.
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
    """The three partial indexes of the job lane. None of them ever sees a finished row."""
    active = text("status in ('pending', 'running')")
    return (
        Index(f"uq_{table}_active", "tenant", "type", "subject", unique=True, postgresql_where=active),
        Index(
            f"ix_{table}_due",
            text("priority desc"),
            "run_at",
            "id",
            postgresql_where=text("status = 'pending'"),
        ),
        Index(f"ix_{table}_held", "worker_id", postgresql_where=text("status = 'running'")),
    )
