"""The scan of one website as durable work: load what is saved, crawl, save in portions, settle with the result."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.clients.pdf_process import PdfProcess
from scanlane.clients.renderer.browser import Renderer
from scanlane.domain.assessment import Contact
from scanlane.domain.contacts import ContactKind, Sighting
from scanlane.domain.frontier import QueuedUrl
from scanlane.domain.pages import read
from scanlane.domain.sites import Site, parse_site
from scanlane.models import PageState, ScanPage
from scanlane.services.fetching import RequestCount, fetching
from scanlane.services.host_breaker import HostBreaker
from scanlane.services.jobs import EMAIL_SCAN, DomainNotFound
from scanlane.services.opt_outs import refusing
from scanlane.services.scan_options import ScanOptions
from scanlane.services.scan_results import contacts_of, documents, known_of
from scanlane.services.scan_verification import ScanVerification, mail_domains
from scanlane.services.second_looks import StartLooks, looking
from scanlane.services.site_access import product_token
from scanlane.services.stored_contacts import may_be_stored
from scanlane.services.website_crawl import (
    CrawlState,
    Fetch,
    PageVisit,
    SiteUnreachable,
    VisitStatus,
    crawl,
)
from scanlane.settings import Settings
from scanlane.stores import contact_sources, domains, opt_outs, scans
from scanlane.stores import contacts as contact_store
from scanlane.stores.pages import promising_pages
from scanlane.stores.scans import MOST_CONTACTS, MOST_OF_A_KIND_ON_A_PAGE
from scanlane.stores.texts import is_storable
from scanlane.tasks.portions import portions
from worklane.backoff import Backoff
from worklane.claim import Claim
from worklane.outcome import Done, GiveUp, Outcome, Retry, Snooze
from worklane.work import Report

MOST_SEEDS = 500


@dataclass(frozen=True, slots=True)
class Given:
    """What a scan needs to know before it starts, or goes on. `closed`: domains whose owners want no visit."""

    site: Site
    options: ScanOptions
    resume: CrawlState | None
    known: tuple[str, ...] = ()
    closed: frozenset[str] = frozenset()
    mail_domains: frozenset[str] = frozenset()


Fetching = Callable[[ScanOptions], AbstractAsyncContextManager[Fetch]]
Looking = Callable[[ScanOptions], AbstractAsyncContextManager[StartLooks | None]]


class EmailScrape:
    """Work of type `email_scan`: find the contacts of the job's domain."""

    kind = EMAIL_SCAN
    backoff = Backoff()

    def __init__(
        self,
        fetching: Fetching,
        *,
        looking: Looking = lambda _: nullcontext(),
        agent: str = "scanlane",
        max_pages: int = 500,
        timeout: timedelta | None = None,
        verification: ScanVerification | None = None,
    ) -> None:
        self._fetching = fetching
        self._looking = looking
        self._agent = agent
        self._max_pages = max_pages
        self._verification = verification or ScanVerification()
        self.timeout = timeout

    async def load(self, session: AsyncSession, claim: Claim) -> Given:
        """Read the domain, and the pages that an earlier attempt has saved or that its sitemaps list."""
        domain = await domains.find_domain(session, UUID(claim.subject), tenant=claim.tenant)
        if domain is None:
            raise DomainNotFound
        pages = await scans.known_pages(session, claim.row_id)
        options = ScanOptions.of(claim.payload, max_pages=self._max_pages)
        site = parse_site(str(claim.payload.get("start_url") or domain.start_url))
        hosts = await scans.known_hosts(session, claim.row_id)
        closed = await opt_outs.known_names(session, tenant=claim.tenant)
        if pages:
            addresses = await scans.known_addresses(session, claim.row_id)
            seen = await scans.sightings(session, claim.row_id) if self._verification.is_wanted(options.verify) else []
            before = mail_domains(sighting for _, sighting in seen)
            return Given(site, options, _crawl_state(pages, hosts, addresses), closed=closed, mail_domains=before)
        listed = await promising_pages(session, domain.id, MOST_SEEDS)
        return Given(site, options, None, tuple(url for url, _ in listed), closed)

    async def perform(self, given: Given, report: Report[tuple[PageVisit, ...]]) -> Outcome:
        """Crawl the site; hand over what was found at least once a second."""
        try:
            async with self._fetching(given.options) as fetch, self._looking(given.options) as looks:
                seen = await self._crawl(given, refusing(fetch, given.closed), looks, report)
        except SiteUnreachable as error:
            return _unreachable(error)
        await self._verification.check(seen | given.mail_domains, wanted=given.options.verify)
        return Done()

    async def keep(self, session: AsyncSession, claim: Claim, portion: tuple[PageVisit, ...]) -> None:
        """Save visited pages, what of them may be stored, and the pages they lead to: one statement for each kind."""
        visited = [_page(claim.row_id, visit) for visit in portion]
        discovered = [page for visit in portion for page in visit.discovered]
        fetched = await scans.save_pages(session, claim.row_id, visited, discovered)
        seen = [(visit.final_url, sighting) for visit in portion for sighting in at_most(visit.sightings)]
        seen = await may_be_stored(session, seen, tenant=claim.tenant)
        new = await scans.save_sightings(session, claim.row_id, seen, most_contacts=MOST_CONTACTS)
        declared = {host for visit in portion for host in visit.declared_hosts}
        counted = await scans.count_up(session, claim.row_id, fetched=fetched, contacts=new, own_hosts=declared)
        if counted.contacts - new < MOST_CONTACTS:
            await self._save_contacts(session, claim, contacts_of(seen, counted.own_hosts))
        said = [(visit.objection, visit.final_url) for visit in portion if visit.objection]
        if said:
            await domains.note_objection(session, UUID(claim.subject), quote=said[0][0], url=said[0][1])

    async def save(self, session: AsyncSession, claim: Claim, outcome: Outcome) -> None:
        """Assess everything that was seen, once more and together, and put the e-mails on the job."""
        if not isinstance(outcome, Done):
            return
        own_hosts = await scans.known_hosts(session, claim.row_id)
        seen = await scans.sightings(session, claim.row_id)
        seen = await may_be_stored(session, seen, tenant=claim.tenant)
        found = await asyncio.to_thread(contacts_of, seen, own_hosts)  # computes for long on a site of many contacts
        found = await self._verification.judged(session, found)
        await self._save_contacts(session, claim, found)
        await contact_sources.save_sources(session, [claim.row_id])
        addresses = [contact for contact in found if contact.kind is ContactKind.EMAIL]
        known = await known_of(session, UUID(claim.subject), addresses, tenant=claim.tenant)
        emails = documents(addresses, ContactKind.EMAIL, known)
        await contact_store.save_result(session, claim.row_id, token=claim.token, result=emails)

    async def _crawl(
        self, given: Given, fetch: Fetch, looks: StartLooks | None, report: Report[tuple[PageVisit, ...]]
    ) -> frozenset[str]:
        """Crawl; answer the domains of the addresses that were seen."""
        seen = set[str]()
        options = given.options.of_crawl(agent=self._agent, timeout=self.timeout)
        visits = crawl(
            given.site, fetch=fetch, read=read, options=options, resume=given.resume, known=given.known, looks=looks
        )
        async with aclosing(visits), aclosing(portions(visits)) as found:
            async for portion in found:
                seen.update(*(mail_domains(visit.sightings) for visit in portion))
                await report.keep(portion, progress=portion[-1].progress)
        return frozenset(seen)

    async def _save_contacts(self, session: AsyncSession, claim: Claim, found: tuple[Contact, ...]) -> None:
        await contact_store.save_contacts(session, found, tenant=claim.tenant, domain_id=UUID(claim.subject))


