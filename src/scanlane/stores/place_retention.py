"""What providers of places said, forgotten in time: all SQL about it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Interval,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from scanlane.models import LocalBusiness, Place
from scanlane.stores.places import queue_first_deep_scans
from worklane.postgres.words import now

NEVER = sql_cast(null(), DateTime(timezone=True))

_EMPTY_BUSINESS = {
    "name": Place.ref,
    **dict.fromkeys(("address", "street", "postcode", "city", "region", "country"), null()),
    **dict.fromkeys(("phone", "website", "category", "rating", "rating_count"), null()),
    "phones": [],
    "opening_hours": [],
    "raw": {},
}


async def forget_places(session: AsyncSession, *, limit: int) -> int:
    """Blank up to so many places whose time is over; answer how many. Their refs stay, and name them.

    One that had its deep scan is as one that never had: it may be asked for again.
    """
    due = _due(Place.id, Place.expires_at, limit)
    was_scanned = Place.deep_scan_status == "Completed"
    blanked = (
        update(Place)
        .where(Place.id == func.any(func.array(due.scalar_subquery())))
        .values(
            name=Place.ref,
            address=null(),
            category=null(),
            raw={},
            fetched_at=null(),
            expires_at=null(),
            deep_scan_status=case((was_scanned, null()), else_=Place.deep_scan_status),
        )
        .returning(Place.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.scalars(blanked)).all())


async def forget_businesses(session: AsyncSession, *, locations: Mapping[str, timedelta | None], limit: int) -> int:
    """Blank up to so many businesses whose time is over; answer how many. The domain that was found stays theirs.

    locations: how long each provider's coordinates may be kept, which then have a time of their own; None: for ever.
    """
    due = _due(LocalBusiness.id, LocalBusiness.expires_at, limit)
    for_ever, until = _location_ends(locations)
    stays = and_(LocalBusiness.latitude.is_not(None), or_(for_ever, until > now()))
    status = LocalBusiness.domain_extraction_status
    blanked = (
        update(LocalBusiness)
        .where(LocalBusiness.id == func.any(func.array(due.scalar_subquery())), Place.id == LocalBusiness.place_id)
        .values(
            **_EMPTY_BUSINESS,
            latitude=case((stays, LocalBusiness.latitude), else_=null()),
            longitude=case((stays, LocalBusiness.longitude), else_=null()),
            expires_at=case((and_(stays, ~for_ever), until), else_=NEVER),
            domain_extraction_status=case((status == "Queued", null()), else_=status),
        )
        .returning(LocalBusiness.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.scalars(blanked)).all())


async def queue_refresh(session: AsyncSession, *, tenant: str, most: int) -> int:
    """Ask anew for this tenant's places of which only the ref is left; answer how many wait now."""
    blank = (
        select(Place.id)
        .where(Place.tenant == tenant, Place.deep_scan_status.is_(None), Place.fetched_at.is_(None))
        .where(Place.name == Place.ref, Place.raw == {})
        .order_by(Place.created_at, Place.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = (await session.scalars(blank)).all()
    return await queue_first_deep_scans(session, ids, tenant=tenant)


def _due(key: InstrumentedAttribute[UUID], ends: InstrumentedAttribute[Any], limit: int) -> Select[UUID]:
    return select(key).where(ends <= now()).order_by(ends).limit(limit).with_for_update(skip_locked=True)


def _location_ends(locations: Mapping[str, timedelta | None]) -> tuple[ColumnElement[bool], ColumnElement[Any]]:
    """Whether the coordinates may be kept for ever, and until when otherwise."""
    provider = func.split_part(Place.ref, ":", 1)
    endless = [name for name, span in locations.items() if span is None]
    spans = [
        (provider == name, LocalBusiness.fetched_at + sql_cast(literal(span), Interval))
        for name, span in locations.items()
        if span is not None
    ]
    return provider.in_(endless) if endless else false(), case(*spans, else_=NEVER) if spans else NEVER
