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

    def etag(self) -> str:
        """The same for the same details."""
        return f'"{hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:32]}"'
