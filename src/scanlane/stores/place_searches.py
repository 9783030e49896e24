"""Searches for places: all SQL of the pipeline about them. Moves of a claimed search's status belong to the core."""

from collections.abc import Set
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import Place, PlaceSearch
from scanlane.stores.texts import storable

LONGEST_CURSOR = 10_000


async def find_search(session: AsyncSession, search_id: UUID) -> PlaceSearch | None:
    """The search that a claim names."""
    return await session.scalar(select(PlaceSearch).where(PlaceSearch.id == search_id))


async def found_refs(session: AsyncSession, search_id: UUID) -> Set[str]:
    """The refs of the places that the search has staged so far."""
    return set(await session.scalars(select(Place.ref).where(Place.search_id == search_id)))


async def note_progress(session: AsyncSession, search_id: UUID, *, cursor: str | None, found: int) -> None:
    """Where the search goes on, and how many places it has found in all."""
    said = update(PlaceSearch).where(PlaceSearch.id == search_id)
    await session.execute(said.values(cursor=storable(cursor, LONGEST_CURSOR), found=found))
