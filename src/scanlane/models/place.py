"""Places on the map: searches for them, the places that wait for their deep scan, the businesses made of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Double, ForeignKey, Index, Integer, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scanlane.models.base import Base, Created, failed_index, waiting_index


class PlaceSearch(Created, Base):
    """One search for places; its `status` is Queued, Processing, Completed or Error.

    `cursor` is where the provider's next page begins, so that an interrupted search goes on. `deep_scan`: the places
    that it finds are queued for their deep scan at once.
    """

    __tablename__ = "place_searches"
    __table_args__ = (
        waiting_index("place_searches", "status"),
        failed_index("place_searches", "status"),
        Index("ix_place_searches_tenant", "tenant", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    tenant: Mapped[str]
    provider: Mapped[str]
    query: Mapped[str]
    area: Mapped[str | None]
    most: Mapped[int] = mapped_column(Integer, server_default="60")
    deep_scan: Mapped[bool] = mapped_column(Boolean, server_default="false")
    status: Mapped[str | None]
    error: Mapped[str | None]
    cursor: Mapped[str | None]
    found: Mapped[int] = mapped_column(Integer, server_default="0")


class Place(Created, Base):
    """A place as its provider gave it; its `deep_scan_status` is Queued, Processing, Completed, Error, or null.

    `ref` is the provider's name and its id of the place: "google:ChIJ...", "osm:node/1". What a provider does not
    allow to be kept is deleted after `expires_at`; the ref stays.
    """

    __tablename__ = "places_staging"
    __table_args__ = (
        UniqueConstraint("tenant", "ref"),
        waiting_index("places_staging", "deep_scan_status"),
        failed_index("places_staging", "deep_scan_status"),
        Index("ix_places_staging_tenant", "tenant", "created_at", "id"),
        Index("ix_places_staging_expires", "expires_at", postgresql_where=text("expires_at is not null")),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    tenant: Mapped[str]
    ref: Mapped[str]
    name: Mapped[str]
    address: Mapped[str | None]
    category: Mapped[str | None]
    search_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("place_searches.id", ondelete="SET NULL"), index=True
    )
    raw: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    deep_scan_status: Mapped[str | None]
    deep_scan_error: Mapped[str | None]
    fetched_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]


class LocalBusiness(Created, Base):
    """A business, read from a place's details; its `domain_extraction_status` is Queued, Processing, ... or null."""

    __tablename__ = "local_businesses"
    __table_args__ = (
        UniqueConstraint("tenant", "place_id"),
        waiting_index("local_businesses", "domain_extraction_status"),
        failed_index("local_businesses", "domain_extraction_status"),
        Index("ix_local_businesses_tenant", "tenant", "created_at", "id"),
        Index("ix_local_businesses_expires", "expires_at", postgresql_where=text("expires_at is not null")),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    tenant: Mapped[str]
    place_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("places_staging.id", ondelete="CASCADE"), index=True)
    domain_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("domains.id", ondelete="SET NULL"), index=True)
    name: Mapped[str]
    address: Mapped[str | None]
    street: Mapped[str | None]
    postcode: Mapped[str | None]
    city: Mapped[str | None]
    region: Mapped[str | None]
    country: Mapped[str | None]
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    phone: Mapped[str | None]
    phones: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    website: Mapped[str | None]
    category: Mapped[str | None]
    opening_hours: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    rating: Mapped[float | None] = mapped_column(Double)
    rating_count: Mapped[int | None] = mapped_column(Integer)
    raw: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    domain_extraction_status: Mapped[str | None]
    domain_extraction_error: Mapped[str | None]
    fetched_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
