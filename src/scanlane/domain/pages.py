"""The reading of one fetched page: what it is called, whose it is, where it leads, and the contacts it gives away."""

from dataclasses import dataclass
from urllib.parse import urljoin

from scanlane.domain import contacts
from scanlane.domain.html import Document, RawLink
from scanlane.domain.objections import find_objection, may_state_one
from scanlane.domain.sightings import Findings
from scanlane.domain.structured_data import is_canonical

__all__ = ["RawLink", "Reading", "read"]

MOST_LINKS = 5_000


@dataclass(frozen=True, slots=True)
class Reading:
    """One page, read. `links` are as written; resolve them against `base`."""

    title: str
    canonical: str | None
    base: str
    links: tuple[RawLink, ...]
    findings: Findings
    declared_hosts: frozenset[str]
    objection: str | None = None


def read(body: bytes | str, url: str, content_type: str | None = None) -> Reading:
    """Read a page, parsing it once. Accepts anything; what cannot be read is an empty reading.

    The bytes of a PDF are such; its text with the type of a PDF is read.
    """
    page = contacts.open_page(body, url, content_type)
    return Reading(
        title=page.document.title,
        canonical=_canonical(page.document),
        base=_base(page.document, url),
        links=tuple(_links(page.document)),
        findings=contacts.find(page),
        declared_hosts=page.declared_hosts,
        objection=find_objection(page.shown.text) if may_state_one(url, page.document.title) else None,
    )


def _links(document: Document) -> list[RawLink]:
    made = RawLink._make
    return [
        made((link.attributes["href"], link.text, link.attributes.get("rel", ""), link.hidden))
        for link in document.links[:MOST_LINKS]
    ]


def _canonical(document: Document) -> str | None:
    found = (element.attributes.get("href", "").strip() for element in document.elements if is_canonical(element))
    return next(filter(None, found), None)


def _base(document: Document, url: str) -> str:
    for element in document.elements:
        if element.tag == "base" and element.attributes.get("href"):
            return _joined(url, element.attributes["href"].strip())
    return url


def _joined(url: str, reference: str) -> str:
    try:
        return urljoin(url, reference)
    except ValueError:
        return url
