"""Businesses: all SQL of the deep scan about them. Moves of a claimed business's status belong to the core."""

from datetime import timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, case, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.dialects.postgresql.dml import Insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.places import PlaceDetails
from scanlane.models import LocalBusiness, StatusClaim
from scanlane.stores.expiry import expires_after
from scanlane.stores.json_values import storable_object
from scanlane.stores.texts import storable
from worklane.postgres.status_requeue import forget_claims

CLAIMS = cast(Table, StatusClaim.__table__)
DOMAIN_EXTRACTION = "domain_extraction"
QUEUED = "Queued"
UNDER_WAY = (QUEUED, "Processing")
LONGEST_TEXT = 500
LONGEST_URL = 2000
MOST_LINES = 50


async def save_business(
    session: AsyncSession, place_id: UUID, *, tenant: str, details: PlaceDetails, keep: timedelta | None = None
) -> None:
    """Upsert the business of a place; its domain waits to be extracted if its website is a new one."""
    said = {**_described(details), "fetched_at": func.worklane_now(), "expires_at": expires_after(keep)}
    first = QUEUED if said["website"] else None
    adding = insert(LocalBusiness).values(tenant=tenant, place_id=place_id, domain_extraction_status=first, **said)
    is_new = _is_new_website(adding)
    status, error = LocalBusiness.domain_extraction_status, LocalBusiness.domain_extraction_error
    changed = {
        **{name: adding.excluded[name] for name in said},
        "domain_extraction_status": case((is_new, QUEUED), else_=status),
        "domain_extraction_error": case((is_new, None), else_=error),
    }
    upsert = adding.on_conflict_do_update(index_elements=[LocalBusiness.tenant, LocalBusiness.place_id], set_=changed)
    row = (await session.execute(upsert.returning(LocalBusiness.id, status))).one()
    if row.domain_extraction_status == QUEUED:
        await forget_claims(session, DOMAIN_EXTRACTION, [row.id], claims=CLAIMS)


def _is_new_website(adding: Insert) -> ColumnElement[bool]:
    """Whether there is a website, it is not waited for yet, and was not extracted already."""
    status, website = LocalBusiness.domain_extraction_status, adding.excluded.website
    is_extracted = and_(status == "Completed", LocalBusiness.website == website)
    return and_(
        website.is_not(None),
        func.coalesce(status.not_in(UNDER_WAY), True),
        func.coalesce(~is_extracted, True),
    )


def _described(details: PlaceDetails) -> dict[str, object]:
    short = ("name", "address", "street", "postcode", "city", "region", "country", "category")
    texts = {name: storable(getattr(details, name), LONGEST_TEXT) for name in short}
    phones = _lines(details.phones)
    return texts | {
        "latitude": details.latitude,
        "longitude": details.longitude,
        "phone": phones[0] if phones else None,
        "phones": phones,
        "website": storable(details.website, LONGEST_URL) or None,
        "opening_hours": _lines(details.opening_hours),
        "rating": details.rating,
        "rating_count": details.rating_count,
        "raw": storable_object(details.raw),
    }


def _lines(texts: tuple[str, ...]) -> list[str]:
    return [line for text in texts[:MOST_LINES] if (line := storable(text, LONGEST_TEXT))]
