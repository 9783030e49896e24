"""The pages of one scan as its owner lists them: all SQL about that."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.errors import BadInput
from scanlane.models import Job, ScanPage
from scanlane.stores.keyset import LONGEST_PAGE, Listed
from scanlane.stores.scans import code_of_page
from scanlane.stores.texts import is_storable


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPageView:
    """One URL of a scan. `code`: why there is no page; None for pages that were read."""

    url: str
    state: str
    code: str | None
    http_status: int | None
    title: str | None
    error: str | None
    fetched_at: datetime | None


async def list_scan_pages(
    session: AsyncSession,
    job_id: UUID,
    *,
    tenant: str,
    limit: int,
    cursor: str | None = None,
    code: str | None = None,
    state: str | None = None,
) -> Listed[ScanPageView]:
    """A page of the URLs of this tenant's job, in the order of their spelling. Raises BadInput for a bad cursor."""
    said = code_of_page()
    query = (
        select(
            ScanPage.url,
            ScanPage.state,
            said.label("code"),
            ScanPage.http_status,
            ScanPage.title,
            ScanPage.error,
            ScanPage.fetched_at,
        )
        .join(Job, Job.id == ScanPage.job_id)
        .where(ScanPage.job_id == job_id, Job.tenant == tenant)
    )
    if cursor is not None:
        query = query.where(ScanPage.url > _url_of(cursor))
    if code is not None:
        query = query.where(said == code)
    if state is not None:
        query = query.where(ScanPage.state == state)
    limit = min(limit, LONGEST_PAGE)
    found = await session.execute(query.order_by(ScanPage.url).limit(limit + 1))
    views = [ScanPageView(**row._mapping) for row in found]
    if len(views) <= limit:
        return Listed(views, None)
    return Listed(views[:limit], _cursor_of(views[limit - 1].url))


def _cursor_of(url: str) -> str:
    return base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def _url_of(cursor: str) -> str:
    try:
        url = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error):
        url = ""
    if not url or not is_storable(url):
        raise BadInput("that is not a cursor of this list", field="cursor")
    return url
