"""The pages of a scan as the API shows them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from scanlane.schemas.lists import Strict, Words
from scanlane.schemas.texts import printable

# A cursor of this list holds a URL.
LongCursor = Annotated[str, StringConstraints(min_length=1, max_length=12_000), AfterValidator(printable)]


class ScanPagesQuery(Strict):
    """A page of the URLs of one scan, in the order of their spelling."""

    limit: int = Field(default=50, ge=1, le=500, description="so many items at most")
    cursor: LongCursor | None = Field(default=None, description="the next_cursor of the page before")
    code: Words | None = Field(default=None, description="only those that gave no page for this reason: blocked, ...")
    state: Literal["queued", "fetched", "failed", "skipped"] | None = None


class ScanPageItem(BaseModel):
    """A URL that a scan knows. `waiting`: it was not asked for; `part`: it is a file that belongs to a page."""

    model_config = ConfigDict(from_attributes=True)

    url: str
    state: str = Field(description="queued, fetched, failed or skipped")
    code: str | None = Field(description="why there is no page, as a word; null: there is one")
    http_status: int | None
    title: str | None
    error: str | None = Field(description="why there is no page, as a sentence")
    fetched_at: datetime | None
