"""The page of the pipeline: how much there is of each kind, how every queue stands, what has failed, and why."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from scanlane.services import queue_control
from scanlane.services.pipeline import STAGES
from scanlane.stores.funnel import count_kinds, list_failures
from scanlane.web.gate import InHouse, SignedIn
from scanlane.web.rendering import page

OPERATE = "operate"
SHOWN_FAILURES = 200

router = APIRouter()


@router.get("/pipeline")
async def pipeline_page(request: Request, caller: SignedIn, house: InHouse) -> HTMLResponse:
    """The funnel and the queues, as they are now."""
    async with house.sessions() as session:
        kinds = await count_kinds(session, tenant=caller.tenant)
        states = await queue_control.list_queues(session, house.settings, tenant=caller.tenant)
        failures = await list_failures(session, [stage.column for stage in STAGES], tenant=caller.tenant)
    known = {
        "kinds": kinds,
        "most": max(kinds.values(), default=0) or 1,
        "queues": [queue_control.details(state) for state in states],
        "failures": failures[:SHOWN_FAILURES],
        "may_pause": OPERATE in caller.scopes,
    }
    name = "_pipeline.html" if "hx-request" in request.headers else "pipeline.html"
    return page(request, name, known)


@router.post("/pipeline/{queue}/pause")
async def pause(
    queue: str, caller: SignedIn, house: InHouse, minutes: Annotated[int | None, Form(ge=1, le=525_600)] = None
) -> Response:
    """Poll a queue no more, for a while or until it is resumed."""
    caller.require(OPERATE)
    async with house.sessions.begin() as session:
        span = None if minutes is None else timedelta(minutes=minutes)
        await queue_control.pause(session, queue, reason=f"paused by {caller.user_id}"[:200], span=span)
    return RedirectResponse("/pipeline", status_code=303)


@router.post("/pipeline/{queue}/resume")
async def resume(queue: str, caller: SignedIn, house: InHouse) -> Response:
    """Poll a queue again."""
    caller.require(OPERATE)
    async with house.sessions.begin() as session:
        await queue_control.resume(session, queue)
    return RedirectResponse("/pipeline", status_code=303)


@router.post("/pipeline/{queue}/requeue")
async def requeue(queue: str, caller: SignedIn, house: InHouse) -> Response:
    """Let what has failed in a queue wait again."""
    async with house.sessions.begin() as session:
        await queue_control.requeue_failed(session, queue, tenant=caller.tenant, limit=queue_control.MOST_REQUEUED)
    return RedirectResponse("/pipeline", status_code=303)
