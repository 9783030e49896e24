"""Opt-outs: a domain whose owner objects is visited no more, by no stage and no scan; what it gave is deleted."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.clients.website import Fetched
from scanlane.clients.website_errors import FetchFailed
from scanlane.domain.authority import is_address, without_www
from scanlane.domain.sites import parse_site
from scanlane.domain.suppression_keys import host_suffixes
from scanlane.domain.urls import host_of
from scanlane.errors import AppError, BadInput, NotFound
from scanlane.services.crawl_values import Fetch
from scanlane.services.suppression import LONGEST_REASON, Asked
from scanlane.stores import contact_purge, opt_outs, suppressions
from scanlane.stores.opt_outs import OwnedDomain
from worklane.backoff import Backoff
from worklane.claim import Claim
from worklane.executor import AnyWork
from worklane.outcome import GiveUp, Outcome
from worklane.postgres.job_queue import JobQueue
from worklane.work import Report

DOMAINS_AT_ONCE = 100

FindDomain = Callable[[AsyncSession, Claim], Awaitable[OwnedDomain | None]]


class OptedOut(AppError):
    """The owner of this website has objected to being visited; it is not scanned."""

    status = 451


class OptOutNotFound(NotFound):
    """That domain is not opted out."""


class HostOptedOut(FetchFailed):
    """The owner of this website has objected to being visited."""

    status = 451
    temporary = False


@dataclass(frozen=True, slots=True)
class TakenOut:
    """The domain that is opted out, whether it was not before, and how many contacts of it went."""

    name: str
    is_new: bool
    purged: int


def read_name(website: str) -> str:
    """The domain that somebody opts out, as `example.com` or any URL of it. Raises BadInput."""
    host = host_of(parse_site(website).start_url)
    if is_address(host) or "." not in host:
        raise BadInput("give the domain of a website, such as example.com", field="domain")
    return without_www(host)


async def opt_out(sessions: async_sessionmaker[AsyncSession], queue: JobQueue, website: str, asked: Asked) -> TakenOut:
    """Never visit this domain and its subdomains again; cancel their jobs, and delete what was found there."""
    name = read_name(website)
    if len(asked.reason) > LONGEST_REASON or not asked.reason.isprintable():
        raise BadInput(f"a reason has at most {LONGEST_REASON} printable characters", field="reason")
    async with sessions.begin() as session:
        await suppressions.stop_writers(session)
        is_new = await opt_outs.add_opt_out(
            session, name, tenant=asked.tenant, reason=asked.reason, created_by=asked.by
        )
    async with sessions() as session:
        domains = await opt_outs.find_domains_below(session, name, tenant=asked.tenant, limit=DOMAINS_AT_ONCE * 1000)
    purged = 0
    for domain in domains:
        # A scan that is saving holds its contacts, then wants its job: the jobs are let go before the contacts go.
        async with sessions.begin() as session:
            for job_id in await opt_outs.active_jobs(session, domain.id):
                await queue.cancel(session, job_id, tenant=domain.tenant)
        async with sessions.begin() as session:
            purged += await contact_purge.forget_domain(session, domain.id)
    return TakenOut(name, is_new, purged)


async def lift(session: AsyncSession, website: str, *, tenant: str) -> str:
    """Let a domain be visited again; answer its name. Raises OptOutNotFound."""
    name = read_name(website)
    if not await opt_outs.delete_opt_out(session, name, tenant=tenant):
        raise OptOutNotFound
    return name


async def refuse_opted_out(session: AsyncSession, host: str, *, tenant: str) -> None:
    """Raise OptedOut if the owner of that host has objected."""
    if await opt_outs.is_opted_out(session, host_suffixes(host), tenant=tenant):
        raise OptedOut(f"{without_www(host)} is not scanned: its owner has objected to being visited")


async def is_closed(session: AsyncSession, domain: OwnedDomain) -> bool:
    """Whether the owner of that domain, or of where it leads, has objected."""
    hosts = [domain.name.partition(":")[0]]
    if domain.final_url:
        hosts.append(host_of(domain.final_url))
    suffixes = {suffix for host in hosts for suffix in host_suffixes(host)}
    return await opt_outs.is_opted_out(session, suffixes, tenant=domain.tenant)


def refusing(fetch: Fetch, names: frozenset[str]) -> Fetch:
    """The same fetch, which goes to none of these domains: wherever a link or a redirect leads."""
    if not names:
        return fetch

    async def guarded(url: str) -> Fetched:
        host = host_of(url)
        if not names.isdisjoint(host_suffixes(host)):
            raise HostOptedOut(f"{host} is not visited: its owner has objected.")
        return await fetch(url)

    return guarded


@dataclass(frozen=True, slots=True)
class _Refused:
    """What is given to work whose domain is opted out."""

    reason: str


class UnlessOptedOut:
    """Work about a domain that settles at once, with the reason, where the domain's owner has objected."""

    def __init__(self, work: AnyWork, find: FindDomain) -> None:
        self._work = work
        self._find = find
        self.kind: str = work.kind
        self.timeout: timedelta | None = work.timeout
        self.backoff: Backoff = work.backoff
        self.max_attempts: int | None = getattr(work, "max_attempts", None)

    async def load(self, session: AsyncSession, claim: Claim) -> Any:
        """What the work loads, unless it is refused."""
        domain = await self._find(session, claim)
        if domain is not None and await is_closed(session, domain):
            return _Refused(f"{domain.name} is not visited: its owner has objected.")
        return await self._work.load(session, claim)

    async def perform(self, given: Any, report: Report[Any]) -> Outcome:
        """Do the work, unless it is refused."""
        if isinstance(given, _Refused):
            return GiveUp(given.reason)
        return await self._work.perform(given, report)

    async def keep(self, session: AsyncSession, claim: Claim, portion: Any) -> None:
        """As the work does."""
        await self._work.keep(session, claim, portion)

    async def save(self, session: AsyncSession, claim: Claim, outcome: Outcome) -> None:
        """As the work does."""
        await self._work.save(session, claim, outcome)


async def by_row(session: AsyncSession, claim: Claim) -> OwnedDomain | None:
    """The domain of a claim on a row of domains."""
    return await opt_outs.find_domain(session, claim.row_id)


async def by_file(session: AsyncSession, claim: Claim) -> OwnedDomain | None:
    """The domain of a claim on a sitemap file."""
    return await opt_outs.find_domain_of_file(session, claim.row_id)


async def by_subject(session: AsyncSession, claim: Claim) -> OwnedDomain | None:
    """The domain of a claim on a job about one."""
    return await opt_outs.find_domain(session, UUID(claim.subject)) if claim.subject else None
