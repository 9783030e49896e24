"""Second looks: what a page does not say itself, but its files and scripts do. Rare, and budgeted by site.

A look happens after a page was read. It may fetch vCards, promising PDFs and small scripts of the same site. Nothing
here makes a page fail: what a look cannot have is reported as a visit with its reason.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scanlane.clients.address_guard import AddressGuard, parse_networks
from scanlane.clients.pdf_process import PdfProcess, PdfReaderMissing
from scanlane.clients.renderer.browser import Renderer
from scanlane.clients.streaming import Admit, StreamingClient, StreamLimits
from scanlane.clients.website import Fetched
from scanlane.clients.website_errors import FetchFailed, NotAPage
from scanlane.domain import contacts, pdf_text, side_files
from scanlane.domain.embedded_links import EmbeddedLink, embedded_scripts, loaded_parts
from scanlane.domain.links import Scope
from scanlane.domain.page_codes import PageCode
from scanlane.domain.side_files import FileKind, SideFile
from scanlane.domain.sightings import Findings, Method
from scanlane.domain.undecoded import Signs, signs
from scanlane.domain.urls import join
from scanlane.services.crawl_values import PageReading, PageVisit, VisitStatus
from scanlane.services.fetching import RequestCount
from scanlane.services.rendered_pages import PageRendering
from scanlane.services.site_files import Manners, SiteFiles

if TYPE_CHECKING:
    # Brings the database library along, which a crawl can do without.
    from scanlane.settings import Settings

log = logging.getLogger("scanlane")

PROMISING = 80
LARGEST_FILE = pdf_text.LARGEST
SECONDS_A_FILE = 20.0


@dataclass(slots=True)
class Budget:
    """How many looks of each kind one site is worth. Documents on contact pages have a share of their own.

    `pages`: how many pages are searched for what their scripts keep back; the best pages of a site come first.
    """

    pages: int = 10
    cards: int = 20
    pdfs: int = 3
    promising_pdfs: int = 3
    others: int = 5
    scripts: int = 6

    def take(self, file: SideFile) -> bool:
        """Whether there is room for one more file of its kind; there is one less then."""
        match file.kind:
            case FileKind.CARD:
                return self._take("cards")
            case FileKind.OTHER:
                return self._take("others")
            case FileKind.PDF:
                return (file.worth >= PROMISING and self._take("promising_pdfs")) or self._take("pdfs")

    def take_page(self) -> bool:
        """The same for a page to be searched."""
        return self._take("pages")

    def take_script(self) -> bool:
        """The same for a script."""
        return self._take("scripts")

    def _take(self, name: str) -> bool:
        left = getattr(self, name)
        setattr(self, name, max(0, left - 1))
        return bool(left > 0)


@dataclass(frozen=True, slots=True)
class Looked:
    """What second looks at one page brought: the page read anew, visits of files, and parts to be visited as pages.

    `markup`: the page after its scripts ran, if it was rendered.
    """

    reading: PageReading
    visits: tuple[PageVisit, ...] = ()
    links: tuple[EmbeddedLink, ...] = ()
    markup: bytes | None = None


@dataclass(slots=True)
class SecondLooks:
    """The second looks of one scan. Without `rendering` no browser is involved."""

    files: SiteFiles
    pdf: PdfProcess
    rendering: PageRendering | None = None
    budget: Budget = field(default_factory=Budget)

    async def at(self, fetched: Fetched, reading: PageReading) -> Looked:
        """Look again at a page that was read; `reading` as it is when there is nothing more to see."""
        self.files.mark(fetched.url)
        scope = Scope(fetched.url)
        base = join(fetched.url, reading.base) or fetched.url
        visits = [await self._document(file, scope) for file in self._wanted(reading, base, scope)]
        if not self.budget.take_page():
            return Looked(reading, tuple(visits))
        links = loaded_parts(fetched.body)
        found = _signs(fetched.body, reading)
        for url in self._scripts(fetched.body, base, scope) if found.any else ():
            visit, parts = await self._script(url, scope)
            visits.append(visit)
            links += parts
        looked = Looked(reading, tuple(visits), tuple(links))
        return looked if any(visit.sightings for visit in visits) else await self._shown(fetched, looked, found)

    async def _shown(self, fetched: Fetched, looked: Looked, found: Signs) -> Looked:
        """The same, with the page as a browser shows it, if that is wanted and works."""
        try:
            rendered = await self.rendering.of(fetched, looked.reading, found) if self.rendering else None
        except FetchFailed as error:
            log.info("rendering failed: url=%s reason=%r", fetched.url[:500], error.message)
            return looked
        if rendered is None:
            return looked
        visits = (*looked.visits, *rendered.visits)
        return replace(looked, reading=rendered.reading, visits=visits, markup=rendered.markup)

    def _wanted(self, reading: PageReading, base: str, scope: Scope) -> list[SideFile]:
        files = side_files.documents(reading.links, base, scope)
        return [
            file
            for file in files
            if not self.files.is_known(file.url) and self.budget.take(file) and self.files.mark(file.url)
        ]

    def _scripts(self, body: bytes, base: str, scope: Scope) -> list[str]:
        urls = side_files.scripts(embedded_scripts(body), base, scope)
        return [
            url for url in urls if not self.files.is_known(url) and self.budget.take_script() and self.files.mark(url)
        ]

    async def _document(self, file: SideFile, scope: Scope) -> PageVisit:
        if file.kind is FileKind.OTHER:
            ending = file.url.partition("?")[0].rpartition(".")[2].lower()[:8]
            return _skipped(file.url, NotAPage(f"Documents of this kind (.{ending}) are not read."))
        try:
            if file.kind is FileKind.PDF and not pdf_text.is_installed():
                raise PdfReaderMissing
            async with self.pdf.turn() if file.kind is FileKind.PDF else nullcontext():
                fetched = await self.files.fetch(file.url, scope)
                found = await self._read(fetched, file.kind)
        except Exception as error:
            return _skipped(file.url, error)
        return _read_visit(file.url, fetched, found)

    async def _read(self, fetched: Fetched, kind: FileKind) -> Findings:
        if kind is FileKind.PDF:
            text = await self.pdf.text_of(fetched.body)
            return await asyncio.to_thread(_findings, text, fetched.url, "application/pdf")
        return await asyncio.to_thread(_findings, fetched.body, fetched.url, "text/vcard")

    async def _script(self, url: str, scope: Scope) -> tuple[PageVisit, list[EmbeddedLink]]:
        try:
            fetched = await self.files.fetch_script(url, scope, keep=self.rendering is not None)
            found = await asyncio.to_thread(_findings, fetched.body, fetched.url, "application/javascript")
        except Exception as error:
            return _skipped(url, error), []
        return _read_visit(url, fetched, found), loaded_parts(fetched.body)


def _findings(body: bytes | str, url: str, content_type: str) -> Findings:
    """Never the way of `extract`: that would read the bytes of a PDF in this process."""
    return contacts.find(contacts.open_page(body, url, content_type))


def _signs(body: bytes, reading: PageReading) -> Signs:
    emails = reading.findings.emails
    decoded = sum(one.obfuscated or one.method is Method.SCRIPT for one in emails)
    return signs(body, links=len(reading.links), decoded=decoded, emails=len(emails))


def _read_visit(url: str, fetched: Fetched, found: Findings) -> PageVisit:
    return PageVisit(
        url=url,
        final_url=fetched.url,
        status=VisitStatus.OK,
        http_status=fetched.status,
        sightings=(*found.emails, *found.phones, *found.socials),
        content_type=fetched.content_type,
    )


def _skipped(url: str, error: Exception) -> PageVisit:
    """A file on which a reader fails costs itself alone, as a page does."""
    code: str = PageCode.UNREADABLE
    reason = f"The file cannot be read ({type(error).__name__})."
    if isinstance(error, FetchFailed):
        code, reason = error.code, error.message
    http_status = getattr(error, "http_status", None)
    skipped = VisitStatus.SKIPPED
    return PageVisit(url=url, final_url=url, status=skipped, code=code, error=reason, http_status=http_status)


# Makes the second looks of one scan, once the scan knows how to behave on the site and what it fetched before.
StartLooks = Callable[[Manners, Collection[str]], SecondLooks]
Looking = AbstractAsyncContextManager[StartLooks]


@asynccontextmanager
async def looking(
    settings: "Settings",
    *,
    allow_networks: Sequence[str] = (),
    pdf: PdfProcess | None = None,
    renderer: Renderer | None = None,
    count: RequestCount | None = None,
    passing: Admit | None = None,
) -> AsyncIterator[StartLooks]:
    """Second looks over the real network while the block runs, behind the same guard as the crawl.

    `pdf` and `renderer` are better shared by the scans of a process; the renderer is held for as long. `count` counts;
    `passing` is entered for every request, and may refuse it.
    """
    guard = AddressGuard(parse_networks(",".join([settings.allow_networks, *allow_networks])))
    limits = StreamLimits(largest_raw=LARGEST_FILE, largest_body=LARGEST_FILE, seconds=SECONDS_A_FILE, redirects=3)
    reader = pdf or PdfProcess()
    client = StreamingClient(guard, user_agent=settings.user_agent, stream_limits=limits)
    async with client, renderer.held() if renderer else nullcontext():

        def start(manners: Manners, known: Collection[str]) -> SecondLooks:
            files = SiteFiles(client, manners, known=known, count=count, passing=passing)
            return SecondLooks(files, reader, PageRendering(renderer, files) if renderer else None)

        yield start
