"""What a place's details say about the business there. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


class UnusableDetails(ValueError):
    """The place has no name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessDetails:
    """A business as its place describes it."""

    name: str
    address: str | None
    phone: str | None
    website: str | None
    category: str | None


def read_details(raw: Mapping[str, object]) -> BusinessDetails:
    """The business, from the raw details {name, address, phone, website, category}. Raises UnusableDetails."""
    name = _text(raw, "name")
    if name is None:
        raise UnusableDetails("the place has no name")
    return BusinessDetails(
        name=name,
        address=_text(raw, "address"),
        phone=_text(raw, "phone"),
        website=_text(raw, "website"),
        category=_text(raw, "category"),
    )


def _text(raw: Mapping[str, object], name: str) -> str | None:
    value = raw.get(name)
    return value.strip() or None if isinstance(value, str) else None
