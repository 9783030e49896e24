"""Hosts that everybody leaves alone for a while, and a word for why a URL gave no page."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scan_pages", sa.Column("code", sa.Text(), nullable=True))
    op.create_table(
        "host_pauses",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host_pauses")),
    )


def downgrade() -> None:
    op.drop_table("host_pauses")
    op.drop_column("scan_pages", "code")
