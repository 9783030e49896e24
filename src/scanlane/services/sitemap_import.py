"""The import of sitemap files: a queue on `sitemap_files.import_status`, and the work it waits for."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.clients.streaming import Streamed
from scanlane.clients.website_errors import FetchFailed
from scanlane.domain.sitemap_listing import Bounds, ListedPage, ListedSitemap, Listing
from scanlane.domain.sitemaps import Entry, Limits, NotASitemap
from scanlane.errors import NotFound
from scanlane.models import SitemapFile
from scanlane.services.site_access import Access, answer_to
from scanlane.services.sitemap_files import FileFacts, FileReading, FileRefused, refuse_unfit, spooled
from scanlane.settings import Settings
from scanlane.stores import pages, sitemap_files
from scanlane.stores.sitemap_files import KnownFile
from scanlane.stores.texts import A_BATCH
from worklane.claim import Claim
from worklane.outcome import Done, GiveUp, Outcome
from worklane.postgres.status_column import StatusColumn
from worklane.work import Report

SITEMAP_IMPORT = "sitemap_import"

SITEMAP_IMPORTS = StatusColumn(
    queue=SITEMAP_IMPORT,
    table=SitemapFile,
    status="import_status",
    error="import_error",
    order_by=("created_at",),
    group="tenant",
)

TOO_DEEP = "too_deep"
TOO_MANY_FILES = "too_many_files"
# A file may be on another host if robots.txt or an index of the site names it, or if a person gave it.
MAY_LEAVE = frozenset({"robots", "index", "import"})


class SitemapFileNotFound(NotFound):
    """There is no such sitemap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLimits:
    """How much of a domain's sitemaps is read: of each file, files in all, and indexes below indexes."""

    file: Limits = field(default_factory=Limits)
    most_files: int = 500
    most_depth: int = 5
    longest: timedelta = timedelta(minutes=6)


