"""The extraction of domains from businesses: a queue on `local_businesses`, and the work it waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.clients.address_guard import Network, refuse_private
from scanlane.domain.business_websites import NoOwnSite, find_site
from scanlane.domain.sites import Site, UnusableWebsite
from scanlane.errors import NotFound
from scanlane.models import LocalBusiness
from scanlane.stores import domains
from scanlane.stores.domains import BusinessWebsite
from worklane.claim import Claim
from worklane.outcome import Done, GiveUp, Outcome
from worklane.postgres.status_column import StatusColumn
from worklane.work import Report

DOMAIN_EXTRACTION = "domain_extraction"

DOMAIN_EXTRACTIONS = StatusColumn(
    queue=DOMAIN_EXTRACTION,
    table=LocalBusiness,
    status="domain_extraction_status",
    error="domain_extraction_error",
    order_by=("created_at",),
    group="tenant",
)


class BusinessNotFound(NotFound):
    """There is no such business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted(Done):
    """The website was read. No site: the business has none of its own, by rule."""

    tenant: str
    site: Site | None


class DomainExtraction:
    """Finds the domain of one business, in what the business gives as its website. No network is asked.

    Completed with a domain, or Completed without one: the business gives no website, or only a page on somebody else's
    host, a social network for one. Error: what it gives is no address, or one that may not be visited.
    """

    kind = DOMAIN_EXTRACTION
    timeout = timedelta(minutes=1)
    backoff = DOMAIN_EXTRACTIONS.backoff

    def __init__(self, *, networks: Sequence[Network] = (), wants_scan: bool = True) -> None:
        """`networks`: the operator's own that may be visited, too. `wants_scan`: found domains are scanned in turn."""
        self._networks = networks
        self._wants_scan = wants_scan

    async def load(self, session: AsyncSession, claim: Claim) -> BusinessWebsite:
        """The website of the business that the claim names."""
        business = await domains.find_business_website(session, claim.row_id)
        if business is None:
            raise BusinessNotFound
        return business

    async def perform(self, given: BusinessWebsite, report: Report[None]) -> Outcome:
        """Read the website."""
        del report
        try:
            site = find_site(given.website)
            if isinstance(site, NoOwnSite):
                return Extracted(tenant=given.tenant, site=None)
            refuse_private(site, self._networks)
        except UnusableWebsite as error:
            return GiveUp(error.message)
        return Extracted(tenant=given.tenant, site=site)

    async def keep(self, session: AsyncSession, claim: Claim, portion: None) -> None:
        """There are no portions."""

    async def save(self, session: AsyncSession, claim: Claim, outcome: Outcome) -> None:
        """Queue the domain for its processing, unless that was done; tie the business to it, or to none."""
        if not isinstance(outcome, Extracted):
            return
        domain_id = None
        if outcome.site is not None:
            domain_id = await domains.queue_found_domain(
                session, tenant=outcome.tenant, site=outcome.site, wants_scan=self._wants_scan
            )
        await domains.tie_business(session, claim.row_id, domain_id=domain_id, tenant=outcome.tenant)
