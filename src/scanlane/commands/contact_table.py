"""Contacts as a table in the terminal."""

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from scanlane.commands.terminal import out
from scanlane.domain.assessment import SHOWN_FROM, Contact
from scanlane.domain.contacts import ContactKind
from scanlane.domain.sightings import Holder


def table_of(contacts: Sequence[Contact], *, website: str, title: str, caption: str | None = None) -> Table:
    """The contacts of one site: e-mails first, then phones, then profiles; best first."""
    table = Table(title=escape(title), title_justify="left", caption=caption, caption_justify="left")
    table.add_column("Contact", overflow="fold", ratio=3)
    names = any(contact.holder for contact in contacts)
    if names:
        table.add_column("Name", overflow="fold", ratio=2)
    table.add_column("Type", no_wrap=True)
    table.add_column("Score", justify="right", no_wrap=True)
    table.add_column("Found on", overflow="fold", ratio=2)
    for contact in sorted(contacts, key=lambda contact: (tuple(ContactKind).index(contact.kind), -contact.score)):
        pages = _short(contact.sources[0].url, website) if contact.sources else ""
        more = f" (+{len(contact.sources) - 1})" if len(contact.sources) > 1 else ""
        style = None if contact.score >= SHOWN_FROM else "dim"
        kind = f"{contact.kind}, {contact.type}" if contact.kind == ContactKind.EMAIL else contact.kind
        name = [escape(_name(contact.holder))] if names else []
        table.add_row(escape(contact.value), *name, kind, str(contact.score), escape(pages + more), style=style)
    return table


def _name(holder: Holder | None) -> str:
    """Ada Example, Head Baker; the organisation, where no person is known."""
    if holder is None:
        return ""
    person = " ".join(filter(None, (holder.title, holder.name))) if holder.name else holder.organisation
    return ", ".join(filter(None, (person, holder.position)))


def _short(url: str, website: str) -> str:
    """The path, for a page of the site itself; there is little room."""
    home = website.rstrip("/")
    return url.removeprefix(home) or "/" if out.is_terminal and url.startswith(home + "/") else url
