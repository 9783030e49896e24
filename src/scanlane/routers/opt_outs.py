"""The HTTP face of opt-outs: add, list, lift. Decides nothing. All of it needs the scope `operate`."""

from typing import Annotated

from fastapi import APIRouter, Query

from scanlane.auth.jwt_auth import AuthenticatedRoute, CurrentUser
from scanlane.models import EVERY_TENANT
from scanlane.routers.dependencies import InHouse, Transaction
from scanlane.routers.queues import OPERATE
from scanlane.schemas.lists import PageOf, Paging, Words
from scanlane.schemas.objections import OptOut, TakenOutNow, TakeOut
from scanlane.services import opt_outs
from scanlane.services.suppression import Asked
from scanlane.stores.opt_outs import list_opt_outs

router = APIRouter(prefix="/api/v3/opt-outs", tags=["objections"], route_class=AuthenticatedRoute)


@router.post("")
async def opt_out(wanted: TakeOut, user: CurrentUser, house: InHouse) -> TakenOutNow:
    """Never visit this website again, and delete what was found there. Needs a token with the scope `operate`."""
    user.require(OPERATE)
    tenant = EVERY_TENANT if wanted.everywhere else user.tenant
    asked = Asked(tenant=tenant, by=user.user_id, reason=wanted.reason)
    return TakenOutNow.model_validate(await opt_outs.opt_out(house.sessions, house.queue, wanted.domain, asked))


@router.get("")
async def list_(query: Annotated[Paging, Query()], user: CurrentUser, session: Transaction) -> PageOf[OptOut]:
    """What binds the caller's tenant, newest first. Needs a token with the scope `operate`."""
    user.require(OPERATE)
    found = await list_opt_outs(session, tenant=user.tenant, limit=query.limit, cursor=query.cursor)
    return PageOf[OptOut].model_validate(found)


@router.delete("/{domain}", status_code=204)
async def lift(domain: Words, user: CurrentUser, session: Transaction, everywhere: bool = True) -> None:
    """Let a domain be visited again. Needs a token with the scope `operate`."""
    user.require(OPERATE)
    await opt_outs.lift(session, domain, tenant=EVERY_TENANT if everywhere else user.tenant)
