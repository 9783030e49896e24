"""A durable job: the core's columns, and who asked, about which domain."""

from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, Integer, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from scanlane.models.base import Base, Created
from worklane.postgres.columns import (
    JOB_STORAGE,
    ClaimBatchColumns,
    JobColumns,
    StatusClaimColumns,
    WorkerColumns,
    job_indexes,
)
from worklane.postgres.ordered_columns import fair_index, limit_index
from worklane.postgres.periodic_statements import PeriodicSlotColumns
from worklane.postgres.retention import finished_indexes


class Job(JobColumns, Base):
    """One scan, from the request that asked for it to its result; or a task of the house, which is about no domain."""

    __tablename__ = "jobs"
    __table_args__ = (
        *job_indexes("jobs"),
        fair_index("jobs"),
        limit_index("jobs"),
        *finished_indexes("jobs"),
        Index("ix_jobs_tenant_created", "tenant", "created_at", "id"),
        Index("ix_jobs_tenant_failed", "tenant", "finished_at", postgresql_where=text("status = 'failed'")),
        JOB_STORAGE,
    )

    domain_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("domains.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[str] = mapped_column(Text, server_default="")
    pages_scanned: Mapped[int] = mapped_column(Integer, server_default="0")
    contacts_found: Mapped[int] = mapped_column(Integer, server_default="0")
    own_hosts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")


class WorkerRow(WorkerColumns, Base):
    """One living worker process."""

    __tablename__ = "workers"


class ClaimBatch(ClaimBatchColumns, Base):
    """The jobs that one claim took."""

    __tablename__ = "claim_batches"


class StatusClaim(StatusClaimColumns, Base):
    """One claim on a row of any table whose status column is a queue."""

    __tablename__ = "status_claims"
    __table_args__ = (
        Index("ix_status_claims_worker_id", "worker_id"),
        Index("ix_status_claims_suspects", "queue", postgresql_where=text("worker_id is null and crashes >= 2")),
    )


class PeriodicSlot(PeriodicSlotColumns, Base):
    """One time at which a periodic task was due."""

    __tablename__ = "periodic_slots"


class IdempotencyKey(Created, Base):
    """A key that a client chose for a request, and the job that answered it."""

    __tablename__ = "idempotency_keys"

    tenant: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Text)
    job_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
