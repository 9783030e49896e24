"""What all lists have in common: how a page is asked for, and what it looks like."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.functional_validators import AfterValidator

from scanlane.schemas.texts import printable

T = TypeVar("T")

# The words of the queues of the pipeline. none: nobody asked for it.
QueueStatus = Literal["Queued", "Processing", "Completed", "Error", "none"]

Words = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(printable)]


class Strict(BaseModel):
    """Parameters of a request; one that is not known is an error, for a mistyped filter would find too much."""

    model_config = ConfigDict(extra="forbid")


class Paging(Strict):
    """Which page of a list."""

    limit: int = Field(default=50, ge=1, le=500, description="so many items at most")
    cursor: Words | None = Field(default=None, description="the next_cursor of the page before")


class PageOf(BaseModel, Generic[T]):
    """One page of a list."""

    model_config = ConfigDict(from_attributes=True)

    items: list[T]
    next_cursor: str | None = Field(description="leads to the next page; null: this is the last")
