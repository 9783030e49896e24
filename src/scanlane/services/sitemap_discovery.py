"""The search for a domain's sitemaps: a queue on `domains.sitemap_status`, and the work it waits for."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.clients.website_errors import FetchFailed
from scanlane.domain.sites import UnusableWebsite
from scanlane.models import Domain
from scanlane.services.crawl_values import SiteUnreachable
from scanlane.services.jobs import DomainNotFound
from scanlane.services.site_access import Access, answer_to
from scanlane.services.sitemap_search import find_sitemaps
from scanlane.stores import sitemap_files
from scanlane.stores.sitemap_files import KnownSite, NamedSitemap
from worklane.claim import Claim
from worklane.outcome import Done, GiveUp, Outcome, Retry, Snooze
from worklane.postgres.status_column import StatusColumn
from worklane.work import Report

SITEMAP_DISCOVERY = "sitemap_discovery"

SITEMAP_DISCOVERIES = StatusColumn(
    queue=SITEMAP_DISCOVERY,
    table=Domain,
    status="sitemap_status",
    error="sitemap_error",
    order_by=("created_at",),
    group="tenant",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered(Done):
    """The site was searched. No sitemap is a result, too."""

    site: KnownSite
    named: tuple[NamedSitemap, ...]


class SitemapDiscovery:
    """Looks for the sitemaps of one domain, and queues their import."""

    kind = SITEMAP_DISCOVERY
    timeout = timedelta(minutes=5)
    backoff = SITEMAP_DISCOVERIES.backoff

    def __init__(self, access: Access, *, most_files: int) -> None:
        self._access = access
        self._most_files = most_files

    async def load(self, session: AsyncSession, claim: Claim) -> KnownSite:
        """The domain that the claim names."""
        site = await sitemap_files.find_site(session, claim.row_id)
        if site is None:
            raise DomainNotFound
        return site

    async def perform(self, given: KnownSite, report: Report[None]) -> Outcome:
        """Ask robots.txt, the home page, and the usual places."""
        del report
        try:
            async with self._access(True) as access:
                found = await find_sitemaps(given.homes, access, most=self._most_files)
        except SiteUnreachable as error:
            again = Retry(reason=error.message, after=error.retry_after)
            return again if error.temporary else GiveUp(error.message)
        except FetchFailed as error:
            return answer_to(error)
        except UnusableWebsite as error:
            return GiveUp(error.message)
        return Discovered(site=given, named=tuple(NamedSitemap(one.url, one.found_by) for one in found))

    async def keep(self, session: AsyncSession, claim: Claim, portion: None) -> None:
        """There are no portions."""

    async def save(self, session: AsyncSession, claim: Claim, outcome: Outcome) -> None:
        """Queue the import of what was found, and the scan of the domain once this search has come to an end."""
        if isinstance(outcome, Discovered):
            await sitemap_files.queue_named(session, outcome.site, outcome.named, most=self._most_files)
        if not _goes_on(claim, outcome):
            await sitemap_files.queue_scan(session, claim.row_id)


def _goes_on(claim: Claim, outcome: Outcome) -> bool:
    is_last = claim.failures >= claim.max_attempts
    return isinstance(outcome, Snooze) or (isinstance(outcome, Retry) and not is_last)
