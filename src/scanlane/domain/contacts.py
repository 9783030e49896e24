"""The contacts of one page: every way of writing them, tried on one parsed document."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from urllib.parse import urljoin

from scanlane.domain import (
    charset,
    email_sightings,
    hcard,
    html,
    pdf_text,
    people,
    phones,
    regions,
    socials,
    structured_data,
    vcard,
)
from scanlane.domain.flow import Flow, flow
from scanlane.domain.html import Document
from scanlane.domain.mail_hosts import host_of
from scanlane.domain.sightings import ContactKind, Findings, Holder, Method, Sighting, distinct
from scanlane.domain.structured_data import Facts
from scanlane.domain.tree import Tree, grown
from scanlane.domain.vcard import Card

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
    """A parsed page under its URL, and what it says about itself; each part is worked out once.

    `markup` is what the document was parsed from; empty for what is no HTML.
    `method`: how all of it is written, if the file is no page. `file_cards`: the vCards that the file consists of.
    """

    url: str
    document: Document
    markup: str = ""
    method: Method | None = None
    file_cards: tuple[Card, ...] = ()

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
    def cards(self) -> tuple[Card, ...]:
        hrefs = [href for link in self.document.links if (href := link.attributes["href"])[:1] in "dD"]
        return self.file_cards + vcard.linked_cards([href for href in hrefs if href[:5].lower() == "data:"])

    @cached_property
    def vcard(self) -> Facts:
        return vcard.facts(self.cards)

    @cached_property
    def declared_hosts(self) -> frozenset[str]:
        urls = structured_data.declared_urls(self.document, self.json_ld)
        return frozenset(filter(None, map(host_of, urls)))

    @cached_property
    def emails(self) -> tuple[Sighting, ...]:
        return self.told(_emails(self))

    def told(self, sightings: Iterator[Sighting]) -> tuple[Sighting, ...]:
        """Each of the sightings once, by the method of the whole file if there is one."""
        method = self.method
        seen = islice(sightings, MOST_SEEN)
        return distinct(seen if method is None else (replace(one, method=method) for one in seen))

    @cached_property
    def tree(self) -> Tree | None:
        return grown(self.markup)

    @cached_property
    def business_cards(self) -> tuple[hcard.Card, ...]:
        return hcard.cards(self.tree) if hcard.may_hold_cards(self.markup) and self.tree else ()

    @cached_property
    def holders(self) -> tuple[Holder, ...]:
        stated = bool(self.json_ld.emails or self.json_ld.phones)
        hosts = self.declared_hosts | {host_of(self.url)}
        known = people.Known(
            self.document, self.markup, self.emails, stated, hosts, self.business_cards, vcards=self.cards
        )
        return people.holders(known, self.tree if people.is_worth_a_tree(known) else None)

    @cached_property
    def region(self) -> str | None:
        countries = self.json_ld.countries + self.microdata.countries
        written_to = [sighting.value.rpartition("@")[2] for sighting in self.emails[:20]]
        hosts = [host_of(self.url), *sorted(self.declared_hosts), *written_to]
        return regions.region_of(hosts, self.document.language, countries)


def extract(body: bytes | str, url: str, content_type: str | None = None) -> Findings:
    """Find the contacts of a page, script, vCard or PDF. Accepts anything; what cannot be read has none.

    The bytes of a PDF are read right here if the extra `pdf` is installed; those of strangers are better read apart,
    and their text given here with the content type application/pdf. See `scanlane.domain.pdf_text`.
    """
    if isinstance(body, bytes) and pdf_text.is_pdf(body):
        body, content_type = pdf_text.text_of(body), "application/pdf"
    return find(open_page(body, url, content_type))


def open_page(body: bytes | str, url: str, content_type: str | None = None) -> Page:
    """Decode and parse a body, once for links and contacts alike."""
    kind = (content_type or "").lower()
    if vcard.is_vcard(body, kind) and (cards := vcard.cards(body, content_type)):
        return Page(url, Document(), file_cards=cards)
    is_pdf = kind.startswith("application/pdf")
    if isinstance(body, bytes) and (is_pdf or _is_binary(body)):
        return Page(url, Document())
    text = body if isinstance(body, str) else charset.decode(body, content_type)
    if is_pdf:
        return Page(url, html.plain(text, links=True), method=Method.PDF)
    if "javascript" in kind or "json" in kind.partition(";")[0]:
        return Page(url, html.script(text, kind))
    if kind.startswith("text/") and kind.partition(";")[0].strip() not in _MARKUP:
        return Page(url, html.plain(text))
    return Page(url, html.parse(text), text)


def _is_binary(body: bytes) -> bool:
    """Whether the body is a document of another kind, whatever its content type says."""
    return body.startswith(_OTHER_FORMATS)


def find(page: Page) -> Findings:
    """Find the contacts of a parsed page."""
    return _with_holders(page, Findings(page.emails, page.told(_phones(page)), page.told(_socials(page))))


def _with_holders(page: Page, found: Findings) -> Findings:
    """The findings with the holders of those that the page ties to a name; what was not found has none."""
    if not page.holders:
        return found
    seen = {sighting.value.lower() for sighting in (*found.emails, *found.phones)}
    numbered = (_dialled(holder, page.region) for holder in page.holders)
    held = {(one.email or one.phone or "").lower(): one for one in people.most_reliable(numbered)}
    held = {value: holder for value, holder in held.items() if value in seen}
    emails, numbers = (
        tuple(replace(one, holder=held.get(one.value.lower())) for one in some) for some in (found.emails, found.phones)
    )
    return replace(found, emails=emails, phones=numbers, holders=tuple(held.values()))


def _dialled(holder: Holder, region: str | None) -> Holder:
    return replace(holder, phone=phones.dialled(holder.phone, region)) if holder.phone else holder


def _emails(page: Page) -> Iterator[Sighting]:
    yield from email_sightings.in_links(page.document)
    yield from email_sightings.in_facts(page.json_ld, Method.JSON_LD)
    yield from email_sightings.in_facts(page.microdata, Method.MICRODATA)
    for card in page.business_cards:
        yield from (Sighting(ContactKind.EMAIL, value, Method.HCARD, card.context) for value in card.emails)
    yield from email_sightings.in_facts(page.vcard, Method.VCARD)
    yield from email_sightings.in_text(page.shown, hidden=False)
    yield from email_sightings.in_text(page.unseen, hidden=True)
    yield from email_sightings.in_elements(page.document)
    yield from email_sightings.in_scripts(page.document, host_of(page.url))
    yield from email_sightings.in_comments(page.document)


def _phones(page: Page) -> Iterator[Sighting]:
    for link in page.document.links:
        href = link.attributes["href"]
        if ":" not in href or href[:4] == "http":
            continue
        number = phones.dialled(href, page.region) if phones.is_phone_link(href) else None
        if number:
            yield Sighting(ContactKind.PHONE, number, Method.TEL, link.text[:160], hidden=link.hidden)
    for facts, method in (
        (page.json_ld, Method.JSON_LD),
        (page.microdata, Method.MICRODATA),
        (page.vcard, Method.VCARD),
    ):
        for written in facts.phones:
            number = phones.dialled(written, page.region)
            if number:
                yield Sighting(ContactKind.PHONE, number, method, written[:160])
    for card in page.business_cards:
        for number in filter(None, (phones.dialled(written, page.region) for written in card.phones)):
            yield Sighting(ContactKind.PHONE, number, Method.HCARD, card.context)
    for phone in phones.in_text(page.shown, page.region):
        yield Sighting(ContactKind.PHONE, phone.value, Method.TEXT, phone.context)


def _socials(page: Page) -> Iterator[Sighting]:
    for link in page.document.links:
        href = link.attributes["href"]
        if "//" not in href:
            continue
        profile = socials.profile(_absolute(page.url, href))
        if profile:
            context = link.text[:160]
            yield Sighting(
                ContactKind.SOCIAL, profile.url, Method.LINK, context, hidden=link.hidden, network=profile.network
            )
    for facts, method in ((page.json_ld, Method.JSON_LD), (page.vcard, Method.VCARD)):
        for profile in socials.profiles(facts.profiles):
            yield Sighting(ContactKind.SOCIAL, profile.url, method, network=profile.network)


def _absolute(base: str, href: str) -> str:
    if not href.startswith("//"):
        return href
    return urljoin(base, href) if len(href) < socials.LONGEST_URL else ""
