"""The HTTP face of businesses. Decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from scanlane.auth.jwt_auth import AuthenticatedRoute, CurrentUser
from scanlane.routers.dependencies import Transaction
from scanlane.schemas.businesses import Business, BusinessDetails, BusinessesQuery
from scanlane.schemas.listing import Listing
from scanlane.services import place_requests
from scanlane.stores import business_lists
from scanlane.stores.business_lists import BusinessFilter

router = APIRouter(prefix="/api/v3/businesses", tags=["businesses"], route_class=AuthenticatedRoute)


@router.get("")
async def list_businesses(
    query: Annotated[BusinessesQuery, Query()], user: CurrentUser, session: Transaction
) -> Listing[Business]:
    """Businesses, newest first. City and category are compared whole, whatever their case."""
    wanted = BusinessFilter(
        status=query.domain_extraction_status,
        has_website=query.has_website,
        city=query.city,
        category=query.category,
        text=query.q,
    )
    listed = await business_lists.list_businesses(
        session, tenant=user.tenant, wanted=wanted, limit=query.limit, cursor=query.cursor
    )
    items = [Business.model_validate(one) for one in listed.items]
    return Listing(items=items, next_cursor=listed.next_cursor)


@router.get("/{business_id}")
async def show_business(business_id: UUID, user: CurrentUser, session: Transaction) -> BusinessDetails:
    """One business, with what its provider said of it."""
    business = await place_requests.find_business(session, business_id, tenant=user.tenant)
    return BusinessDetails.model_validate(business)