def import_limits(settings: Settings) -> ImportLimits:
    """The limits as the operator has set them."""
    largest = settings.sitemap_largest_bytes
    return ImportLimits(
        file=Limits(largest_raw=largest, largest_body=largest, most_entries=settings.sitemap_most_urls),
        most_files=settings.sitemap_most_files,
        most_depth=settings.sitemap_most_depth,
        # Reading goes on while the database is slow; the network's own time is over long before.
        longest=3 * timedelta(seconds=settings.sitemap_seconds),
    )


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of what one file lists. `left_out`, once it is kept: how many sitemaps there was no room for."""

    file: KnownFile
    pages: tuple[ListedPage, ...]
    sitemaps: tuple[ListedSitemap, ...]
    left_out: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported(Done):
    """The file was read, and what it lists is kept."""

    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class NotImported(GiveUp):
    """The server answered, but with no sitemap."""

    http_status: int | None = None


class SitemapImport:
    """Reads one sitemap file, keeping its pages and the files it lists while it reads."""

    kind = SITEMAP_IMPORT
    backoff = SITEMAP_IMPORTS.backoff

    def __init__(self, access: Access, limits: ImportLimits | None = None) -> None:
        self._access = access
        self._limits = limits or ImportLimits()
        self.timeout = self._limits.longest

    async def load(self, session: AsyncSession, claim: Claim) -> KnownFile:
        """The file that the claim names."""
        file = await sitemap_files.find_file(session, claim.row_id)
        if file is None:
            raise SitemapFileNotFound
        return file

    async def perform(self, given: KnownFile, report: Report[Portion]) -> Outcome:
        """Fetch the file, unless it is as it was; parse it, and hand over what it lists a thousand at a time."""
        try:
            async with (
                self._access(False) as access,
                access.stream(given.url, headers=_conditions(given)) as streamed,
            ):
                return await self._answer(given, streamed, report)
        except FileRefused as error:
            return answer_to(error) if error.temporary else NotImported(error.message, http_status=error.http_status)
        except FetchFailed as error:
            return answer_to(error)

    async def keep(self, session: AsyncSession, claim: Claim, portion: Portion) -> None:
        """Upsert pages, queue sitemaps."""
        del claim
        file, most = portion.file, self._limits.most_files
        await pages.save_pages(
            session, portion.pages, tenant=file.site.tenant, domain_id=file.site.domain_id, file_id=file.file_id
        )
        if portion.sitemaps:
            left_out = await sitemap_files.add_children(session, file, portion.sitemaps, most=most)
            portion.left_out.append(left_out)

    async def save(self, session: AsyncSession, claim: Claim, outcome: Outcome) -> None:
        """Write what is known of the file now."""
        if isinstance(outcome, Imported):
            await sitemap_files.save_read(session, claim.row_id, outcome.facts)
        elif isinstance(outcome, NotImported):
            await sitemap_files.save_unread(session, claim.row_id, http_status=outcome.http_status)

    async def _answer(self, given: KnownFile, streamed: Streamed, report: Report[Portion]) -> Outcome:
        bounds = Bounds(given.site.homes)
        if given.found_by not in MAY_LEAVE and not bounds.hold(streamed.url):
            return NotImported("the file redirects to another site", http_status=streamed.status)
        if streamed.status == 304 and given.sha256 is not None:
            return Imported(facts=_asked_with(streamed))
        refuse_unfit(streamed)
        try:
            if given.sha256 is None:
                return await self._import(given, streamed, streamed.pieces(), bounds, report)
            async with spooled(streamed) as spool:
                if spool.sha256 == given.sha256:
                    return Imported(facts=_asked_with(streamed))
                return await self._import(given, streamed, spool.pieces(), bounds, report)
        except NotASitemap as error:
            return NotImported(f"the file is no sitemap: {error.reason}", http_status=streamed.status)

    async def _import(
        self,
        given: KnownFile,
        streamed: Streamed,
        pieces: AsyncIterator[bytes],
        bounds: Bounds,
        report: Report[Portion],
    ) -> Imported:
        reading = FileReading(streamed.url, self._limits.file)
        listing = Listing(bounds)
        delivery = _Delivery(given, report, goes_deeper=given.depth < self._limits.most_depth)
        async with aclosing(reading.entries(pieces)) as found:
            async for entries in found:
                await delivery.take(listing, entries)
        await delivery.finish()
        facts = reading.facts(streamed.bytes_raw)
        warnings = (*facts.warnings, *listing.warnings, *delivery.warnings)
        return Imported(facts={**_known(facts), **_asked_with(streamed), "warnings": list(dict.fromkeys(warnings))})


class _Delivery:
    """Hands over what a file lists, in portions of one size."""

    def __init__(self, file: KnownFile, report: Report[Portion], *, goes_deeper: bool) -> None:
        self.warnings: list[str] = []
        self._file = file
        self._report = report
        self._goes_deeper = goes_deeper
        self._pages: list[ListedPage] = []
        self._sitemaps: list[ListedSitemap] = []

    async def take(self, listing: Listing, entries: list[Entry]) -> None:
        """Take what was found; hand over what is enough for portions."""
        found, sitemaps = await asyncio.to_thread(lambda: (listing.pages(entries), listing.sitemaps(entries)))
        self._pages += found
        if sitemaps and not self._goes_deeper:
            self.warnings.append(TOO_DEEP)
        self._sitemaps += sitemaps if self._goes_deeper else ()
        while len(self._pages) >= A_BATCH or len(self._sitemaps) >= A_BATCH:
            await self._hand_over()

    async def finish(self) -> None:
        """Hand over the rest."""
        if self._pages or self._sitemaps:
            await self._hand_over()

    async def _hand_over(self) -> None:
        portion = Portion(self._file, tuple(self._pages[:A_BATCH]), tuple(self._sitemaps[:A_BATCH]))
        await self._report.keep(portion)
        del self._pages[:A_BATCH], self._sitemaps[:A_BATCH]
        if any(portion.left_out):
            self.warnings.append(TOO_MANY_FILES)


def _conditions(file: KnownFile) -> dict[str, str]:
    """What makes the server answer 304 if the file is as it was when it was last read to its end."""
    headers = {"Accept": "application/xml, text/xml, text/plain;q=0.9, */*;q=0.8"}
    if file.sha256 is not None and file.etag:
        headers["If-None-Match"] = file.etag
    if file.sha256 is not None and file.last_modified:
        headers["If-Modified-Since"] = file.last_modified
    return headers


def _asked_with(streamed: Streamed) -> dict[str, object]:
    """What to ask with the next time. A 304 may leave out what it does not change (RFC 9110, 15.4.5)."""
    named = {"etag": streamed.headers.get("ETag"), "last_modified": streamed.headers.get("Last-Modified")}
    known = {name: value for name, value in named.items() if value is not None or streamed.status != 304}
    return {**known, "final_url": streamed.url, "http_status": streamed.status}


def _known(facts: FileFacts) -> dict[str, object]:
    return {name: value for name, value in asdict(facts).items() if name != "warnings"}
