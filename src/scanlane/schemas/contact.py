"""Contacts as the API shows and exports them."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from scanlane.schemas.lists import Paging, Strict, Words
from scanlane.schemas.texts import printable

ColumnList = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(printable)]


class ContactFilters(Strict):
    """Which contacts; all that is given must hold."""

    domain_id: UUID | None = None
    kind: Literal["email", "phone", "social"] | None = None
    type: Words | None = Field(default=None, description="role, personal, no-reply, phone, fax, profile, ...")
    relation: Literal["own", "sibling", "webmail", "third-party"] | None = None
    min_score: int | None = Field(default=None, ge=0, le=100)
    q: Words | None = Field(default=None, description="stands anywhere in the value")
    has_name: bool | None = Field(default=None, description="whether the name of a person is known")


Obfuscated = Literal["include", "role-only", "exclude"]


class ContactsQuery(ContactFilters, Paging):
    """A page of contacts."""

    obfuscated: Obfuscated | None = Field(default=None, description="as in an export; null: all are listed, flagged")


class ExportQuery(ContactFilters):
    """An export of all contacts that the filters find."""

    format: Literal["csv", "jsonl", "xlsx"] = "csv"
    columns: ColumnList | None = Field(default=None, description="comma-separated; their order is the file's")
    obfuscated: Obfuscated | None = Field(
        default=None,
        description="addresses that their page hides from harvesters: include; role-only leaves those of people out; "
        "exclude leaves all out; null: as the operator's settings say",
    )
    bom: bool = Field(default=False, description="begin a CSV file with the mark by which Excel knows UTF-8")


class ContactSource(BaseModel):
    """A page that shows a contact, or showed it when it was last seen there. Names as in Hunter's API."""

    model_config = ConfigDict(from_attributes=True)

    uri: str = Field(validation_alias="url")
    methods: list[str] = Field(description="how it is written there: mailto, text, cloudflare, ...")
    extracted_on: datetime = Field(description="when it was first seen there")
    last_seen_on: datetime
    still_on_page: bool = Field(description="false: a later visit did not see it there any more")


class ContactVerification(BaseModel):
    """What the DNS and lists say of the address's domain. Whether the mailbox exists is never asked."""

    model_config = ConfigDict(from_attributes=True)

    status: str = Field(description="domain_valid, webmail, disposable, invalid or unknown; see docs/verification.md")
    mx: list[str] = Field(default_factory=list)
    checked_on: datetime | None = Field(default=None, description="null: nobody has asked yet")


class ContactItem(BaseModel):
    """A contact with its website, and whose it is, as far as the website says."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    domain_id: UUID
    domain: str
    website: str
    kind: str
    value: str
    type: str
    relation: str
    score: int = Field(ge=0, le=100)
    name: str | None = Field(description="of a person")
    title: str | None = Field(description="the person's: Dr., Prof., ...")
    position: str | None
    organisation: str | None
    methods: list[str] = Field(description="how it is written on the pages: mailto, text, cloudflare, ...")
    reasons: list[str] = Field(description="why it scores so, and why it has that name")
    network: str | None
    obfuscated: bool
    found_on: str | None = Field(description="a page that shows it")
    first_seen_at: datetime
    last_seen_at: datetime
    sources: list[ContactSource] = Field(description="all pages that it was seen on, the latest first")
    objects_to_harvesting: bool = Field(description="the site says that its addresses are not to be harvested")
    verification: ContactVerification | None = Field(description="of e-mail addresses")

    @model_validator(mode="after")
    def _unknown_until_asked(self) -> Self:
        if self.kind == "email" and self.verification is None:
            self.verification = ContactVerification(status="unknown")
        return self
