"""What people asked for: suppressions, opt-outs, objections; sources that stay; and what the DNS says about mail."""

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("worklane_now()")
AN_ID = sa.text("gen_random_uuid()")
PEPPER = 32


def upgrade() -> None:
    _create_requests(
        "suppressions", sa.Column("kind", sa.Text(), nullable=False), unique="digest", type_=sa.LargeBinary()
    )
    _create_requests("opt_outs", unique="name", type_=sa.Text())
    secret = op.create_table(
        "installation_secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation_secrets")),
    )
    op.bulk_insert(secret, [{"name": "suppressions", "value": secrets.token_bytes(PEPPER)}])
    op.create_table(
        "mail_domains",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("hosts", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("checked_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_mail_domains")),
    )
    op.create_index(op.f("ix_mail_domains_expires_at"), "mail_domains", ["expires_at"])
    _create_sources()
    op.create_index("ix_contacts_last_seen", "contacts", ["last_seen_at"])
    op.add_column("domains", sa.Column("objection", sa.Text(), nullable=True))
    op.add_column("domains", sa.Column("objection_url", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("domains", "objection_url")
    op.drop_column("domains", "objection")
    op.drop_index("ix_contacts_last_seen")
    for table in ("contact_sources", "mail_domains", "installation_secrets", "opt_outs", "suppressions"):
        op.drop_table(table)


def _create_requests(table: str, *columns: sa.Column[str], unique: str, type_: Any) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), server_default=AN_ID, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        *columns,
        sa.Column(unique, type_, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(unique, "tenant", name=op.f(f"uq_{table}_{unique}_tenant")),
    )
    op.create_index(f"ix_{table}_tenant", table, ["tenant", "created_at", "id"])


def _create_sources() -> None:
    op.create_table(
        "contact_sources",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("first_seen_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("last_seen_at", MOMENT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_contact_sources_contact_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", "url", "method", name=op.f("pk_contact_sources")),
    )
