"""The page of settings: who is not to be kept or visited, how long things are kept, how to get a token."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from scanlane.auth.caller import Caller
from scanlane.services import opt_outs, suppression
from scanlane.services.house import House
from scanlane.services.suppression import Asked
from scanlane.stores.opt_outs import list_opt_outs
from scanlane.stores.suppressions import list_suppressions
from scanlane.web.gate import InHouse, SignedIn
from scanlane.web.rendering import page

OPERATE = "operate"
SHOWN = 200
MOST_NAMED = 200

router = APIRouter()
Text = Annotated[str, Form(max_length=20_000)]
Line = Annotated[str, Form(max_length=500)]


@router.get("/settings")
async def settings_page(request: Request, caller: SignedIn, house: InHouse) -> HTMLResponse:
    """Everything that is decided here, and what the operator has decided in the environment."""
    known = {"settings": house.settings, "may": OPERATE in caller.scopes, **await _objections(house, caller)}
    return page(request, "settings.html", known)


@router.post("/settings/suppressions")
async def suppress(caller: SignedIn, house: InHouse, values: Text, reason: Line = "", back: Line = "") -> Response:
    """Never store these again, and delete what is stored of them."""
    caller.require(OPERATE)
    named = list(dict.fromkeys(values.split()))[:MOST_NAMED]
    await suppression.suppress(house.sessions, named, Asked(tenant=caller.tenant, by=caller.user_id, reason=reason))
    # Only our own paths: whoever fills in the form does not choose where the browser goes.
    return RedirectResponse(back if back.startswith("/contacts") else "/settings", status_code=303)


@router.post("/settings/suppressions/{suppression_id}/lift")
async def lift(suppression_id: UUID, caller: SignedIn, house: InHouse) -> Response:
    """Lift a suppression."""
    caller.require(OPERATE)
    async with house.sessions.begin() as session:
        await suppression.lift(session, suppression_id, tenant=caller.tenant, everywhere=False)
    return RedirectResponse("/settings", status_code=303)


@router.post("/settings/opt-outs")
async def opt_out(caller: SignedIn, house: InHouse, domain: Line, reason: Line = "") -> Response:
    """Never visit this website again, and delete what was found there."""
    caller.require(OPERATE)
    asked = Asked(tenant=caller.tenant, by=caller.user_id, reason=reason)
    await opt_outs.opt_out(house.sessions, house.queue, domain, asked)
    return RedirectResponse("/settings", status_code=303)


@router.post("/settings/opt-outs/lift")
async def lift_opt_out(caller: SignedIn, house: InHouse, domain: Line) -> Response:
    """Let a domain be visited again."""
    caller.require(OPERATE)
    async with house.sessions.begin() as session:
        await opt_outs.lift(session, domain, tenant=caller.tenant)
    return RedirectResponse("/settings", status_code=303)


async def _objections(house: House, caller: Caller) -> dict[str, object]:
    async with house.sessions() as session:
        suppressed = await list_suppressions(session, tenant=caller.tenant, limit=SHOWN, cursor=None)
        opted_out = await list_opt_outs(session, tenant=caller.tenant, limit=SHOWN, cursor=None)
    return {"suppressions": suppressed.items, "opt_outs": opted_out.items}
