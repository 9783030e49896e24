"""Whether the house is well: liveness, readiness, metrics."""

import asyncio

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from scanlane.errors import Unavailable
from scanlane.routers.dependencies import InHouse
from scanlane.services.metrics import WithDepths
from scanlane.stores.jobs import count_by_status

router = APIRouter(tags=["operations"])


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@router.get("/health/ready")
async def ready(house: InHouse) -> dict[str, str]:
    """The database answers, too."""
    try:
        async with asyncio.timeout(3), house.sessions() as session:
            await session.execute(text("select 1"))
    except Exception as error:
        raise Unavailable from error
    return {"status": "ready"}


@router.get("/metrics")
async def metrics(house: InHouse) -> Response:
    """Everything countable, for Prometheus. Counts only: no names, no addresses."""
    async with asyncio.timeout(5), house.sessions() as session:
        counts = await count_by_status(session)
    return Response(generate_latest(WithDepths(counts)), media_type=CONTENT_TYPE_LATEST)
