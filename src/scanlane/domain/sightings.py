"""The values that reading a page yields: what kind of contact was seen, how it was written, and where on the page."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

LONGEST_CONTEXT = 160


class ContactKind(StrEnum):
    """The ways to reach somebody that a scan looks for."""

    EMAIL = "email"
    PHONE = "phone"
    SOCIAL = "social"


class Method(StrEnum):
    """How a contact was written on the page; the score of a contact starts from it."""

    MAILTO = "mailto"
    JSON_LD = "json_ld"
    MICRODATA = "microdata"
    VCARD = "vcard"
    CLOUDFLARE = "cloudflare"
    TEL = "tel"
    LINK = "link"
    TEXT = "text"
    AT_WORDS = "at_words"
    ATTRIBUTE = "attribute"
    SCRIPT = "script"
    PDF = "pdf"
    RENDERED = "rendered"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One contact seen once on one page. `context` is one line of the text around it."""

    kind: ContactKind
    value: str
    method: Method
    context: str = ""
    obfuscated: bool = False
    hidden: bool = False
    network: str | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that one page gave away, each (value, method) once, in the order of the page."""

    emails: tuple[Sighting, ...] = ()
    phones: tuple[Sighting, ...] = ()
    socials: tuple[Sighting, ...] = ()


def one_line(text: str) -> str:
    """Squeeze a piece of text into one line of at most 160 characters."""
    return " ".join(text[: LONGEST_CONTEXT * 4].replace("\x00", " ").split())[:LONGEST_CONTEXT].strip()


def distinct(sightings: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """Keep each (value, method) once; a visible sighting replaces a hidden one."""
    kept: dict[tuple[str, Method], Sighting] = {}
    for sighting in sightings:
        key = (sighting.value.casefold(), sighting.method)
        known = kept.get(key)
        if known is None:
            kept[key] = sighting
        elif known.hidden and not sighting.hidden:
            kept[key] = replace(sighting, value=known.value)
    return tuple(kept.values())
