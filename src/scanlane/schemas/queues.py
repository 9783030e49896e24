"""Queues, as the API shows them and is asked about them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from scanlane.schemas.lists import Words


class Pause(BaseModel):
    """A pause that lasts."""

    model_config = ConfigDict(from_attributes=True)

    reason: str
    since: datetime = Field(validation_alias="paused_at")
    until: datetime | None = Field(description="null: until somebody resumes the queue")


class QueueDetails(BaseModel):
    """One queue, and how the caller's rows stand in it. Each count ends at `counted_up_to`."""

    name: str
    table: str
    column: str
    waiting: int
    running: int
    failed: int
    counted_up_to: int
    oldest_waiting_seconds: float | None = Field(description="how long ago the oldest waiting row came to be")
    on: bool = Field(description="whether this server polls it")
    every_seconds: float | None = Field(description="how often; null: workers fetch by themselves")
    batch: int | None = Field(description="so many rows at once")
    paused: Pause | None


class Queues(BaseModel):
    """All queues, in the order in which a business becomes contacts."""

    items: list[QueueDetails]


class PauseQueue(BaseModel):
    """Why, and for how long."""

    model_config = ConfigDict(extra="forbid")

    reason: Words | None = None
    seconds: float | None = Field(default=None, ge=1, le=366 * 86_400, description="null: until it is resumed")


class QueuePaused(BaseModel):
    """Whether a queue is paused now."""

    name: str
    paused: Pause | None


class RequeueFailed(BaseModel):
    """How many at most."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=1000, ge=1, le=10_000)


class FailedRequeued(BaseModel):
    """How many failed rows wait again."""

    name: str
    requeued: int
    more: bool = Field(description="true: there may be more; ask again")
