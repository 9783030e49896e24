"""`scanlane scan --no-save`: one quick look at a website, without a database; what it finds is forgotten."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from rich.markup import escape

from scanlane.commands.contact_table import table_of
from scanlane.commands.scan_documents import contact_documents, cost_document, objection_document
from scanlane.commands.terminal import err, out
from scanlane.domain.assessment import Contact, assess
from scanlane.domain.contacts import Sighting
from scanlane.domain.sites import Site
from scanlane.services.crawl_values import PageVisit, VisitStatus
from scanlane.services.fetching import RequestCount
from scanlane.services.scan_options import ScanOptions
from scanlane.settings import Settings
from scanlane.stores.domains import Objection
from scanlane.tasks.email_scraper import Given, at_most, email_scrape
from worklane.outcome import Done, GiveUp, JsonValue, Outcome, Retry

COMPLETE, FAILED = "complete", "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at a site brought. `codes`: how many URLs gave no page, and why.

    `cpu_seconds`: of this process, from the first request to the last contact.
    """

    website: str
    status: str
    error: str | None
    pages: int
    requests: int
    cpu_seconds: float
    contacts: tuple[Contact, ...]
    codes: Mapping[str, int] = field(default_factory=dict)
    objection: Objection | None = None


@dataclass(slots=True)
class _InMemory:
    """Takes the portions that would otherwise be saved."""

    seen: list[tuple[str, Sighting]] = field(default_factory=list)
    own_hosts: set[str] = field(default_factory=set)
    pages: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    waiting: set[str] = field(default_factory=set)
    objection: Objection | None = None

    async def keep(self, portion: tuple[PageVisit, ...], *, progress: float | None = None) -> None:
        """Remember what was seen."""
        del progress
        for visit in portion:
            self.pages += visit.status is VisitStatus.OK
            self.unread[visit.code or "part"] += visit.status is not VisitStatus.OK
            self.waiting.update(page.url for page in visit.discovered)
            self.waiting.discard(visit.url)
            self.seen += [(visit.final_url, sighting) for sighting in at_most(visit.sightings)]
            self.own_hosts |= visit.declared_hosts
            if visit.objection and self.objection is None:
                self.objection = Objection(visit.objection, visit.final_url)

    def codes(self) -> dict[str, int]:
        """How many URLs gave no page, by the code of the reason, the most frequent first."""
        counted = self.unread + Counter(waiting=len(self.waiting))
        return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0])))

    async def progress(self, fraction: float) -> None:
        """Nobody watches."""


async def look_at(site: Site, settings: Settings, payload: dict[str, JsonValue]) -> Look:
    """Crawl a site as its scan would, and judge what was seen. `payload`: what a job of it would say."""
    count, kept, began = RequestCount(), _InMemory(), time.process_time()
    work = email_scrape(settings, count)
    given = Given(site, ScanOptions.of(payload, max_pages=settings.max_pages), None)
    error = await _performed(work.perform(given, kept), work.timeout)
    contacts = assess(kept.seen, [site.name, *sorted(kept.own_hosts)])
    return Look(
        website=site.start_url,
        status=COMPLETE if error is None else FAILED,
        error=error,
        pages=kept.pages,
        requests=count.made,
        cpu_seconds=time.process_time() - began,
        contacts=contacts,
        codes=kept.codes(),
        objection=kept.objection,
    )


def show(look: Look, *, as_json: bool) -> None:
    """Print one look: a document, or a table; why it failed goes to stderr."""
    if as_json:
        print(json.dumps(_document(look), ensure_ascii=False), flush=True)  # noqa: T201 - the output itself
    elif look.error is None:
        title = f"{look.website}: {len(look.contacts)} contacts on {look.pages} pages"
        out.print(table_of(look.contacts, website=look.website, title=title, caption="nothing of this was saved"))
    else:
        err.print(f"[red]{escape(look.website)}: {look.status}:[/red] {escape(look.error)}")


def _document(look: Look) -> JsonValue:
    return {
        "website": look.website,
        "job_id": None,
        "status": look.status,
        "pages_scanned": look.pages,
        "pages_not_read": dict(look.codes),
        **contact_documents(look.contacts),
        **objection_document(look.objection),
        "error": look.error,
        **cost_document(pages=look.pages, requests=look.requests, cpu_seconds=look.cpu_seconds),
    }


async def _performed(work: Awaitable[Outcome], limit: timedelta | None) -> str | None:
    """Why the work failed; None when it did not."""
    try:
        async with asyncio.timeout(limit.total_seconds() if limit else None):
            outcome = await work
    except TimeoutError:
        return f"stopped after {limit.total_seconds():g} s" if limit else "stopped"
    match outcome:
        case Done():
            return None
        case GiveUp(reason=reason) | Retry(reason=reason):
            return reason or "the site cannot be scanned"
        case _:
            return "the site cannot be scanned now"
