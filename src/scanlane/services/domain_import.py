"""Adding domains: a few by name, or a table of them. Wrong ones are told one by one; the others are added."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.clients.address_guard import Network, refuse_private
from scanlane.domain.sites import Site
from scanlane.domain.website_columns import Columns, read_website, shown_value
from scanlane.errors import BadInput
from scanlane.services.website_table import ReadRow, WebsiteTable
from scanlane.stores import domain_lists
from scanlane.stores.domain_lists import AddedDomain, NewDomain

MOST_ERRORS = 1_000
PREVIEWED = 10
A_PORTION = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """On whose behalf domains are added, and how. `networks` are the private ones that may be scanned."""

    tenant: str
    source: str
    scan: bool = True
    networks: Sequence[Network] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedWebsite:
    """What became of one website that was named: a domain, or an error."""

    website: str
    name: str | None = None
    domain: AddedDomain | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that cannot be used, numbered from 1 as spreadsheets do."""

    row: int
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One of the first rows, and what is made of it."""

    row: int
    cells: Sequence[str]
    website: str | None
    error: str | None


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What an import did, or would do. Each of the `rows` of data is counted in one of the five that follow it.

    Columns are numbered from 1. `errors` holds the first MOST_ERRORS of the `failed`; `preview` is for dry runs.
    """

    encoding: str
    delimiter: str
    columns: Sequence[str]
    website_column: int | None
    email_column: int | None
    dry_run: bool
    rows: int = 0
    created: int = 0
    existing: int = 0
    repeated: int = 0
    empty: int = 0
    failed: int = 0
    errors: list[RowError] = field(default_factory=list)
    preview: list[PreviewRow] = field(default_factory=list)


async def add_websites(session: AsyncSession, websites: Sequence[str], importer: Importer) -> Sequence[AddedWebsite]:
    """Add domains in the caller's transaction; answer for each what became of it, in the same order."""
    sites = [_site_or_error(website, importer) for website in websites]
    wanted = {site.name: NewDomain(site.name, site.start_url) for site in sites if isinstance(site, Site)}
    added = await _add(session, list(wanted.values()), importer)
    answers, told = [], set[str]()
    for website, site in zip(websites, sites, strict=True):
        if isinstance(site, str):
            answers.append(AddedWebsite(website=website, error=site))
            continue
        domain = added[site.name]
        is_new = domain.is_new and site.name not in told
        told.add(site.name)
        answers.append(AddedWebsite(website=website, name=site.name, domain=AddedDomain(domain.id, is_new)))
    return answers


async def import_table(
    sessions: async_sessionmaker[AsyncSession], file: BinaryIO, importer: Importer, wanted: Columns, *, dry_run: bool
) -> ImportReport:
    """Add the domains of a CSV file, in portions; a dry run looks and writes nothing. Raises BadInput before any write.

    The file is read to its end and closed. An import that was cut off is simply run again: what is there already is
    told as existing.
    """
    table = await asyncio.to_thread(WebsiteTable.opened, file, wanted)
    report = _empty_report(table, dry_run=dry_run)
    seen: set[str] = set()
    while portion := await asyncio.to_thread(table.next_portion, A_PORTION, importer.networks):
        fresh = [new for read in portion if (new := _counted(report, read, table, seen))]
        async with sessions.begin() as session:
            if dry_run:
                known = await domain_lists.find_named(session, [new.name for new in fresh], tenant=importer.tenant)
            else:
                known = await _add(session, fresh, importer)
        existing = sum(not domain.is_new for domain in known.values())
        report.existing += existing
        report.created += len(fresh) - existing
    return report


async def _add(session: AsyncSession, wanted: Sequence[NewDomain], importer: Importer) -> Mapping[str, AddedDomain]:
    return await domain_lists.add_domains(
        session, wanted, tenant=importer.tenant, source=importer.source, scan=importer.scan
    )


def _site_or_error(website: str, importer: Importer) -> Site | str:
    try:
        site = read_website(website)
        refuse_private(site, importer.networks)
    except BadInput as error:
        return error.message
    return site


def _empty_report(table: WebsiteTable, *, dry_run: bool) -> ImportReport:
    layout = table.layout
    return ImportReport(
        encoding=table.encoding,
        delimiter=table.delimiter,
        columns=layout.names,
        website_column=None if layout.website is None else layout.website + 1,
        email_column=None if layout.email is None else layout.email + 1,
        dry_run=dry_run,
    )


def _counted(report: ImportReport, read: ReadRow, table: WebsiteTable, seen: set[str]) -> NewDomain | None:
    """Count and preview one row; answer its domain, unless a row before has named it."""
    report.rows += 1
    if report.dry_run and len(report.preview) < PREVIEWED:
        report.preview.append(_previewed(read))
    if read.error is not None:
        report.failed += 1
        if len(report.errors) < MOST_ERRORS:
            report.errors.append(RowError(read.row.number, shown_value(read.row, table.layout), read.error))
    elif read.site is None:
        report.empty += 1
    elif read.site.name in seen:
        report.repeated += 1
    else:
        seen.add(read.site.name)
        return NewDomain(read.site.name, read.site.start_url)
    return None


def _previewed(read: ReadRow) -> PreviewRow:
    cells = [cell.strip()[:200] for cell in read.row.cells[:30]]
    return PreviewRow(read.row.number, cells, read.site.start_url if read.site else None, read.error)
