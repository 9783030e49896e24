"""Pages as the API shows them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from scanlane.schemas.lists import Paging
from scanlane.schemas.texts import printable

UrlStart = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(printable)]


class PagesQuery(Paging):
    """A page of pages: of one domain the most promising first, else the newest first."""

    domain_id: UUID | None = None
    q: UrlStart | None = Field(default=None, description="how the URL begins")


class PageItem(BaseModel):
    """A URL that a sitemap lists."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    domain_id: UUID
    sitemap_file_id: UUID | None
    url: str
    worth: int = Field(description="how promising it is for contacts; higher is better")
    lastmod: str | None
    modified_at: datetime | None
    changefreq: str | None
    priority: float | None
    extras: dict[str, Any] | None
    created_at: datetime
