"""The HTTP face of sitemaps: look for them, import one, see what was found. Decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from scanlane.auth.jwt_auth import AuthenticatedRoute, CurrentUser
from scanlane.routers.dependencies import InHouse, Transaction
from scanlane.schemas.lists import PageOf
from scanlane.schemas.sitemaps import DiscoverSitemaps, DiscoveryAccepted, ImportSitemap, Sitemap, SitemapsQuery
from scanlane.services import sitemap_requests
from scanlane.services.owned_domains import must_be_own
from scanlane.stores import sitemap_lists
from scanlane.stores.sitemap_lists import SitemapFilter

router = APIRouter(prefix="/api/v3/sitemaps", tags=["sitemaps"], route_class=AuthenticatedRoute)


@router.post("/discover", status_code=202)
async def discover_sitemaps(wanted: DiscoverSitemaps, user: CurrentUser, session: Transaction) -> DiscoveryAccepted:
    """Look for a domain's sitemaps: in robots.txt, in its home page, at the usual places."""
    domain = await sitemap_requests.start_discovery(session, wanted.domain_id, tenant=user.tenant)
    return DiscoveryAccepted(domain_id=domain.id, domain=domain.name, sitemap_status=domain.sitemap_status)


@router.post("/import", status_code=202)
async def import_sitemap(wanted: ImportSitemap, user: CurrentUser, house: InHouse, session: Transaction) -> Sitemap:
    """Read one file as a sitemap of a domain, again if it was read before.

    A sitemap speaks for its own site: that of another one is refused unless `other_site` says that it is meant.
    Private addresses are refused unless the operator allowed their network.
    """
    request = sitemap_requests.ImportRequest(tenant=user.tenant, networks=house.networks, **wanted.model_dump())
    return Sitemap.model_validate(await sitemap_requests.start_import(session, request))


@router.get("")
async def list_sitemaps(
    query: Annotated[SitemapsQuery, Query()], user: CurrentUser, session: Transaction
) -> PageOf[Sitemap]:
    """Sitemap files, newest first, with the number of their URLs and what was odd about them."""
    await must_be_own(session, query.domain_id, tenant=user.tenant)
    wanted = SitemapFilter(domain_id=query.domain_id, status=query.import_status, kind=query.kind)
    found = await sitemap_lists.list_files(
        session, tenant=user.tenant, wanted=wanted, limit=query.limit, cursor=query.cursor
    )
    return PageOf[Sitemap].model_validate(found)


@router.get("/{file_id}")
async def show_sitemap(file_id: UUID, user: CurrentUser, session: Transaction) -> Sitemap:
    """One sitemap file."""
    return Sitemap.model_validate(await sitemap_requests.find_file(session, file_id, tenant=user.tenant))
