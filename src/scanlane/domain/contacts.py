"""The contacts of one page: every way of writing them, tried on one parsed document."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from urllib.parse import urljoin

from scanlane.domain import charset, email_sightings, html, phones, regions, socials, structured_data
from scanlane.domain.flow import Flow, flow
from scanlane.domain.html import Document
from scanlane.domain.mail_hosts import host_of
from scanlane.domain.sightings import ContactKind, Findings, Method, Sighting, distinct
from scanlane.domain.structured_data import Facts

__all__ = ["ContactKind", "Findings", "Method", "Page", "Sighting", "extract", "find", "open_page"]

MOST_SEEN = 4_000

_MARKUP = frozenset(("text/html", "text/xml", "text/xhtml"))
_OTHER_FORMATS = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"\x1f\x8b",
    b"wOF",
    b"\x7fELF",
)


@dataclass(frozen=True)
class Page:
    """A parsed page under its URL, and what it says about itself; each part is worked out once."""

    url: str
    document: Document

    @cached_property
    def shown(self) -> Flow:
        return flow(self.document.shown)

    @cached_property
    def unseen(self) -> Flow:
        return flow(self.document.unseen)

    @cached_property
    def json_ld(self) -> Facts:
        return structured_data.json_ld(self.document)

    @cached_property
    def microdata(self) -> Facts:
        return structured_data.microdata(self.document)

    @cached_property
    def declared_hosts(self) -> frozenset[str]:
        urls = structured_data.declared_urls(self.document, self.json_ld)
        return frozenset(filter(None, map(host_of, urls)))

    @cached_property
    def emails(self) -> tuple[Sighting, ...]:
        return distinct(islice(_emails(self), MOST_SEEN))

    @cached_property
    def region(self) -> str | None:
        countries = self.json_ld.countries + self.microdata.countries
        written_to = [sighting.value.rpartition("@")[2] for sighting in self.emails[:20]]
        hosts = [host_of(self.url), *sorted(self.declared_hosts), *written_to]
        return regions.region_of(hosts, self.document.language, countries)


def extract(body: bytes | str, url: str, content_type: str | None = None) -> Findings:
    """Find the contacts of a page. Accepts anything; a page that cannot be read has none."""
    return find(open_page(body, url, content_type))


def open_page(body: bytes | str, url: str, content_type: str | None = None) -> Page:
    """Decode and parse a body, once for links and contacts alike."""
    kind = (content_type or "").lower()
    if isinstance(body, bytes) and _is_binary(body):
        return Page(url, Document())
    text = body if isinstance(body, str) else charset.decode(body, content_type)
    if "javascript" in kind or "json" in kind.partition(";")[0]:
        return Page(url, html.script(text, kind))
    if kind.startswith("text/") and kind.partition(";")[0].strip() not in _MARKUP:
        return Page(url, html.plain(text))
    return Page(url, html.parse(text))


def _is_binary(body: bytes) -> bool:
    """Whether the body is a document of another kind, whatever its content type says."""
    return body.startswith(_OTHER_FORMATS)


def find(page: Page) -> Findings:
    """Find the contacts of a parsed page."""
    phones_seen, socials_seen = islice(_phones(page), MOST_SEEN), islice(_socials(page), MOST_SEEN)
    return Findings(page.emails, distinct(phones_seen), distinct(socials_seen))


def _emails(page: Page) -> Iterator[Sighting]:
    yield from email_sightings.in_links(page.document)
    yield from email_sightings.in_facts(page.json_ld, Method.JSON_LD)
    yield from email_sightings.in_facts(page.microdata, Method.MICRODATA)
    yield from email_sightings.in_text(page.shown, hidden=False)
    yield from email_sightings.in_text(page.unseen, hidden=True)
    yield from email_sightings.in_elements(page.document)
    yield from email_sightings.in_scripts(page.document, host_of(page.url))
    yield from email_sightings.in_comments(page.document)


def _phones(page: Page) -> Iterator[Sighting]:
    for link in page.document.links:
        href = link.attributes["href"]
        number = phones.dialled(href, page.region) if ":" in href and phones.is_phone_link(href) else None
        if number:
            yield Sighting(ContactKind.PHONE, number, Method.TEL, link.text[:160], hidden=link.hidden)
    for facts, method in ((page.json_ld, Method.JSON_LD), (page.microdata, Method.MICRODATA)):
        for written in facts.phones:
            number = phones.dialled(written, page.region)
            if number:
                yield Sighting(ContactKind.PHONE, number, method, written[:160])
    for phone in phones.in_text(page.shown, page.region):
        yield Sighting(ContactKind.PHONE, phone.value, Method.TEXT, phone.context)


def _socials(page: Page) -> Iterator[Sighting]:
    for link in page.document.links:
        href = link.attributes["href"]
        profile = socials.profile(_absolute(page.url, href)) if "//" in href else None
        if profile:
            context = link.text[:160]
            yield Sighting(
                ContactKind.SOCIAL, profile.url, Method.LINK, context, hidden=link.hidden, network=profile.network
            )
    for profile in socials.profiles(page.json_ld.profiles):
        yield Sighting(ContactKind.SOCIAL, profile.url, Method.JSON_LD, network=profile.network)


def _absolute(base: str, href: str) -> str:
    if not href.startswith("//"):
        return href
    return urljoin(base, href) if len(href) < socials.LONGEST_URL else ""
