"""Exports of contacts: page by page from the database, piece by piece to whoever reads, however slowly."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.domain.table_formats import Cell, Csv, FileFormat, JsonLines, TableFormat
from scanlane.domain.xlsx import Xlsx
from scanlane.errors import BadInput
from scanlane.services.shown_contacts import shown
from scanlane.stores.contact_lists import ContactFilter, ContactView, list_contacts
from scanlane.stores.keyset import Listed

A_PAGE = 500
COLUMNS = (
    "domain",
    "kind",
    "value",
    "type",
    "relation",
    "score",
    "network",
    "found_on",
    "website",
    "obfuscated",
    "first_seen_at",
    "last_seen_at",
    "id",
    "domain_id",
    "sources",
    "objects_to_harvesting",
    "verification",
)
USUAL_COLUMNS = (*COLUMNS[:8], "objects_to_harvesting")

# A page of contacts after a cursor; the first one after None.
ReadPage = Callable[[str | None], Awaitable[Listed[ContactView]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How an export looks. `mark`: a CSV file begins with a byte-order mark, by which Excel knows UTF-8."""

    format: FileFormat
    columns: Sequence[str] = USUAL_COLUMNS
    mark: bool = False


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
    disposable: frozenset[str] = frozenset(),
) -> ReadPage:
    """How to read this tenant's contacts page by page, each in a session of its own; suppressed ones are left out."""

    async def read_page(cursor: str | None) -> Listed[ContactView]:
        async with sessions() as session:
            page = await list_contacts(session, wanted, tenant=tenant, limit=A_PAGE, cursor=cursor)
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


def _format(wanted: Wanted) -> TableFormat:
    match wanted.format:
        case FileFormat.CSV:
            return Csv(wanted.columns, mark=wanted.mark)
        case FileFormat.JSONL:
            return JsonLines(wanted.columns)
        case FileFormat.XLSX:
            return Xlsx(wanted.columns, title="Contacts")


def _row(view: ContactView, columns: Sequence[str]) -> list[Cell]:
    values = (_cell(view, name) for name in columns)
    return [value if isinstance(value, Cell) else str(value) for value in values]


def _cell(view: ContactView, name: str) -> object:
    if name == "sources":
        return " ".join(dict.fromkeys(str(source["url"]) for source in view.sources or ()))
    if name == "verification":
        return None if view.verification is None else str(view.verification.status)
    return getattr(view, name)
