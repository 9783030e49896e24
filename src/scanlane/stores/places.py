"""Places and businesses: all SQL about them. Moves of a claimed place's status belong to the core."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.places import PlaceDetails
from scanlane.models import LocalBusiness, Place
from worklane.outcome import JsonValue


async def stage_place(session: AsyncSession, *, tenant: str, ref: str, name: str, raw: Mapping[str, JsonValue]) -> UUID:
    """The id of this tenant's place of that ref; makes it, or brings its details up to date."""
    adding = insert(Place).values(tenant=tenant, ref=ref, name=name, raw=dict(raw))
    upsert = adding.on_conflict_do_update(
        index_elements=[Place.tenant, Place.ref], set_={"name": adding.excluded.name, "raw": adding.excluded.raw}
    )
    return (await session.execute(upsert.returning(Place.id))).scalar_one()


async def queue_deep_scans(session: AsyncSession, place_ids: Collection[UUID], *, tenant: str) -> int:
    """Ask for the deep scan of these places, save those that wait or are worked on; answer how many."""
    asked = (
        update(Place)
        .where(Place.id.in_(place_ids), Place.tenant == tenant)
        .where(Place.deep_scan_status.is_(None) | Place.deep_scan_status.in_(["Completed", "Error"]))
        .values(deep_scan_status="Queued", deep_scan_error=None)
        .returning(Place.id)
    )
    return len((await session.execute(asked)).all())


async def find_place(session: AsyncSession, place_id: UUID) -> Place | None:
    """The place that a claim names."""
    return await session.scalar(select(Place).where(Place.id == place_id))


async def save_business(session: AsyncSession, place: UUID, *, tenant: str, details: PlaceDetails) -> None:
    """Upsert the business of a place."""
    said = {
        "name": details.name,
        "address": details.address,
        "phone": next(iter(details.phones), None),
        "website": details.website,
        "category": details.category,
    }
    adding = insert(LocalBusiness).values(tenant=tenant, place_id=place, **said)
    await session.execute(
        adding.on_conflict_do_update(index_elements=[LocalBusiness.tenant, LocalBusiness.place_id], set_=said)
    )
