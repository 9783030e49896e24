"""Starting, finding and cancelling scans; the owner is checked here."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.clients.address_guard import Network, refuse_private
from scanlane.domain.sites import Site, parse_site
from scanlane.domain.urls import host_of
from scanlane.errors import BadInput, Conflict, NotFound
from scanlane.models import Domain
from scanlane.services.opt_outs import refuse_opted_out
from scanlane.services.suppression import unsuppressed_result
from scanlane.stores import domains, jobs
from scanlane.stores.jobs import JobView
from worklane.order import FairShare, Limit, Order
from worklane.outcome import JsonValue
from worklane.postgres.job_queue import Enqueued, JobQueue

EMAIL_SCAN = "email_scan"
# Tenants share the workers; whoever asks, one website is scanned by one job at a time.
ORDER = Order(fair=FairShare(), limits={EMAIL_SCAN: Limit(running=1)})


class JobNotFound(NotFound):
    """There is no such job, or it is not yours."""


class DomainNotFound(NotFound):
    """There is no such domain, or it is not yours."""


class KeyReused(Conflict):
    """This Idempotency-Key was used for another request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """Who wants what scanned. Exactly one of `domain_id` and `website` is given. `networks` may be scanned, too."""

    tenant: str
    user_id: str
    domain_id: UUID | None = None
    website: str | None = None
    options: Mapping[str, JsonValue] | None = None
    networks: Sequence[Network] = ()
    max_attempts: int = 3
    idempotency_key: str | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same request."""
        said = [str(self.domain_id), self.website, self.options]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedScan:
    """The job that now stands for a request."""

    job_id: UUID
    status: str
    existing: bool


async def start_scan(session: AsyncSession, queue: JobQueue, request: ScanRequest) -> StartedScan:
    """Make a job in the caller's transaction, or find the active one. Race-free: one statement decides."""
    earlier = await _earlier_answer(session, request)
    if earlier is not None:
        return earlier
    target = await _target(session, request)
    await refuse_opted_out(session, host_of(target.start_url), tenant=request.tenant)
    enqueued = await queue.enqueue(session, _job_values(request, target))
    if request.idempotency_key:
        await jobs.answer_key(session, tenant=request.tenant, key=request.idempotency_key, job_id=enqueued.job_id)
    return _started(enqueued)


async def find_job(session: AsyncSession, job_id: UUID, *, tenant: str) -> JobView:
    """This tenant's job. Raises JobNotFound, the same for an unknown job and somebody else's."""
    view = await jobs.find_job(session, job_id, tenant=tenant)
    if view is None:
        raise JobNotFound
    return replace(view, result_data=await unsuppressed_result(session, view.result_data, tenant=tenant))


async def cancel_job(session: AsyncSession, queue: JobQueue, job_id: UUID, *, tenant: str) -> JobView:
    """Cancel this tenant's job; a finished one stays as it is."""
    await queue.cancel(session, job_id, tenant=tenant)
    return await find_job(session, job_id, tenant=tenant)


async def _earlier_answer(session: AsyncSession, request: ScanRequest) -> StartedScan | None:
    if request.idempotency_key is None:
        return None
    known = await jobs.remember_key(
        session, tenant=request.tenant, key=request.idempotency_key, fingerprint=request.fingerprint
    )
    if known is None:
        return None
    if known.fingerprint != request.fingerprint or known.job_id is None:
        raise KeyReused
    job = await find_job(session, known.job_id, tenant=request.tenant)
    return StartedScan(job_id=job.id, status=job.status, existing=True)


@dataclass(frozen=True, slots=True)
class _Target:
    """What a job is about. The job keeps its own start URL: a later request may bring another for the same domain."""

    domain_id: UUID
    site: str
    start_url: str


async def _target(session: AsyncSession, request: ScanRequest) -> _Target:
    if request.domain_id is not None:
        domain = await _own_domain(session, request.domain_id, request.tenant)
        return _Target(domain.id, domain.name, domain.start_url)
    if request.website is None:
        raise BadInput("say which website, or give a domain_id", field="website")
    site: Site = parse_site(request.website)
    refuse_private(site, request.networks)
    domain_id = await domains.add_domain(session, tenant=request.tenant, name=site.name, start_url=site.start_url)
    return _Target(domain_id, site.name, site.start_url)


async def _own_domain(session: AsyncSession, domain_id: UUID, tenant: str) -> Domain:
    domain = await domains.find_domain(session, domain_id, tenant=tenant)
    if domain is None:
        raise DomainNotFound
    return domain


def _job_values(request: ScanRequest, target: _Target) -> dict[str, object]:
    return {
        "type": EMAIL_SCAN,
        "tenant": request.tenant,
        "subject": str(target.domain_id),
        "limit_key": target.site,
        "domain_id": target.domain_id,
        "user_id": request.user_id,
        "payload": {**(request.options or {}), "start_url": target.start_url},
        "max_attempts": request.max_attempts,
    }


def _started(enqueued: Enqueued) -> StartedScan:
    return StartedScan(job_id=enqueued.job_id, status=enqueued.status, existing=not enqueued.is_new)
