"""A website that a tenant is interested in."""

from uuid import UUID

from sqlalchemy import UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from scanlane.models.base import Base, Created


class Domain(Created, Base):
    """One website of one tenant. `name` is its host without "www.", with the port if it is unusual."""

    __tablename__ = "domains"
    __table_args__ = (UniqueConstraint("tenant", "name"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    tenant: Mapped[str]
    name: Mapped[str]
    start_url: Mapped[str]
