"""The pages that scans have visited, as people look at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import PageState, ScanPage


@dataclass(frozen=True, slots=True)
class Trouble:
    """A URL that could not be read, and why."""

    url: str
    state: str
    http_status: int | None
    error: str | None


async def count_pages(session: AsyncSession, job_id: UUID) -> dict[str, int]:
    """How many URLs of a scan are in each state; every state is there."""
    query = select(ScanPage.state, func.count()).where(ScanPage.job_id == job_id).group_by(ScanPage.state)
    found = {str(state): count for state, count in await session.execute(query)}
    return {state.value: found.get(state.value, 0) for state in PageState}


async def list_troubles(session: AsyncSession, job_id: UUID, *, limit: int) -> Sequence[Trouble]:
    """URLs that failed or were left out, those that failed first."""
    states = (PageState.FAILED, PageState.SKIPPED)
    query = (
        select(ScanPage.url, ScanPage.state, ScanPage.http_status, ScanPage.error)
        .where(ScanPage.job_id == job_id, ScanPage.state.in_(states), ScanPage.error.is_not(None))
        .order_by(ScanPage.state, ScanPage.url)
        .limit(limit)
    )
    return [Trouble(*row) for row in await session.execute(query)]
