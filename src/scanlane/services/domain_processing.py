"""The processing of domains: a queue on `domains.status`, and the visit to the home page that it waits for."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.sites import UnusableWebsite, parse_site
from scanlane.models import Domain
from scanlane.services.crawl_values import SiteUnreachable
from scanlane.services.domain_home import VisitedHome, visit_home
from scanlane.services.host_gate import HostBusy
from scanlane.services.jobs import DomainNotFound
from scanlane.services.site_access import Access
from scanlane.services.stored_contacts import home_to_store
from scanlane.stores import domain_homes
from worklane.claim import Claim
from worklane.outcome import Done, GiveUp, Outcome, Retry, Snooze
from worklane.postgres.status_column import StatusColumn
from worklane.work import Report

DOMAIN_PROCESSING = "domain_processing"

DOMAINS = StatusColumn(
    queue=DOMAIN_PROCESSING,
    table=Domain,
    status="status",
    error="error",
    waiting="pending",
    working="processing",
    done="completed",
    failed="error",
    order_by=("created_at",),
    group="tenant",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Processed(Done):
    """The home page was read."""

    home: VisitedHome


@dataclass(frozen=True, slots=True)
class NoWebsite(GiveUp):
    """There is an answer, but no website to work on."""

    home: VisitedHome


class DomainProcessing:
    """Reads the home page of one domain, and lets its sitemaps be looked for.

    An error: nobody answers, robots.txt forbids the visit, the page is none, parked, or only leads to a network.
    """

    kind = DOMAIN_PROCESSING
    # Four starts may be tried, and each may take its time.
    timeout = timedelta(minutes=4)
    backoff = DOMAINS.backoff

    def __init__(self, access: Access) -> None:
        self._access = access

    async def load(self, session: AsyncSession, claim: Claim) -> str:
        """The start URL of the domain that the claim names."""
        start_url = await domain_homes.find_start_url(session, claim.row_id)
        if start_url is None:
            raise DomainNotFound
        return start_url

    async def perform(self, given: str, report: Report[None]) -> Outcome:
        """Visit the home page."""
        del report
        try:
            site = parse_site(given)
            async with self._access(False) as access:
                home = await visit_home(site, access)
        except UnusableWebsite as error:
            return GiveUp(error.message)
        except SiteUnreachable as error:
            return _unreachable(error)
        return _outcome(home)

    async def keep(self, session: AsyncSession, claim: Claim, portion: None) -> None:
        """There are no portions."""

    async def save(self, session: AsyncSession, claim: Claim, outcome: Outcome) -> None:
        """Write what the visit showed; the sitemaps of a website are looked for next."""
        if isinstance(outcome, Processed | NoWebsite):
            home = outcome.home
            page = await home_to_store(session, home.page, tenant=claim.tenant) if home.page else None
            await domain_homes.save_visit(
                session, claim.row_id, final_url=home.final_url, http_status=home.http_status, page=page
            )
        if isinstance(outcome, Processed):
            await domain_homes.queue_sitemaps(session, claim.row_id)


def _unreachable(error: SiteUnreachable) -> Outcome:
    if error.paused and error.retry_after is not None:
        return Snooze(error.retry_after, error.message)
    if isinstance(error.__cause__, HostBusy):
        return Snooze(error.__cause__.retry_after, error.message)
    return Retry(reason=error.message, after=error.retry_after) if error.temporary else GiveUp(error.message)


def _outcome(home: VisitedHome) -> Outcome:
    if home.complaint is None:
        return Processed(home=home)
    return Retry(reason=home.complaint) if home.may_recover else NoWebsite(home.complaint, home)
