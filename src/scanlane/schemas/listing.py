"""A page of a list, and the filters that lists share."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from scanlane.schemas.texts import printable

T = TypeVar("T")

QueueStatus = Literal["Queued", "Processing", "Completed", "Error", "none"]
ShortText = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(printable)
]


class Listing(BaseModel, Generic[T]):
    """One page of a list, newest first."""

    items: list[T]
    next_cursor: str | None = Field(description="give it as `cursor` to get the next page; null: this is the last")
