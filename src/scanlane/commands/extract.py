"""`scanlane extract`: the contacts of a page or document that is a file here; no network, no database."""

import json
import mimetypes
import sys
from io import BufferedReader
from pathlib import Path
from typing import cast

from scanlane.clients.pdf_process import DocumentUnread, PdfProcess
from scanlane.commands.contact_table import table_of
from scanlane.commands.terminal import out, read_interruptibly
from scanlane.domain import pages, pdf_text
from scanlane.domain.assessment import Contact, assess
from scanlane.domain.contacts import ContactKind
from scanlane.domain.pages import Reading
from scanlane.domain.sites import parse_site
from scanlane.errors import BadInput
from scanlane.services.scan_results import documents
from worklane.outcome import JsonValue

STANDARD_INPUT = "-"
LARGEST_FILE = 20 * 1024 * 1024


async def extract(file: str, *, url: str, as_json: bool) -> None:
    """Print the contacts of the page in that file as a scan would judge them, had it been found at that URL."""
    site = parse_site(url)
    body = _read(file)
    page = url if "://" in url else site.start_url
    reading = await _reading(file, body, page)
    found = reading.findings
    seen = [(page, sighting) for sighting in (*found.emails, *found.phones, *found.socials)]
    contacts = assess(seen, [site.name, *reading.declared_hosts])
    if as_json:
        print(json.dumps(_document(page, reading, contacts), ensure_ascii=False))  # noqa: T201 - the output itself
    elif contacts:
        out.print(table_of(contacts, website=page, title=f"{page}: {len(contacts)} contacts"))
    else:
        out.print(f"{page}: no contacts", markup=False)


async def _reading(file: str, body: bytes, page: str) -> Reading:
    if not pdf_text.is_pdf(body):
        return pages.read(body, page, mimetypes.guess_type(file)[0])
    try:
        text = await PdfProcess().text_of(body)
    except DocumentUnread as error:
        raise BadInput(f"{file}: {error.message}", field="file") from None
    return pages.read(text, page, "application/pdf")


def _read(file: str) -> bytes:
    try:
        if file == STANDARD_INPUT:
            body = b"".join(read_interruptibly(cast(BufferedReader, sys.stdin.buffer), LARGEST_FILE))
        else:
            with Path(file).open("rb") as opened:
                body = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}", field="file") from None
    if len(body) > LARGEST_FILE:
        raise BadInput(f"{file} is larger than {LARGEST_FILE} bytes; no page is", field="file")
    return body


def _document(page: str, reading: Reading, contacts: tuple[Contact, ...]) -> JsonValue:
    return {
        "url": page,
        "title": reading.title,
        "emails": documents(contacts, ContactKind.EMAIL),
        "phones": documents(contacts, ContactKind.PHONE),
        "socials": documents(contacts, ContactKind.SOCIAL),
    }
