"""The pages of scans: the list, and one of them while it runs and after it ended."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from scanlane.auth.caller import Caller
from scanlane.errors import NotFound
from scanlane.services import jobs
from scanlane.services.house import House
from scanlane.services.shown_contacts import best
from scanlane.stores.contact_lists import ContactFilter
from scanlane.stores.jobs import JobView, list_jobs
from scanlane.stores.scan_pages import count_pages, list_troubles
from scanlane.web.gate import InHouse, SignedIn
from scanlane.web.rendering import fragment, page
from scanlane.web.starting import start_scan

SHOWN_CONTACTS = 100
SHOWN_TROUBLES = 50

router = APIRouter()


@router.get("/jobs")
async def list_page(request: Request, caller: SignedIn, house: InHouse) -> HTMLResponse:
    """The latest scans."""
    async with house.sessions() as session:
        latest = await list_jobs(session, tenant=caller.tenant, limit=100)
    return page(request, "jobs.html", {"jobs": latest})


@router.get("/jobs/{job_id}")
async def job_page(job_id: UUID, request: Request, caller: SignedIn, house: InHouse) -> HTMLResponse:
    """One scan: how far it is, what it has found, what went wrong."""
    return page(request, "job.html", await _seen(house, job_id, caller))


@router.get("/jobs/{job_id}/live")
async def live(job_id: UUID, caller: SignedIn, house: InHouse) -> StreamingResponse:
    """The changing part of a scan's page, each time something has changed, until the scan has ended."""
    await _seen(house, job_id, caller)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_changes(house, job_id, caller), media_type="text/event-stream", headers=headers)


@router.post("/jobs/{job_id}/cancel")
async def cancel(job_id: UUID, caller: SignedIn, house: InHouse) -> Response:
    """Stop a scan. What it has found stays."""
    async with house.sessions.begin() as session:
        await jobs.cancel_job(session, house.queue, job_id, tenant=caller.tenant)
    return RedirectResponse(f"/jobs/{job_id}", status_code=303)


@router.post("/jobs/{job_id}/again")
async def again(job_id: UUID, caller: SignedIn, house: InHouse, background: BackgroundTasks) -> Response:
    """Scan the same website once more."""
    async with house.sessions() as session:
        job = await jobs.find_job(session, job_id, tenant=caller.tenant)
    started = await start_scan(job.website, caller, house, background)
    return RedirectResponse(f"/jobs/{started.job_id}", status_code=303)


async def _seen(house: House, job_id: UUID, caller: Caller) -> dict[str, object]:
    async with house.sessions() as session:
        job: JobView = await jobs.find_job(session, job_id, tenant=caller.tenant)
        wanted = ContactFilter(domain_id=job.domain_id)
        return {
            "job": job,
            "contacts": await best(
                session, wanted, tenant=caller.tenant, limit=SHOWN_CONTACTS, disposable=house.disposable
            ),
            "troubles": await list_troubles(session, job_id, limit=SHOWN_TROUBLES),
            "pages": await count_pages(session, job_id),
        }


async def _changes(house: House, job_id: UUID, caller: Caller) -> AsyncIterator[str]:
    async with aclosing(house.watch.changes(job_id)) as changes:
        async for _ in changes:
            try:
                html = fragment("_job.html", await _seen(house, job_id, caller))
            except NotFound:  # deleted meanwhile
                return
            yield "".join(f"data: {line}\n" for line in html.splitlines()) + "\n"
