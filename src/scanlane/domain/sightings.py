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
    HCARD = "hcard"
    TEL = "tel"
    LINK = "link"
    TEXT = "text"
    AT_WORDS = "at_words"
    ATTRIBUTE = "attribute"
    SCRIPT = "script"
    PDF = "pdf"
    RENDERED = "rendered"
    COMMENT = "comment"


class NamedBy(StrEnum):
    """What ties a name to an address or number, most reliable first."""

    JSON_LD = "json_ld"
    MICRODATA = "microdata"
    RDFA = "rdfa"
    HCARD = "hcard"
    VCARD = "vcard"
    HEADER = "header"
    LINK = "link"
    CARD = "card"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who an address or number belongs to, as far as the page ties them: a person, an organisation, or both.

    `name` is without `title` ("Dr."); `email` and `phone` are values of sightings of the same page.
    """

    named_by: NamedBy
    name: str | None = None
    title: str | None = None
    position: str | None = None
    organisation: str | None = None
    email: str | None = None
    phone: str | None = None
    context: str = ""


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
    holder: Holder | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that one page gave away, each (value, method) once, in the order of the page.

    `holders` are those of the e-mails and phones; a sighting names its own too.
    """

    emails: tuple[Sighting, ...] = ()
    phones: tuple[Sighting, ...] = ()
    socials: tuple[Sighting, ...] = ()
    holders: tuple[Holder, ...] = ()

    @property
    def people(self) -> tuple[Holder, ...]:
        """The holders that are people."""
        return tuple(holder for holder in self.holders if holder.name)

    @property
    def organisations(self) -> tuple[str, ...]:
        """The names of organisations to which an address or number belongs, each once."""
        return tuple(dict.fromkeys(holder.organisation for holder in self.holders if holder.organisation))


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
