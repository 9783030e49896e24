"""The HTTP face of the pages that sitemaps list. Decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Query

from scanlane.auth.jwt_auth import AuthenticatedRoute, CurrentUser
from scanlane.routers.dependencies import Transaction
from scanlane.schemas.lists import PageOf
from scanlane.schemas.page import PageItem, PagesQuery
from scanlane.services.owned_domains import must_be_own
from scanlane.stores.page_lists import PageFilter, list_pages

router = APIRouter(prefix="/api/v3/pages", tags=["pages"], route_class=AuthenticatedRoute)


@router.get("")
async def list_(query: Annotated[PagesQuery, Query()], user: CurrentUser, session: Transaction) -> PageOf[PageItem]:
    """List pages: of one domain the most promising first, of all domains the newest first."""
    await must_be_own(session, query.domain_id, tenant=user.tenant)
    wanted = PageFilter(domain_id=query.domain_id, q=query.q)
    found = await list_pages(session, wanted, tenant=user.tenant, limit=query.limit, cursor=query.cursor)
    return PageOf[PageItem].model_validate(found)
