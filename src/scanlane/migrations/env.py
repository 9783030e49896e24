"""How Alembic reaches the database: over the connection that it is handed."""

from alembic import context

import scanlane.models
from scanlane.models.base import Base

assert scanlane.models  # imported for its tables

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
