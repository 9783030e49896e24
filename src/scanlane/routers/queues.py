"""The HTTP face of the queues: how deep they are, pausing, resuming, trying again. Decides nothing."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Body

from scanlane.auth.jwt_auth import AuthenticatedRoute, CurrentUser
from scanlane.routers.dependencies import InHouse, Transaction
from scanlane.schemas.queues import (
    FailedRequeued,
    Pause,
    PauseQueue,
    QueuePaused,
    Queues,
    RequeueFailed,
)
from scanlane.services import queue_control
from scanlane.services.queue_control import details

OPERATE = "operate"
NO_PAUSE_DETAILS, AS_USUAL = PauseQueue(), RequeueFailed()

router = APIRouter(prefix="/api/v3/queues", tags=["queues"], route_class=AuthenticatedRoute)


@router.get("")
async def list_queues(user: CurrentUser, house: InHouse, session: Transaction) -> Queues:
    """Every queue: the caller's rows in it, how it is polled, whether it is paused."""
    found = await queue_control.list_queues(session, house.settings, tenant=user.tenant)
    return Queues(items=[details(one) for one in found])


@router.post("/{queue}/pause")
async def pause_queue(
    queue: str, user: CurrentUser, session: Transaction, wanted: Annotated[PauseQueue, Body()] = NO_PAUSE_DETAILS
) -> QueuePaused:
    """Poll a queue no more, for all tenants of this installation; what is being worked on is finished.

    Needs a token with the scope `operate`.
    """
    user.require(OPERATE)
    span = None if wanted.seconds is None else timedelta(seconds=wanted.seconds)
    paused = await queue_control.pause(session, queue, reason=wanted.reason, span=span)
    return QueuePaused(name=queue, paused=Pause.model_validate(paused))


@router.post("/{queue}/resume")
async def resume_queue(queue: str, user: CurrentUser, session: Transaction) -> QueuePaused:
    """Poll a queue again. Needs a token with the scope `operate`."""
    user.require(OPERATE)
    await queue_control.resume(session, queue)
    return QueuePaused(name=queue, paused=None)


@router.post("/{queue}/requeue-failed")
async def requeue_failed(
    queue: str, user: CurrentUser, session: Transaction, wanted: Annotated[RequeueFailed, Body()] = AS_USUAL
) -> FailedRequeued:
    """Let the caller's failed rows wait again, the oldest first: no error, fresh attempts."""
    requeued = await queue_control.requeue_failed(session, queue, tenant=user.tenant, limit=wanted.limit)
    return FailedRequeued(name=queue, requeued=requeued, more=requeued == wanted.limit)
