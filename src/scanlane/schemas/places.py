"""Searches for places and staged places, as the API shows them and is asked for them."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scanlane.schemas.listing import QueueStatus, ShortText
from scanlane.schemas.lists import Paging, Strict

MOST_PLACES = 500
MOST_IDS = 1000


class SearchPlaces(BaseModel):
    """What to look for, and where."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"query": "bakery", "area": "Harbour Town", "deep_scan": True}]}
    )

    query: ShortText = Field(description="what to look for, such as bakery")
    area: ShortText | None = Field(default=None, description="where: a place's name, as the provider understands it")
    provider: Literal["file", "google", "osm"] | None = Field(default=None, description="null: the installation's own")
    most: int = Field(default=60, ge=1, le=MOST_PLACES, description="so many places at most")
    deep_scan: bool = Field(default=False, description="queue what is found for its deep scan")


class PlaceSearchDetails(BaseModel):
    """One search."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    provider: str
    query: str
    area: str | None
    most: int
    deep_scan: bool
    status: str | None = Field(description="Queued, Processing, Completed or Error")
    error: str | None
    found: int = Field(description="how many places it has found so far")
    created_at: datetime


class StagedPlace(BaseModel):
    """One place, as it was found."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    ref: str = Field(description="the provider's name and its id of the place: osm:node/1")
    name: str
    address: str | None
    category: str | None
    search_id: UUID | None
    deep_scan_status: str | None = Field(description="Queued, Processing, Completed, Error; null: not asked for")
    deep_scan_error: str | None
    fetched_at: datetime | None
    expires_at: datetime | None = Field(description="when what the provider said of it will be deleted")
    created_at: datetime


class PlaceDetails(StagedPlace):
    """One place with everything that its provider said, and the business that was made of it."""

    raw: dict[str, Any]
    business_id: UUID | None = None


class SearchesQuery(Paging):
    """A page of searches."""

    status: QueueStatus | None = None


class PlacesFilter(Strict):
    """Which places are meant. Without any word: all of them."""

    deep_scan_status: QueueStatus | None = Field(default=None, description="none: not asked for yet")
    search_id: UUID | None = None
    q: ShortText | None = Field(default=None, description="in the name, ref, address or category")


class PlacesQuery(PlacesFilter, Paging):
    """A page of places."""


class QueueDeepScans(BaseModel):
    """Which places to scan deeply: one of the two."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"filter": {"deep_scan_status": "Error"}}]}
    )

    ids: list[UUID] | None = Field(default=None, min_length=1, max_length=MOST_IDS)
    filter: PlacesFilter | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.ids is None) == (self.filter is None):
            raise ValueError("give either ids or filter")
        return self


class DeepScansQueued(BaseModel):
    """How many places were queued."""

    queued: int = Field(description="those that wait or are being scanned are not counted")
    more: bool = Field(description="true: the filter means more places than are queued at once; ask again")