def email_scrape(
    settings: Settings,
    count: RequestCount | None = None,
    verification: ScanVerification | None = None,
    *,
    breaker: HostBreaker | None = None,
) -> EmailScrape:
    """The work of scanning websites, over the real network."""
    pdf = PdfProcess()
    renderer = Renderer(settings.chromium, user_agent=settings.user_agent)

    def look(options: ScanOptions) -> AbstractAsyncContextManager[StartLooks]:
        renders = settings.render == "auto" if options.render is None else options.render
        return looking(
            settings,
            allow_networks=options.allow_networks,
            pdf=pdf,
            renderer=renderer if renders else None,
            count=count,
            passing=breaker.passing if breaker else None,
        )

    return EmailScrape(
        lambda options: fetching(settings, allow_networks=options.allow_networks, count=count, breaker=breaker),
        looking=look,
        agent=product_token(settings.user_agent),
        max_pages=settings.max_pages,
        timeout=timedelta(seconds=settings.scan_timeout_seconds),
        verification=verification,
    )


async def scan_website_for_emails(job_id: UUID, user_id: str, *, start: Callable[[UUID], Awaitable[bool]]) -> None:
    """Start on a job right after the response that announced it. A hint: should it be lost, polling finds the row."""
    del user_id  # the row says whose it is
    await start(job_id)


def at_most(sightings: Sequence[Sighting]) -> Iterator[Sighting]:
    """The first so many of each kind that can be stored: a page that lists thousands is a trap, or a dump."""
    for kind in ContactKind:
        usable = (one for one in sightings if one.kind is kind and is_storable(one.value))
        yield from islice(usable, MOST_OF_A_KIND_ON_A_PAGE)


def _unreachable(error: SiteUnreachable) -> Outcome:
    if error.paused and error.retry_after is not None:
        return Snooze(error.retry_after, error.message)
    return Retry(reason=error.message, after=error.retry_after) if error.temporary else GiveUp(error.message)


def _crawl_state(pages: Sequence[ScanPage], hosts: Collection[str], addresses: Collection[str]) -> CrawlState:
    return CrawlState(
        addresses=frozenset(addresses),
        declared_hosts=frozenset(hosts),
        fetched=tuple(page.url for page in pages if page.state in scans.VISITED),
        queued=tuple(
            QueuedUrl(url=page.url, priority=page.priority, depth=page.depth)
            for page in pages
            if page.state == PageState.QUEUED
        ),
    )


def _page(job_id: UUID, visit: PageVisit) -> ScanPage:
    states = {VisitStatus.OK: PageState.FETCHED, VisitStatus.SKIPPED: PageState.SKIPPED}
    return ScanPage(
        job_id=job_id,
        url=visit.url,
        state=states.get(visit.status, PageState.FAILED),
        priority=0,
        depth=0,
        http_status=visit.http_status,
        title=visit.title,
        error=visit.error,
        code=visit.code,
    )
