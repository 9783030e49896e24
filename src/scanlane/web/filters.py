"""What the filter forms of the lists say. A field that is left empty says nothing."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scanlane.schemas.lists import QueueStatus, Words


class Said(BaseModel):
    """A form's fields."""

    model_config = ConfigDict(extra="ignore")

    cursor: Words | None = None

    @model_validator(mode="before")
    @classmethod
    def _empty_says_nothing(cls, given: Any) -> Any:
        return {name: value for name, value in dict(given).items() if value not in ("", None)}

    def conditions(self) -> dict[str, object]:
        """The fields that say something, the page's place in the list left out."""
        return self.model_dump(exclude={"cursor"}, exclude_none=True)


class DomainsSaid(Said):
    """Which domains."""

    q: Words | None = None
    status: Literal["pending", "processing", "completed", "error", "none"] | None = None
    sitemap_status: QueueStatus | None = None
    scan_status: QueueStatus | None = None
    technology: Words | None = None
    source: Words | None = None


class ContactsSaid(Said):
    """Which contacts."""

    q: Words | None = None
    kind: Literal["email", "phone", "social"] | None = None
    type: Words | None = None
    relation: Literal["own", "sibling", "webmail", "third-party"] | None = None
    min_score: int | None = Field(default=None, ge=0, le=100)
    has_name: bool | None = None
    obfuscated: Literal["include", "role-only", "exclude"] | None = None
    domain_id: UUID | None = None


class PlacesSaid(Said):
    """Which places."""

    q: Words | None = None
    status: QueueStatus | None = None
    search_id: UUID | None = None
