"""`scanlane import`: the domains of a CSV file."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BufferedReader
from typing import BinaryIO, cast

from rich.markup import escape
from rich.table import Table

from scanlane.clients.address_guard import parse_networks
from scanlane.commands.terminal import err, out, read_interruptibly
from scanlane.domain.website_columns import Columns
from scanlane.errors import BadInput
from scanlane.services.domain_import import Importer, ImportReport, import_table
from scanlane.settings import Settings
from scanlane.wiring import wired

STANDARD_INPUT = "-"
KEPT_IN_MEMORY = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCommand:
    """What the command line says."""

    file: str
    column: str | None = None
    email_column: str | None = None
    dry_run: bool = False
    scan: bool = True
    as_json: bool = False
    tenant: str


async def import_domains(settings: Settings, command: ImportCommand) -> bool:
    """Import the file, say what became of it; answer whether any row could be used."""
    networks = parse_networks(settings.allow_networks)
    importer = Importer(tenant=command.tenant, source="import", scan=command.scan, networks=networks)
    columns = Columns(website=command.column, email=command.email_column)
    with _opened(command.file) as file:
        async with wired(settings) as wiring:
            report = await import_table(wiring.sessions, file, importer, columns, dry_run=command.dry_run)
    _tell(report, as_json=command.as_json)
    return report.created + report.existing > 0


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    try:
        file = sys.stdin.buffer if path == STANDARD_INPUT else open(path, "rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}", field="file") from None
    with file, _seekable(file) as readable:
        yield readable


@contextmanager
def _seekable(file: BinaryIO) -> Iterator[BinaryIO]:
    """The file, which is read more than once; of a pipe, which cannot be, what has come out of it."""
    if file.seekable():
        yield file
        return
    with tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY) as spooled:
        for piece in read_interruptibly(cast(BufferedReader, file)):
            spooled.write(piece)
        yield cast(BinaryIO, spooled)


def _tell(report: ImportReport, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(report), ensure_ascii=False))  # noqa: T201 - the output itself
    else:
        if report.preview:
            out.print(_preview(report))
        out.print(_summary(report))
    for error in report.errors:
        err.print(f"row {error.row}: {escape(error.message)}")
    if report.failed > len(report.errors):
        err.print(f"... and {report.failed - len(report.errors)} more rows that cannot be used")


def _summary(report: ImportReport) -> str:
    made = "would be added" if report.dry_run else "added"
    said = [f"{report.created} domains {made}", f"{report.existing} known already"]
    for number, words in ((report.repeated, "repeated"), (report.empty, "empty"), (report.failed, "not usable")):
        if number:
            said.append(f"{number} {words}")
    return escape(f"{report.rows} rows: {', '.join(said)} ({_layout(report)})")


def _layout(report: ImportReport) -> str:
    columns = [f"column {number}" + _name(report, number) for number in _numbers(report)]
    return ", ".join([*columns, f"delimiter {report.delimiter!r}", report.encoding])


def _numbers(report: ImportReport) -> list[int]:
    return [number for number in (report.website_column, report.email_column) if number is not None]


def _name(report: ImportReport, number: int) -> str:
    return f" {report.columns[number - 1]!r}" if number <= len(report.columns) else ""


def _preview(report: ImportReport) -> Table:
    table = Table(title="The first rows", title_justify="left")
    table.add_column("Row", justify="right")
    table.add_column("Cells", overflow="fold", ratio=2)
    table.add_column("Website", overflow="fold", ratio=2)
    for row in report.preview:
        website = escape(row.website or "") if row.error is None else f"[red]{escape(row.error)}[/red]"
        table.add_row(str(row.row), escape(" | ".join(row.cells)), website)
    return table
