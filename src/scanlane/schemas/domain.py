"""Domains as the API takes and shows them."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, computed_field, model_validator

from scanlane.schemas.lists import Paging, QueueStatus, Strict, Words
from scanlane.schemas.texts import PlainText

Status = Literal["pending", "processing", "completed", "error", "none"]


class Stage(StrEnum):
    """The queues of a domain: its home page is read, its sitemaps are looked for, its contacts are sought."""

    STATUS = "status"
    SITEMAP = "sitemap"
    SCAN = "scan"


class DomainFilters(Strict):
    """Which domains; all that is given must hold. `none`: nobody asked for it."""

    status: Status | None = None
    sitemap_status: QueueStatus | None = None
    scan_status: QueueStatus | None = None
    technology: Words | None = Field(default=None, description="its name, in any case")
    source: Words | None = Field(default=None, description="api, import, scan, ...")
    q: Words | None = Field(default=None, description="how the name begins")


class DomainsQuery(DomainFilters, Paging):
    """A page of domains."""


class DomainItem(BaseModel):
    """A domain in a list. A status of null: nobody asked for it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    start_url: str
    source: str
    wants_scan: bool
    status: str | None
    error: str | None
    sitemap_status: str | None
    sitemap_error: str | None
    scan_status: str | None
    scan_error: str | None
    final_url: str | None
    http_status: int | None
    title: str | None
    description: str | None
    language: str | None
    objection: str | None = Field(description="the sentence by which the site objects to the harvesting of addresses")
    objection_url: str | None
    technologies: list[Any]
    processed_at: datetime | None
    created_at: datetime

    @computed_field  # type: ignore[prop-decorator]
    @property
    def objects_to_harvesting(self) -> bool:
        """Whether the site says that its addresses are not to be harvested."""
        return self.objection is not None


class DomainDetails(DomainItem):
    """A domain with everything known about it."""

    icons: list[Any]
    socials: list[Any]
    feeds: list[Any]
    sitemap_count: int
    page_count: int
    contact_count: int


class AddDomains(Strict):
    """Websites to take in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"domains": ["example.com"], "scan": True}]})

    domains: list[PlainText] = Field(min_length=1, max_length=1000, description="host names or http(s) URLs")
    scan: bool = Field(default=True, description="seek contacts once the home page is read")


class AddedDomain(BaseModel):
    """What became of one of them."""

    website: str
    result: Literal["created", "existing", "error"]
    id: UUID | None = None
    name: str | None = None
    error: str | None = None


class AddedDomains(BaseModel):
    """What became of all, in the order of the request."""

    created: int
    existing: int
    failed: int
    items: list[AddedDomain]


class ColumnMapping(Strict):
    """Columns by header, or by number from 1."""

    website: Words | None = None
    email: Words | None = None


class ImportQuery(Strict):
    """How a CSV file is read."""

    column: Words | None = Field(default=None, description="the websites' column: its header, or its number from 1")
    mapping: Words | None = Field(
        default=None,
        description="the same as JSON, and the e-mail column whose domains stand in for missing websites: "
        '{"website": "Homepage", "email": "E-mail"}',
    )
    dry_run: bool = Field(default=False, description="look and count, write nothing, show the first 10 rows")
    scan: bool = Field(default=True, description="seek contacts once the home page is read")


class ImportedRow(BaseModel):
    """One of the first rows of a dry run."""

    model_config = ConfigDict(from_attributes=True)

    row: int
    cells: list[str]
    website: str | None
    error: str | None


class ImportError(BaseModel):
    """A row that cannot be used; rows are numbered as in a spreadsheet."""

    model_config = ConfigDict(from_attributes=True)

    row: int
    value: str
    message: str


class Imported(BaseModel):
    """What an import did, or would do: every row of data is created, existing, repeated, empty or failed."""

    model_config = ConfigDict(from_attributes=True)

    rows: int
    created: int
    existing: int
    repeated: int
    empty: int
    failed: int
    dry_run: bool
    encoding: str
    delimiter: str
    columns: list[str]
    website_column: int | None
    email_column: int | None
    errors: list[ImportError] = Field(description="the first 1,000")
    preview: list[ImportedRow]


class QueueDomains(Strict):
    """Domains to put back in a queue: by id, or all that a filter finds; one of the two."""

    stage: Stage
    ids: list[UUID] | None = Field(default=None, min_length=1, max_length=1000)
    filter: DomainFilters | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.ids is None) == (self.filter is None):
            raise ValueError("give either ids or filter")
        return self


class QueuedDomains(BaseModel):
    """How many were put back, wait or are worked on already, and are unknown here."""

    model_config = ConfigDict(from_attributes=True)

    queued: int
    busy: int
    unknown: int
