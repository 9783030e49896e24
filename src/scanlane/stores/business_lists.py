"""Businesses as their owner sees them: lists, and one by id."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from scanlane.models import LocalBusiness
from scanlane.stores.filters import has_status, holds
from scanlane.stores.keyset import Listed, list_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessFilter:
    """Which businesses are meant. City and category are compared whole, whatever their case."""

    status: str | None = None
    has_website: bool | None = None
    city: str | None = None
    category: str | None = None
    text: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same in SQL."""
        said: list[ColumnElement[bool]] = []
        if self.status is not None:
            said.append(has_status(LocalBusiness.domain_extraction_status, self.status))
        if self.has_website is not None:
            said.append(LocalBusiness.website.is_not(None) if self.has_website else LocalBusiness.website.is_(None))
        if self.city is not None:
            said.append(func.lower(LocalBusiness.city) == func.lower(self.city))
        if self.category is not None:
            said.append(func.lower(LocalBusiness.category) == func.lower(self.category))
        if self.text is not None:
            said.append(holds(self.text, LocalBusiness.name, LocalBusiness.address, LocalBusiness.website))
        return said


async def list_businesses(
    session: AsyncSession, *, tenant: str, wanted: BusinessFilter, limit: int, cursor: str | None
) -> Listed[LocalBusiness]:
    """This tenant's businesses, newest first, without what their provider said of them."""
    mine = select(LocalBusiness).where(LocalBusiness.tenant == tenant, *wanted.conditions())
    query = mine.options(defer(LocalBusiness.raw, raiseload=True))
    return await list_rows(session, query, at=LocalBusiness.created_at, id=LocalBusiness.id, limit=limit, cursor=cursor)


async def find_business(session: AsyncSession, business_id: UUID, *, tenant: str) -> LocalBusiness | None:
    """This tenant's business, or None."""
    mine = select(LocalBusiness).where(LocalBusiness.id == business_id, LocalBusiness.tenant == tenant)
    return await session.scalar(mine)
