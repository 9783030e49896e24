"""The HTTP face of website scans: start, watch, list pages, cancel. Decides nothing."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from scanlane.auth.jwt_auth import AuthenticatedRoute, CurrentUser
from scanlane.routers.dependencies import House, InHouse, Transaction
from scanlane.schemas.email_scan import ScanAccepted, ScanWebsite
from scanlane.schemas.job import JobDetails
from scanlane.schemas.lists import PageOf
from scanlane.schemas.scan_page import ScanPageItem, ScanPagesQuery
from scanlane.schemas.texts import IdempotencyKeyText
from scanlane.services import jobs
from scanlane.services.job_watch import wait_for_change
from scanlane.stores.jobs import JobView
from scanlane.stores.scan_page_lists import list_scan_pages

LONGEST_WAIT = 60

router = APIRouter(prefix="/api/v3/scan", tags=["scan"], route_class=AuthenticatedRoute)


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
            options=wanted.model_dump(include={"max_pages", "thorough", "render", "verify"}, exclude_none=True),
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
    details = JobDetails.model_validate(await _find(house, job_id, user.tenant))
    if wait and details.is_active and (if_none_match is None or details.is_named_by(if_none_match)):
        await _wait_for_news(house, details, wait, to_the_end=if_none_match is None)
        details = JobDetails.model_validate(await _find(house, job_id, user.tenant))
    headers = {"ETag": details.etag(), "Cache-Control": "no-store"}
    if if_none_match is not None and details.is_named_by(if_none_match):
        return Response(status_code=304, headers=headers)
    return Response(details.model_dump_json(), media_type="application/json", headers=headers)


@router.get("/events/{job_id}", response_class=StreamingResponse)
async def scan_events(job_id: UUID, user: CurrentUser, house: InHouse) -> StreamingResponse:
    """The progress of a scan as server-sent events: one `job` event per change, ending with the finished job."""
    view = await _find(house, job_id, user.tenant)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(house, view, user.tenant), media_type="text/event-stream", headers=headers)


@router.get("/pages/{job_id}")
async def scan_pages(
    job_id: UUID, query: Annotated[ScanPagesQuery, Query()], user: CurrentUser, session: Transaction
) -> PageOf[ScanPageItem]:
    """List every URL that a scan knows, in the order of their spelling, with the reason where it gave no page."""
    await jobs.find_job(session, job_id, tenant=user.tenant)
    found = await list_scan_pages(session, job_id, tenant=user.tenant, **query.model_dump())
    return PageOf[ScanPageItem].model_validate(found)


@router.post("/cancel/{job_id}")
async def cancel_scan(job_id: UUID, user: CurrentUser, house: InHouse, session: Transaction) -> JobDetails:
    """Cancel a scan that has not finished; a finished one is answered as it is."""
    return JobDetails.model_validate(await jobs.cancel_job(session, house.queue, job_id, tenant=user.tenant))


async def _find(house: House, job_id: UUID, tenant: str) -> JobView:
    async with house.sessions() as session:
        return await jobs.find_job(session, job_id, tenant=tenant)


async def _wait_for_news(house: House, seen: JobDetails, wait: float, *, to_the_end: bool) -> None:
    def is_news(view: JobView) -> bool:
        return not view.is_active if to_the_end else JobDetails.model_validate(view).etag() != seen.etag()

    await wait_for_change(house.watch, seen.id, longest=timedelta(seconds=wait), wanted=is_news)


async def _events(house: House, first: JobView, tenant: str) -> AsyncIterator[str]:
    yield _event(first)
    if not first.is_active:
        return
    latest = JobDetails.model_validate(first).etag()
    async with aclosing(house.watch.changes(first.id)) as changes:
        async for seen in changes:
            view = seen if seen.is_active else await _find(house, seen.id, tenant)
            if JobDetails.model_validate(view).etag() != latest:
                latest = JobDetails.model_validate(view).etag()
                yield _event(view)


def _event(view: JobView) -> str:
    details = JobDetails.model_validate(view)
    return f"event: job\nid: {json.loads(details.etag())}\ndata: {details.model_dump_json()}\n\n"
