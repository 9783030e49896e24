"""The HTTP face of website scans: start, watch, cancel. Decides nothing."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from scanlane.auth.jwt_auth import CurrentUser
from scanlane.routers.dependencies import House, InHouse, Transaction
from scanlane.schemas.email_scan import ScanAccepted, ScanWebsite
from scanlane.schemas.job import JobDetails
from scanlane.schemas.texts import IdempotencyKeyText
from scanlane.services import jobs
from scanlane.services.job_watch import wait_for_change
from scanlane.stores.jobs import JobView

LONGEST_WAIT = 60

router = APIRouter(prefix="/api/v3/scan", tags=["scan"])


@router.post("/website", status_code=202)
async def scan_website(
    wanted: ScanWebsite,
    request: Request,
    user: CurrentUser,
    house: InHouse,
    session: Transaction,
    background: BackgroundTasks,
    idempotency_key: Annotated[IdempotencyKeyText | None, Header()] = None,
) -> ScanAccepted:
    """Scan a website for contacts. An active scan of the same domain is answered with its id."""
    started = await jobs.start_scan(
        session,
        house.queue,
        jobs.ScanRequest(
            tenant=user.tenant,
            user_id=user.user_id,
            domain_id=wanted.domain_id,
            website=wanted.website,
            networks=house.networks,
            options=wanted.model_dump(include={"max_pages"}, exclude_none=True),
            idempotency_key=idempotency_key,
        ),
    )
    if house.start_scan is not None and not started.existing:
        background.add_task(house.start_scan, started.job_id, user.user_id)
    return ScanAccepted(
        job_id=started.job_id,
        status=started.status,
        existing=started.existing,
        status_url=str(request.app.url_path_for("scan_status", job_id=str(started.job_id))),
    )


@router.get("/status/{job_id}", response_model=JobDetails)
async def scan_status(
    job_id: UUID,
    user: CurrentUser,
    house: InHouse,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT, description="wait up to so many seconds for a change")] = 0,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """How a scan is doing. With `wait`, answers as soon as it differs from `If-None-Match`, or has finished."""
    view = await _find(house, job_id, user.tenant)
    details = JobDetails.model_validate(view)
    if wait and view.is_active and if_none_match in (None, details.etag()):
        details = JobDetails.model_validate(await _later(house, view, wait, to_the_end=if_none_match is None))
    headers = {"ETag": details.etag(), "Cache-Control": "no-store"}
    if if_none_match == details.etag():
        return Response(status_code=304, headers=headers)
    return Response(details.model_dump_json(), media_type="application/json", headers=headers)


@router.get("/events/{job_id}", response_class=StreamingResponse)
async def scan_events(job_id: UUID, user: CurrentUser, house: InHouse) -> StreamingResponse:
    """The progress of a scan as server-sent events: one `job` event per change, ending with the finished job."""
    view = await _find(house, job_id, user.tenant)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(house, view), media_type="text/event-stream", headers=headers)


@router.post("/cancel/{job_id}")
async def cancel_scan(job_id: UUID, user: CurrentUser, house: InHouse, session: Transaction) -> JobDetails:
    """Cancel a scan that has not finished; a finished one is answered as it is."""
    return JobDetails.model_validate(await jobs.cancel_job(session, house.queue, job_id, tenant=user.tenant))


async def _find(house: House, job_id: UUID, tenant: str) -> JobView:
    async with house.sessions() as session:
        return await jobs.find_job(session, job_id, tenant=tenant)


async def _later(house: House, view: JobView, wait: float, *, to_the_end: bool) -> JobView:
    longest = timedelta(seconds=wait)
    if to_the_end:
        return await wait_for_change(house.watch, view, longest=longest, wanted=lambda later: not later.is_active)
    return await wait_for_change(house.watch, view, longest=longest)


async def _events(house: House, first: JobView) -> AsyncIterator[str]:
    yield _event(first)
    if not first.is_active:
        return
    latest = first
    async with aclosing(house.watch.changes(first.id)) as changes:
        async for view in changes:
            if view != latest:
                latest = view
                yield _event(view)


def _event(view: JobView) -> str:
    details = JobDetails.model_validate(view)
    return f"event: job\nid: {json.loads(details.etag())}\ndata: {details.model_dump_json()}\n\n"
