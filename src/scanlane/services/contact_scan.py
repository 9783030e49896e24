"""The last stage of the pipeline: a domain whose sitemaps were read gets the job that seeks its contacts."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import Domain
from scanlane.services.jobs import DomainNotFound, ScanRequest, start_scan
from scanlane.stores.contact_scans import WantedScan, find_wanted_scan
from worklane.claim import Claim
from worklane.outcome import Done, Outcome, Snooze
from worklane.postgres.job_queue import JobQueue
from worklane.postgres.status_column import StatusColumn
from worklane.work import Report

CONTACT_SCAN = "contact_scan"

CONTACT_SCANS = StatusColumn(
    queue=CONTACT_SCAN,
    table=Domain,
    status="scan_status",
    error="scan_error",
    order_by=("created_at",),
    group="tenant",
)

A_LOOK_AT_THE_SITEMAPS = timedelta(seconds=2)
# A site of very many sitemaps is scanned before the last one was read: the most promising pages come early.
LONGEST_WAIT = timedelta(minutes=10)
REQUESTED_BY = "pipeline"


class ContactScan:
    """Makes the scan job of one domain, once its sitemaps were read. The job does the work, and keeps the result."""

    kind = CONTACT_SCAN
    timeout = timedelta(minutes=1)
    backoff = CONTACT_SCANS.backoff

    def __init__(self, queue: JobQueue, *, waits: bool = True) -> None:
        self._queue = queue
        self._waits = waits

    async def load(self, session: AsyncSession, claim: Claim) -> WantedScan:
        """The domain, and what its scan waits for."""
        wanted = await find_wanted_scan(session, claim.row_id)
        if wanted is None:
            raise DomainNotFound
        return wanted

    async def perform(self, given: WantedScan, report: Report[None]) -> Outcome:
        """Wait while sitemaps of the domain are being read."""
        del report
        if self._waits and given.open_sitemaps and given.waited < LONGEST_WAIT:
            return Snooze(A_LOOK_AT_THE_SITEMAPS)
        return Done()

    async def keep(self, session: AsyncSession, claim: Claim, portion: None) -> None:
        """There are no portions."""

    async def save(self, session: AsyncSession, claim: Claim, outcome: Outcome) -> None:
        """Add the job, unless one is active."""
        if not isinstance(outcome, Done):
            return
        request = ScanRequest(tenant=claim.tenant, user_id=REQUESTED_BY, domain_id=claim.row_id)
        await start_scan(session, self._queue, request)
