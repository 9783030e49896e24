"""Names of contacts: whose an address or number is, how that is known, and why it scores as it does."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

HOLDER = ("name", "title", "position", "organisation", "named_by")
LISTS = ("methods", "reasons")


def upgrade() -> None:
    for table in ("contacts", "sightings"):
        for column in HOLDER:
            op.add_column(table, sa.Column(column, sa.Text(), nullable=True))
    for column in LISTS:
        op.add_column("contacts", sa.Column(column, sa.ARRAY(sa.Text()), server_default="{}", nullable=False))


def downgrade() -> None:
    for column in LISTS:
        op.drop_column("contacts", column)
    for table in ("contacts", "sightings"):
        for column in HOLDER:
            op.drop_column(table, column)
