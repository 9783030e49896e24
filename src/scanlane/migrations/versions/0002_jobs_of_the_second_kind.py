"""Jobs of the second kind: without a subject if they like, with limits, a log of attempts, and suspects set apart."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from worklane.postgres.columns import ID_DDL

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FINISHED = ("cancelled", "complete", "failed")
STORAGE = """
alter table jobs set (
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1,
    autovacuum_analyze_scale_factor = 0.05)
"""
PLAIN_STORAGE = """
alter table jobs reset (
    fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor)
"""
NARROWER = "alter table jobs alter crashes type smallint, alter max_attempts type smallint, alter subject drop not null"
# Jobs that are running at this moment are found again should their workers die.
HELD_NOW = """
insert into claim_batches (worker_id, number, row_ids)
select worker_id, 0, array_agg(id) from jobs where status = 'running' and worker_id is not null group by worker_id
"""
WIDER = "alter table jobs alter crashes type integer, alter max_attempts type integer, alter subject set not null"


def upgrade() -> None:
    op.execute(ID_DDL)
    _create_claim_batches()
    _drop_indexes()
    op.drop_index("ix_jobs_held")
    op.execute(NARROWER)
    op.add_column("jobs", sa.Column("limit_key", sa.Text(), nullable=True))
    op.add_column(
        "jobs",
        sa.Column("attempt_log", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    )
    op.alter_column("jobs", "id", server_default=sa.text("worklane_id()"))
    op.alter_column("jobs", "domain_id", nullable=True)
    op.alter_column("jobs", "user_id", server_default="")
    op.execute(STORAGE)
    _create_periodic_slots()
    for status in FINISHED:
        where = sa.text(f"status = '{status}'")
        op.create_index(f"ix_jobs_{status}", "jobs", ["finished_at"], postgresql_where=where)
    suspects = sa.text("worker_id is null and crashes >= 2")
    op.create_index("ix_status_claims_suspects", "status_claims", ["queue"], postgresql_where=suspects)
    op.create_index(op.f("ix_idempotency_keys_job_id"), "idempotency_keys", ["job_id"])
    waits = "status = 'pending' and crashes {} 2"
    order: list[Any] = [sa.literal_column("(-priority)"), "run_at", "id"]
    op.create_index("ix_jobs_due", "jobs", order, postgresql_where=sa.text(waits.format("<")))
    op.create_index("ix_jobs_suspect", "jobs", order, postgresql_where=sa.text(waits.format(">=")))
    op.create_index("ix_jobs_fair", "jobs", ["tenant", *order], postgresql_where=sa.text(waits.format("<")))
    limited = sa.text("status = 'running' and limit_key is not null")
    op.create_index("ix_jobs_limited", "jobs", ["type", "limit_key"], postgresql_where=limited)
    op.create_index(
        "uq_jobs_active",
        "jobs",
        ["tenant", "type", "subject"],
        unique=True,
        postgresql_where=sa.text("status in ('pending', 'running') and subject is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_idempotency_keys_job_id")
    op.drop_index("ix_status_claims_suspects")
    for status in FINISHED:
        op.drop_index(f"ix_jobs_{status}")
    op.drop_table("periodic_slots")
    op.execute("delete from jobs where domain_id is null")
    op.alter_column("jobs", "user_id", server_default=None)
    op.alter_column("jobs", "domain_id", nullable=False)
    op.drop_index("ix_jobs_limited")
    op.drop_index("ix_jobs_fair")
    op.drop_index("ix_jobs_suspect")
    _drop_indexes()
    op.drop_table("claim_batches")
    op.create_index("ix_jobs_held", "jobs", ["worker_id"], postgresql_where=sa.text("status = 'running'"))
    op.execute(PLAIN_STORAGE)
    op.alter_column("jobs", "id", server_default=sa.text("gen_random_uuid()"))
    op.drop_column("jobs", "attempt_log")
    op.drop_column("jobs", "limit_key")
    op.execute("delete from jobs where subject is null")
    op.execute(WIDER)
    op.create_index(
        "ix_jobs_due",
        "jobs",
        [sa.literal_column("priority desc"), "run_at", "id"],
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "uq_jobs_active",
        "jobs",
        ["tenant", "type", "subject"],
        unique=True,
        postgresql_where=sa.text("status in ('pending', 'running')"),
    )
    op.execute("drop function worklane_id()")


def _create_periodic_slots() -> None:
    op.create_table(
        "periodic_slots",
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("joined", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("missed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("worklane_now()"), nullable=False),
        sa.PrimaryKeyConstraint("task", "slot", name=op.f("pk_periodic_slots")),
    )


def _create_claim_batches() -> None:
    op.create_table(
        "claim_batches",
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("row_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", "number", name=op.f("pk_claim_batches")),
    )
    op.execute(HELD_NOW)


def _drop_indexes() -> None:
    op.drop_index("ix_jobs_due")
    op.drop_index("uq_jobs_active")
