"""Pages for tests: any markup, on a site that declares harbour-bakery.example as its own."""

from scanlane.domain import pages
from scanlane.domain.assessment import SHOWN_FROM, Contact, assess
from scanlane.domain.pages import Reading
from scanlane.domain.sightings import ContactKind

HOST = "harbour-bakery.example"
URL = f"https://www.{HOST}/contact"


def page(markup: str) -> bytes:
    """A whole page around the markup."""
    head = f'<title>Bakery</title><link rel="canonical" href="{URL}">'
    return f"<!doctype html><html lang=en><head>{head}</head><body>{markup}</body></html>".encode()


def reading(markup: str) -> Reading:
    """The page, read."""
    return pages.read(page(markup), URL, "text/html; charset=utf-8")


def contacts(markup: str) -> tuple[Contact, ...]:
    """The contacts of a site that has this one page."""
    read = reading(markup)
    seen = [*read.findings.emails, *read.findings.phones, *read.findings.socials]
    return assess([(URL, sighting) for sighting in seen], read.declared_hosts)


def shown(markup: str) -> set[str]:
    """The e-mail addresses of the page that are good enough to be shown."""
    return {
        contact.value
        for contact in contacts(markup)
        if contact.kind is ContactKind.EMAIL and contact.score >= SHOWN_FROM
    }
