"""A place on the map that waits for its deep scan, and the business that the scan makes of it."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scanlane.models.base import Base, Created


class Place(Created, Base):
    """A place as its provider gave it; its `deep_scan_status` is Queued, Processing, Completed, Error, or null."""

    __tablename__ = "places_staging"
    __table_args__ = (
        UniqueConstraint("tenant", "ref"),
        Index("ix_places_staging_queued", "created_at", "id", postgresql_where=text("deep_scan_status = 'Queued'")),
        Index("ix_places_staging_tenant", "tenant", "id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    tenant: Mapped[str]
    ref: Mapped[str]
    name: Mapped[str]
    raw: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    deep_scan_status: Mapped[str | None]
    deep_scan_error: Mapped[str | None]


class LocalBusiness(Created, Base):
    """A business, read from a place's details."""

    __tablename__ = "local_businesses"
    __table_args__ = (UniqueConstraint("tenant", "place_id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    tenant: Mapped[str]
    place_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("places_staging.id", ondelete="CASCADE"))
    name: Mapped[str]
    address: Mapped[str | None]
    phone: Mapped[str | None]
    website: Mapped[str | None]
    category: Mapped[str | None]
