"""Places: all SQL of the pipeline about them. Moves of a claimed place's status belong to the core."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import Table, Uuid, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.places import PlaceDetails, PlaceRef, PlaceStub
from scanlane.models import LocalBusiness, Place, StatusClaim
from scanlane.stores.expiry import expires_after
from scanlane.stores.json_values import storable_object
from scanlane.stores.texts import batches, storable
from worklane.outcome import JsonValue
from worklane.postgres.status_requeue import forget_claims

CLAIMS = cast(Table, StatusClaim.__table__)
DEEP_SCAN = "deep_scan"
DOMAIN_EXTRACTION = "domain_extraction"
LONGEST_NAME = 500
LONGEST_ADDRESS = 1000

UPDATED = ("name", "address", "category", "raw", "search_id", "fetched_at", "expires_at")


async def stage_place(session: AsyncSession, *, tenant: str, ref: str, name: str, raw: Mapping[str, JsonValue]) -> UUID:
    """The id of this tenant's place of that ref; makes it, or brings its details up to date."""
    adding = insert(Place).values(tenant=tenant, ref=ref, name=name, raw=dict(raw))
    upsert = adding.on_conflict_do_update(
        index_elements=[Place.tenant, Place.ref], set_={"name": adding.excluded.name, "raw": adding.excluded.raw}
    )
    return (await session.execute(upsert.returning(Place.id))).scalar_one()


async def stage_places(
    session: AsyncSession,
    stubs: Collection[PlaceStub],
    *,
    tenant: str,
    search_id: UUID,
    keep: timedelta | None,
) -> Sequence[UUID]:
    """Upsert the places that a search lists, each of them once; answer their ids."""
    # In one order, so that searches which find the same places do not wait for each other in a circle.
    listed = sorted({stub.ref: stub for stub in stubs}.values(), key=lambda stub: stub.ref)
    values = [
        {"tenant": tenant, "search_id": search_id, "fetched_at": func.worklane_now(), **_listed(stub)}
        | {"expires_at": expires_after(keep)}
        for stub in listed
    ]
    ids: list[UUID] = []
    for some in batches(values):
        adding = insert(Place).values(some)
        upsert = adding.on_conflict_do_update(
            index_elements=[Place.tenant, Place.ref], set_={name: adding.excluded[name] for name in UPDATED}
        )
        ids += (await session.scalars(upsert.returning(Place.id))).all()
    return ids


async def queue_deep_scans(session: AsyncSession, place_ids: Collection[UUID], *, tenant: str) -> int:
    """Ask for the deep scan of these places, save those that wait or are worked on; answer how many."""
    return await _queue(session, place_ids, tenant=tenant, again=("Completed", "Error"))


async def queue_first_deep_scans(session: AsyncSession, place_ids: Collection[UUID], *, tenant: str) -> int:
    """The same for those that never had one, or whose last one failed: details are paid for."""
    return await _queue(session, place_ids, tenant=tenant, again=("Error",))


async def find_place(session: AsyncSession, place_id: UUID) -> Place | None:
    """The place that a claim names."""
    return await session.scalar(select(Place).where(Place.id == place_id))


async def rename(session: AsyncSession, place_id: UUID, *, tenant: str, ref: PlaceRef) -> UUID:
    """Call the place by this ref from now on; answer the id of the tenant's place that is called so.

    That is another one where it is known already: the business of this one goes then, for it is the other's.
    """
    found = await session.scalar(select(Place.id).where(Place.tenant == tenant, Place.ref == str(ref)))
    if found == place_id:
        return place_id
    if found is None:
        await session.execute(update(Place).where(Place.id == place_id, Place.tenant == tenant).values(ref=str(ref)))
        return place_id
    gone = delete(LocalBusiness).where(LocalBusiness.place_id == place_id, LocalBusiness.tenant == tenant)
    businesses = (await session.scalars(gone.returning(LocalBusiness.id))).all()
    await forget_claims(session, DOMAIN_EXTRACTION, businesses, claims=CLAIMS)
    return found


async def note_details(
    session: AsyncSession, place_id: UUID, *, tenant: str, details: PlaceDetails, keep: timedelta | None
) -> None:
    """What the details say of the place itself. What the search has said of it stays beside it."""
    said = {name: value for name, value in _listed(details.stub).items() if name in ("name", "address", "category")}
    stamped = update(Place).where(Place.id == place_id, Place.tenant == tenant)
    await session.execute(stamped.values(**said, fetched_at=func.worklane_now(), expires_at=expires_after(keep)))


def _listed(stub: PlaceStub) -> dict[str, object]:
    return {
        "ref": str(stub.ref),
        "name": storable(stub.name, LONGEST_NAME),
        "address": storable(stub.address, LONGEST_ADDRESS),
        "category": storable(stub.category, LONGEST_NAME),
        "raw": storable_object(stub.raw),
    }


async def _queue(session: AsyncSession, place_ids: Collection[UUID], *, tenant: str, again: Collection[str]) -> int:
    asked = (
        update(Place)
        .where(Place.id == func.any(literal(list(place_ids), ARRAY(Uuid))), Place.tenant == tenant)
        .where(Place.deep_scan_status.is_(None) | Place.deep_scan_status.in_(again))
        .values(deep_scan_status="Queued", deep_scan_error=None)
        .returning(Place.id)
    )
    ids = (await session.scalars(asked)).all()
    await forget_claims(session, DEEP_SCAN, ids, claims=CLAIMS)
    return len(ids)
