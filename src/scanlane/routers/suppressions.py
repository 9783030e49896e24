"""The HTTP face of suppressions: add, list, lift. Decides nothing. All of it needs the scope `operate`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from scanlane.auth.jwt_auth import AuthenticatedRoute, CurrentUser
from scanlane.models import EVERY_TENANT
from scanlane.routers.dependencies import InHouse, Transaction
from scanlane.routers.queues import OPERATE
from scanlane.schemas.lists import PageOf, Paging
from scanlane.schemas.objections import Suppress, SuppressedNow, Suppression
from scanlane.services import suppression
from scanlane.stores.suppressions import list_suppressions

router = APIRouter(prefix="/api/v3/suppressions", tags=["objections"], route_class=AuthenticatedRoute)


@router.post("")
async def suppress(wanted: Suppress, user: CurrentUser, house: InHouse) -> SuppressedNow:
    """Never store these again, and delete what is stored of them, at once. Needs a token with the scope `operate`."""
    user.require(OPERATE)
    tenant = EVERY_TENANT if wanted.everywhere else user.tenant
    asked = suppression.Asked(tenant=tenant, by=user.user_id, reason=wanted.reason)
    return SuppressedNow.model_validate(await suppression.suppress(house.sessions, wanted.values, asked))


@router.get("")
async def list_(query: Annotated[Paging, Query()], user: CurrentUser, session: Transaction) -> PageOf[Suppression]:
    """What binds the caller's tenant, newest first: digests, never values. Needs a token with the scope `operate`."""
    user.require(OPERATE)
    found = await list_suppressions(session, tenant=user.tenant, limit=query.limit, cursor=query.cursor)
    return PageOf[Suppression].model_validate(found)


@router.delete("/{suppression_id}", status_code=204)
async def lift(suppression_id: UUID, user: CurrentUser, session: Transaction, everywhere: bool = False) -> None:
    """Lift one, the tenant's own or, with `everywhere`, one that binds all. Needs a token with the scope `operate`."""
    user.require(OPERATE)
    await suppression.lift(session, suppression_id, tenant=user.tenant, everywhere=everywhere)
