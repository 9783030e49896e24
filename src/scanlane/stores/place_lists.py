"""Searches for places and staged places as their owner sees them: lists, one by id, asking for deep scans, deleting."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from scanlane.models import LocalBusiness, Place, PlaceSearch
from scanlane.stores import places
from scanlane.stores.filters import has_status, holds, is_at_rest
from scanlane.stores.keyset import Listed, list_rows
from scanlane.stores.places import CLAIMS, DEEP_SCAN, DOMAIN_EXTRACTION
from worklane.postgres.status_requeue import forget_claims


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFilter:
    """Which places are meant. `status` is one of the deep scan, or `filters.NOT_ASKED`; `text` is somewhere in them."""

    status: str | None = None
    search_id: UUID | None = None
    text: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same in SQL."""
        said: list[ColumnElement[bool]] = []
        if self.status is not None:
            said.append(has_status(Place.deep_scan_status, self.status))
        if self.search_id is not None:
            said.append(Place.search_id == self.search_id)
        if self.text is not None:
            said.append(holds(self.text, Place.name, Place.ref, Place.address, Place.category))
        return said


async def add_search(session: AsyncSession, search: PlaceSearch) -> PlaceSearch:
    """Store a search; answer it with its id and the time of its making."""
    session.add(search)
    await session.flush()
    await session.refresh(search)
    return search


async def find_search(session: AsyncSession, search_id: UUID, *, tenant: str) -> PlaceSearch | None:
    """This tenant's search, or None."""
    return await session.scalar(select(PlaceSearch).where(PlaceSearch.id == search_id, PlaceSearch.tenant == tenant))


async def list_searches(
    session: AsyncSession, *, tenant: str, status: str | None, limit: int, cursor: str | None
) -> Listed[PlaceSearch]:
    """This tenant's searches, newest first."""
    query = select(PlaceSearch).where(PlaceSearch.tenant == tenant)
    if status is not None:
        query = query.where(has_status(PlaceSearch.status, status))
    return await list_rows(session, query, at=PlaceSearch.created_at, id=PlaceSearch.id, limit=limit, cursor=cursor)


async def list_places(
    session: AsyncSession, *, tenant: str, wanted: PlaceFilter, limit: int, cursor: str | None
) -> Listed[Place]:
    """This tenant's places, newest first, without what their provider said of them."""
    query = select(Place).where(Place.tenant == tenant, *wanted.conditions()).options(defer(Place.raw, raiseload=True))
    return await list_rows(session, query, at=Place.created_at, id=Place.id, limit=limit, cursor=cursor)


async def find_place(session: AsyncSession, place_id: UUID, *, tenant: str) -> Place | None:
    """This tenant's place, or None."""
    return await session.scalar(select(Place).where(Place.id == place_id, Place.tenant == tenant))


async def find_business_id(session: AsyncSession, place_id: UUID) -> UUID | None:
    """The business that was made of a place."""
    return await session.scalar(select(LocalBusiness.id).where(LocalBusiness.place_id == place_id))


async def queue_by_filter(session: AsyncSession, wanted: PlaceFilter, *, tenant: str, most: int) -> int:
    """Ask for the deep scan of the places that are meant, save those that wait or are worked on; answer how many.

    The oldest come first, at most so many.
    """
    meant = (
        select(Place.id)
        .where(Place.tenant == tenant, *wanted.conditions(), is_at_rest(Place.deep_scan_status))
        .order_by(Place.created_at, Place.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = (await session.scalars(meant)).all()
    return await places.queue_deep_scans(session, ids, tenant=tenant)


async def delete_place(session: AsyncSession, place_id: UUID, *, tenant: str) -> bool:
    """Delete this tenant's place with its business; answer whether there was one. Work under way on it is lost."""
    mine = select(LocalBusiness.id).where(LocalBusiness.place_id == place_id, LocalBusiness.tenant == tenant)
    businesses = (await session.scalars(mine)).all()
    gone = delete(Place).where(Place.id == place_id, Place.tenant == tenant).returning(Place.id)
    if (await session.scalar(gone)) is None:
        return False
    await forget_claims(session, DEEP_SCAN, [place_id], claims=CLAIMS)
    await forget_claims(session, DOMAIN_EXTRACTION, businesses, claims=CLAIMS)
    return True
