"""The HTTP face of businesses. Decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from scanlane.auth.jwt_auth import AuthenticatedRoute, CurrentUser
from scanlane.routers.dependencies import Transaction
from scanlane.schemas.businesses import Business, BusinessDetails, BusinessesQuery
from scanlane.schemas.lists import PageOf
from scanlane.services import place_requests
from scanlane.stores import business_lists
from scanlane.stores.business_lists import BusinessFilter

router = APIRouter(prefix="/api/v3/businesses", tags=["businesses"], route_class=AuthenticatedRoute)


@router.get("")
async def list_businesses(
    query: Annotated[BusinessesQuery, Query()], user: CurrentUser, session: Transaction
) -> PageOf[Business]:
    """Businesses, newest first."""
    wanted = BusinessFilter(
        status=query.domain_extraction_status,
        has_website=query.has_website,
        city=query.city,
        category=query.category,
        text=query.q,
    )
    found = await business_lists.list_businesses(
        session, tenant=user.tenant, wanted=wanted, limit=query.limit, cursor=query.cursor
    )
    return PageOf[Business].model_validate(found)


@router.get("/{business_id}")
async def show_business(business_id: UUID, user: CurrentUser, session: Transaction) -> BusinessDetails:
    """One business, with what its provider said of it."""
    business = await place_requests.find_business(session, business_id, tenant=user.tenant)
    return BusinessDetails.model_validate(business)
