"""What people ask about sitemaps: discovery, import, one file; the owner is checked here."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.clients.address_guard import Network, refuse_private
from scanlane.domain.sites import UnusableWebsite, parse_site
from scanlane.errors import BadInput, NotFound
from scanlane.models import Domain, SitemapFile
from scanlane.services.jobs import DomainNotFound
from scanlane.stores import domains, sitemap_lists, sitemaps


class SitemapNotFound(NotFound):
    """There is no such sitemap file, or it is not yours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """Who wants which file read as a sitemap of which domain. `other_site`: it need not be on the domain's own site."""

    tenant: str
    domain_id: UUID
    url: str
    other_site: bool = False
    networks: Sequence[Network] = ()


async def start_discovery(session: AsyncSession, domain_id: UUID, *, tenant: str) -> Domain:
    """Ask for a domain's sitemaps, unless that is under way; answer the domain as it is then. Raises DomainNotFound."""
    if not await sitemaps.discover_again(session, domain_id, tenant):
        raise DomainNotFound
    return await _own_domain(session, domain_id, tenant=tenant)


async def start_import(session: AsyncSession, request: ImportRequest) -> SitemapFile:
    """Ask for the import of one file. Raises DomainNotFound, and BadInput about its address.

    A sitemap speaks for its own site; that of another site is read only if the caller says that this is meant.
    """
    domain = await _own_domain(session, request.domain_id, tenant=request.tenant)
    file_id = await sitemaps.add_file(session, domain.id, request.tenant, _sitemap_url(request, domain))
    if file_id is None:  # the domain was deleted in between
        raise DomainNotFound
    return await find_file(session, file_id, tenant=request.tenant)


async def find_file(session: AsyncSession, file_id: UUID, *, tenant: str) -> SitemapFile:
    """This tenant's sitemap file. Raises SitemapNotFound, the same for an unknown one and somebody else's."""
    found = await sitemap_lists.find_file(session, file_id, tenant=tenant)
    if found is None:
        raise SitemapNotFound
    return found


async def _own_domain(session: AsyncSession, domain_id: UUID, *, tenant: str) -> Domain:
    domain = await domains.find_domain(session, domain_id, tenant=tenant)
    if domain is None:
        raise DomainNotFound
    return domain


def _sitemap_url(request: ImportRequest, domain: Domain) -> str:
    try:
        named = parse_site(request.url)
        refuse_private(named, request.networks)
    except UnusableWebsite as error:
        raise BadInput(error.message, field="url") from None
    if named.registrable != parse_site(domain.start_url).registrable and not request.other_site:
        raise BadInput(f"{named.name} is not the site {domain.name}; say other_site if it is meant", field="url")
    return named.start_url
