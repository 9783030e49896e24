"""The page of places: look for some, see what was found, ask for their deep scan."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from scanlane.services import place_requests
from scanlane.stores import place_lists
from scanlane.stores.place_lists import PlaceFilter
from scanlane.web.filters import PlacesSaid
from scanlane.web.gate import InHouse, SignedIn
from scanlane.web.rendering import page

A_PAGE = 100
LATEST_SEARCHES = 8

router = APIRouter()
Line = Annotated[str, Form(max_length=200)]


@router.get("/places")
async def list_page(
    request: Request, caller: SignedIn, house: InHouse, said: Annotated[PlacesSaid, Query()]
) -> HTMLResponse:
    """The latest searches, and the places that the filters find, newest first."""
    wanted = PlaceFilter(status=said.status, search_id=said.search_id, text=said.q)
    async with house.sessions() as session:
        if said.search_id is not None:
            await place_requests.find_search(session, said.search_id, tenant=caller.tenant)
        found = await place_lists.list_places(
            session, tenant=caller.tenant, wanted=wanted, limit=A_PAGE, cursor=said.cursor
        )
        searches = await place_lists.list_searches(
            session, tenant=caller.tenant, status=None, limit=LATEST_SEARCHES, cursor=None
        )
    known = {"found": found, "searches": searches.items, "said": said, "query": urlencode(said.conditions())}
    return page(request, "places.html", known)


@router.post("/places/searches")
async def search(
    caller: SignedIn, house: InHouse, query: Line, area: Line = "", deep_scan: Literal["yes", ""] = ""
) -> Response:
    """Look for places."""
    request = place_requests.SearchRequest(
        tenant=caller.tenant, query=query.strip(), area=area.strip() or None, deep_scan=bool(deep_scan)
    )
    async with house.sessions.begin() as session:
        started = await place_requests.start_search(session, house.settings, request)
    return RedirectResponse(f"/places?search_id={started.id}", status_code=303)


@router.post("/places/queue")
async def queue(caller: SignedIn, house: InHouse, said: Annotated[PlacesSaid, Form()]) -> Response:
    """Ask for the deep scan of every place that the filters find."""
    wanted = PlaceFilter(status=said.status, search_id=said.search_id, text=said.q)
    async with house.sessions.begin() as session:
        await place_requests.queue_deep_scans(session, tenant=caller.tenant, wanted=wanted)
    return RedirectResponse("/places?" + urlencode(said.conditions()), status_code=303)
