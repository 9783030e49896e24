"""Suppressions and opt-outs, as the API takes and shows them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from scanlane.schemas.lists import Strict
from scanlane.schemas.texts import PlainText, printable

Reason = Annotated[str, StringConstraints(max_length=500), AfterValidator(printable)]
Value = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class Suppress(Strict):
    """Who is not to be kept here."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"values": ["info@example.com", "@example.org"]}]})

    values: list[Value] = Field(
        min_length=1, max_length=1000, description="e-mail addresses, @ and a domain, +numbers, URLs of profiles"
    )
    reason: Reason = Field(default="", description="kept in plain words; may not hold what is suppressed")
    everywhere: bool = Field(default=False, description="for all tenants of this installation")


class SuppressedNow(BaseModel):
    """What a request to suppress did."""

    model_config = ConfigDict(from_attributes=True)

    added: int = Field(description="how many were not suppressed before")
    purged: int = Field(description="how many stored contacts were deleted")


class Suppression(BaseModel):
    """One suppression; what is suppressed is not shown, for it is not known."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str = Field(description="email, domain, phone or profile")
    digest: str
    everywhere: bool
    reason: str
    created_by: str
    created_at: datetime


class TakeOut(Strict):
    """A website whose owner objects to being visited."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"domain": "example.com", "reason": "owner wrote"}]})

    domain: PlainText = Field(description="its domain or any URL of it; subdomains are meant, too")
    reason: Reason = ""
    everywhere: bool = Field(default=True, description="for all tenants of this installation")


class TakenOutNow(BaseModel):
    """What a request to opt out did."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    is_new: bool
    purged: int = Field(description="how many stored contacts were deleted")


class OptOut(BaseModel):
    """One domain that is never visited."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    everywhere: bool
    reason: str
    created_by: str
    created_at: datetime
