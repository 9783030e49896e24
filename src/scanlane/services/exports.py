"""Exports of contacts: page by page from the database, piece by piece to whoever reads, however slowly."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.domain.mail_verdicts import Verification
from scanlane.domain.table_formats import Cell, Csv, FileFormat, JsonLines, TableFormat
from scanlane.domain.xlsx import Xlsx
from scanlane.errors import BadInput
from scanlane.services.shown_contacts import shown
from scanlane.stores.contact_lists import ContactFilter, ContactView, list_contacts
from scanlane.stores.keyset import Listed
from scanlane.stores.presences import Presence

A_PAGE = 500
COLUMNS = (
    "domain",
    "kind",
    "value",
    "name",
    "position",
    "organisation",
    "type",
    "relation",
    "score",
    "network",
    "found_on",
    "website",
    "title",
    "methods",
    "reasons",
    "sources",
    "obfuscated",
    "first_seen_at",
    "last_seen_at",
    "id",
    "domain_id",
    "objects_to_harvesting",
    "verification",
)
USUAL_COLUMNS = (*COLUMNS[:11], "methods", "obfuscated", "objects_to_harvesting")

# A page of contacts after a cursor; the first one after None.
ReadPage = Callable[[str | None], Awaitable[Listed[ContactView]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How an export looks. `mark`: a CSV file begins with a byte-order mark, by which Excel knows UTF-8."""

    format: FileFormat
    columns: Sequence[str] = USUAL_COLUMNS
    mark: bool = False

    @property
    def with_sources(self) -> bool:
        """Whether the pages of each contact have to be read too."""
        return "sources" in self.columns


def read_columns(text: str | None) -> Sequence[str]:
    """The columns of a comma-separated list; the usual ones when there is none. Raises BadInput."""
    if text is None:
        return USUAL_COLUMNS
    columns = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown or not columns:
        what = f"there is no column {unknown[0][:60]!r}" if unknown else "no column is named"
        raise BadInput(f"{what}; there are {', '.join(COLUMNS)}", field="columns")
    return columns


def pages_of(
    sessions: async_sessionmaker[AsyncSession],
    wanted: ContactFilter,
    *,
    tenant: str,
    with_sources: bool = False,
    disposable: frozenset[str] = frozenset(),
) -> ReadPage:
    """How to read this tenant's contacts page by page, each in a session of its own; suppressed ones are left out."""

    async def read_page(cursor: str | None) -> Listed[ContactView]:
        async with sessions() as session:
            page = await list_contacts(
                session, wanted, tenant=tenant, limit=A_PAGE, cursor=cursor, with_sources=with_sources
            )
            return await shown(session, page, wanted, tenant=tenant, disposable=disposable)

    return read_page


async def export(read_page: ReadPage, wanted: Wanted) -> AsyncIterator[bytes]:
    """The pieces of the file. The first page is read before the first piece is made, and no page before its turn."""
    made = _format(wanted)
    page = await read_page(None)
    yield made.begin()
    while True:
        piece = made.rows([_row(view, wanted.columns) for view in page.items])
        if piece:
            yield piece
        if page.next_cursor is None:
            break
        page = await read_page(page.next_cursor)
    yield made.end()


async def begun(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces, the first of them made already: what goes wrong before it is told before anything is sent."""
    first = await anext(pieces)
    return _sent(first, pieces)


async def _sent(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async with aclosing(rest) as pieces:  # type: ignore[type-var]
        if first:
            yield first
        async for piece in pieces:
            if piece:
                yield piece


def _format(wanted: Wanted) -> TableFormat:
    match wanted.format:
        case FileFormat.CSV:
            return Csv(wanted.columns, mark=wanted.mark)
        case FileFormat.JSONL:
            return JsonLines(wanted.columns)
        case FileFormat.XLSX:
            return Xlsx(wanted.columns, title="Contacts")


def _row(view: ContactView, columns: Sequence[str]) -> list[Cell]:
    return [_cell(getattr(view, name)) for name in columns]


def _cell(value: object) -> Cell:
    """A list is one cell: a line for each page, and what else is listed after each other."""
    if isinstance(value, Verification):
        return str(value.status)
    if isinstance(value, list | tuple):
        return "\n".join(map(_said, value)) if value and isinstance(value[0], Presence) else "; ".join(map(str, value))
    return value if isinstance(value, Cell) else str(value)


def _said(presence: Presence) -> str:
    gone = "" if presence.still_on_page else ", no longer there"
    return f"{presence.url} ({', '.join(presence.methods)}; seen {presence.last_seen_on:%Y-%m-%d}{gone})"
