"""Whether the house is well: liveness, readiness, metrics."""

import asyncio
import contextlib
from collections.abc import Sequence

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as SQLAlchemyTimeout

from scanlane.errors import Unavailable
from scanlane.routers.dependencies import InHouse
from scanlane.services.metrics import Scraped, read_depths
from worklane.depth import Depth

DEPTHS_TAKE_AT_MOST = 5.0

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
    """Everything countable, for Prometheus. Counts only: no names, no addresses.

    When the database does not answer, what this process counted is answered all the same, and
    `worklane_depths_readable` is 0.
    """
    depths: Sequence[Depth] | None = None
    with contextlib.suppress(OSError, DBAPIError, SQLAlchemyTimeout):
        async with asyncio.timeout(DEPTHS_TAKE_AT_MOST):
            depths = await read_depths(house.sessions)
    return Response(generate_latest(Scraped(depths)), media_type=CONTENT_TYPE_LATEST)
