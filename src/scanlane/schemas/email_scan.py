"""What a client says to start a scan, and what it hears."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scanlane.schemas.texts import PlainText


class ScanWebsite(BaseModel):
    """Which website to scan: one of the two."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"website": "example.com"}, {"website": "https://example.com/"}]},
    )

    domain_id: UUID | None = Field(default=None, description="a domain that you own here")
    website: PlainText | None = Field(default=None, description="a host name or an http(s) URL")
    verify: bool | None = Field(default=None, description="look mail domains up; null: as the settings say")
    max_pages: int | None = Field(default=None, ge=1, le=10_000, description="fetch at most this many pages")
    thorough: bool | None = Field(
        default=None, description="go on to the last page, however long nothing new was found"
    )
    render: bool | None = Field(
        default=None, description="show pages that need it in a browser, where the worker has one; default: its setting"
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.domain_id is None) == (self.website is None):
            raise ValueError("give either domain_id or website")
        return self


class ScanAccepted(BaseModel):
    """The job that now stands for the request."""

    job_id: UUID
    status: str
    existing: bool = Field(description="true: the job was there already")
    status_url: str
