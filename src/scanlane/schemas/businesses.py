"""Businesses, as the API shows them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from scanlane.schemas.listing import QueueStatus, ShortText
from scanlane.schemas.lists import Paging


class BusinessesQuery(Paging):
    """A page of businesses. City and category are compared whole, whatever their case."""

    domain_extraction_status: QueueStatus | None = None
    has_website: bool | None = None
    city: ShortText | None = None
    category: ShortText | None = None
    q: ShortText | None = Field(default=None, description="in the name, address or website")


class Business(BaseModel):
    """One business, as its place's details describe it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    place_id: UUID
    domain_id: UUID | None = Field(description="the domain of its website, once that was extracted")
    name: str
    address: str | None
    street: str | None
    postcode: str | None
    city: str | None
    region: str | None
    country: str | None
    latitude: float | None
    longitude: float | None
    phone: str | None
    phones: list[Any]
    website: str | None
    category: str | None
    opening_hours: list[Any]
    rating: float | None
    rating_count: int | None
    domain_extraction_status: str | None = Field(description="Queued, Processing, Completed, Error; null: not asked")
    domain_extraction_error: str | None
    fetched_at: datetime | None
    expires_at: datetime | None
    created_at: datetime


class BusinessDetails(Business):
    """One business with everything that its provider said."""

    raw: dict[str, Any]
