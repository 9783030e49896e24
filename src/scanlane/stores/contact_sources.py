"""The pages where contacts were found, kept as long as the contacts themselves: all SQL about them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import Contact, ContactSource, Job, SightingRow

MOST_SOURCES = 25


async def save_sources(session: AsyncSession, job_ids: Collection[UUID]) -> None:
    """Keep for each contact where these jobs saw it, MOST_SOURCES pages a job; known ones were seen once more."""
    same = (Contact.domain_id == Job.domain_id) & (Contact.kind == SightingRow.kind)
    same &= func.lower(Contact.value) == func.lower(SightingRow.value)
    place = func.row_number().over(partition_by=Contact.id, order_by=(SightingRow.hidden, SightingRow.url))
    seen = (
        select(Contact.id.label("contact_id"), SightingRow.url, SightingRow.method, place.label("place"))
        .select_from(SightingRow)
        .join(Job, Job.id == SightingRow.job_id)
        .join(Contact, same)
        .where(SightingRow.job_id.in_(job_ids))
        .subquery("seen")
    )
    # Sightings may differ in capitals alone; a statement may touch a row once.
    first = select(seen.c.contact_id, seen.c.url, seen.c.method).where(seen.c.place <= MOST_SOURCES).distinct()
    adding = insert(ContactSource).from_select(["contact_id", "url", "method"], first.order_by(*first.selected_columns))
    again = adding.on_conflict_do_update(
        index_elements=[ContactSource.contact_id, ContactSource.url, ContactSource.method],
        set_={"last_seen_at": func.worklane_now()},
    )
    await session.execute(again)


def page_of_contact() -> ScalarSelect[str]:
    """For a query on contacts: a page that showed it, the latest first."""
    page = select(ContactSource.url).where(ContactSource.contact_id == Contact.id)
    page = page.order_by(ContactSource.last_seen_at.desc(), ContactSource.url).limit(1)
    return page.correlate(Contact).scalar_subquery()
