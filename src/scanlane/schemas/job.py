"""A job as the API shows it."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class JobDetails(BaseModel):
    """Everything about one job."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    type: str
    status: str = Field(description="pending, running, complete, failed or cancelled")
    progress: float = Field(ge=0, le=1)
    pages_scanned: int
    contacts_found: int
    result_data: Any | None = Field(description="the e-mail addresses, once the scan is complete")
    error: str | None
    attempt: int
    max_attempts: int
    domain_id: UUID
    domain: str
    website: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Whether anything may still happen to it."""
        return self.finished_at is None

    def etag(self) -> str:
        """The same for the same details. The result is left out: it comes with the end, and never changes after."""
        said = self.model_dump_json(exclude={"result_data"})
        return f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'

    def is_named_by(self, if_none_match: str) -> bool:
        """Whether that header names these details (RFC 9110, section 13.1.2: a list, compared weakly)."""
        named = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
        return "*" in named or self.etag() in named
