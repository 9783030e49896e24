"""What a scan has saved so far: its pages and sightings. All SQL about them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.contacts import ContactKind, Method, Sighting
from scanlane.domain.frontier import QueuedUrl
from scanlane.models import Job, PageState, ScanPage, SightingRow
from scanlane.stores.texts import batches, storable

MOST_OWN_HOSTS = 50
MOST_SIGHTINGS = 50_000
VISITED = (PageState.FETCHED, PageState.FAILED, PageState.SKIPPED)


async def known_pages(session: AsyncSession, job_id: UUID) -> Sequence[ScanPage]:
    """Every URL that the scan knows, waiting or visited."""
    query = select(ScanPage).where(ScanPage.job_id == job_id).order_by(ScanPage.fetched_at.nulls_last(), ScanPage.url)
    return (await session.scalars(query)).all()


async def save_pages(session: AsyncSession, pages: Sequence[ScanPage]) -> None:
    """Upsert visited pages."""
    if not pages:
        return
    values = [
        {
            "job_id": page.job_id,
            "url": page.url,
            "state": page.state,
            "priority": page.priority,
            "depth": page.depth,
            "http_status": page.http_status,
            "title": storable(page.title, 300),
            "error": storable(page.error, 500),
            "code": page.code,
            "fetched_at": func.worklane_now(),
        }
        for page in pages
    ]
    adding = insert(ScanPage).values(values)
    kept = {name: adding.excluded[name] for name in ("state", "http_status", "title", "error", "code", "fetched_at")}
    await session.execute(adding.on_conflict_do_update(index_elements=[ScanPage.job_id, ScanPage.url], set_=kept))


async def queue_pages(session: AsyncSession, job_id: UUID, urls: Sequence[QueuedUrl]) -> None:
    """Note URLs that wait to be fetched; known ones stay as they are."""
    if not urls:
        return
    values = [
        {"job_id": job_id, "url": one.url, "state": PageState.QUEUED, "priority": one.priority, "depth": one.depth}
        for one in urls
    ]
    for some in batches(values):
        await session.execute(insert(ScanPage).values(some).on_conflict_do_nothing())


async def save_sightings(session: AsyncSession, job_id: UUID, seen: Sequence[tuple[str, Sighting]]) -> None:
    """Note where contacts were seen; known sightings stay as they are."""
    values = [
        {
            "job_id": job_id,
            "url": url,
            "kind": sighting.kind,
            "value": sighting.value,
            "method": sighting.method,
            "context": storable(sighting.context, 300) or "",
            "obfuscated": sighting.obfuscated,
            "hidden": sighting.hidden,
            "network": sighting.network,
        }
        for url, sighting in seen
    ]
    for some in batches(values):
        await session.execute(insert(SightingRow).values(some).on_conflict_do_nothing())


async def sightings(session: AsyncSession, job_id: UUID) -> list[tuple[str, Sighting]]:
    """The sightings of a scan, in the order in which its pages were fetched; at most MOST_SIGHTINGS."""
    query = (
        select(SightingRow)
        .join(ScanPage, (ScanPage.job_id == SightingRow.job_id) & (ScanPage.url == SightingRow.url), isouter=True)
        .where(SightingRow.job_id == job_id)
        .order_by(
            ScanPage.fetched_at.nulls_last(), SightingRow.url, SightingRow.kind, SightingRow.value, SightingRow.method
        )
        .limit(MOST_SIGHTINGS)
    )
    return [(row.url, _sighting(row)) for row in await session.scalars(query)]


async def known_addresses(session: AsyncSession, job_id: UUID) -> Sequence[str]:
    """The e-mail addresses that the scan has seen where people see them, in lower case."""
    value = func.lower(SightingRow.value)
    query = select(value).where(SightingRow.job_id == job_id, SightingRow.kind == ContactKind.EMAIL)
    return (await session.scalars(query.where(~SightingRow.hidden).distinct().limit(MOST_SIGHTINGS))).all()


async def count_codes(session: AsyncSession, job_id: UUID) -> dict[str, int]:
    """How many URLs of the scan gave no page, by the code of the reason; `waiting` are those not asked for."""
    code = func.coalesce(ScanPage.code, "waiting")
    query = select(code, func.count()).where(ScanPage.job_id == job_id, ScanPage.state != PageState.FETCHED)
    rows = await session.execute(query.group_by(code).order_by(func.count().desc(), code))
    return {str(name): number for name, number in rows}


async def count_contacts(session: AsyncSession, job_id: UUID) -> int:
    """How many contacts the scan has found so far, as its counter says."""
    return await session.scalar(select(Job.contacts_found).where(Job.id == job_id)) or 0


async def count_up(session: AsyncSession, job_id: UUID, own_hosts: Collection[str]) -> None:
    """Bring the job's own counters, and the hosts that its pages call their own, up to what is saved."""
    pages = select(func.count()).where(ScanPage.job_id == job_id, ScanPage.state == PageState.FETCHED).scalar_subquery()
    contacts = (
        select(func.count(func.distinct(func.concat(SightingRow.kind, " ", SightingRow.value))))
        .where(SightingRow.job_id == job_id)
        .scalar_subquery()
    )
    known = await known_hosts(session, job_id)
    hosts = sorted({*known, *own_hosts})[:MOST_OWN_HOSTS]
    await session.execute(
        update(Job).where(Job.id == job_id).values(pages_scanned=pages, contacts_found=contacts, own_hosts=hosts)
    )


async def known_hosts(session: AsyncSession, job_id: UUID) -> list[str]:
    """The hosts that the pages of a scan call their own."""
    return list(await session.scalar(select(Job.own_hosts).where(Job.id == job_id)) or ())


def _sighting(row: SightingRow) -> Sighting:
    return Sighting(
        kind=ContactKind(row.kind),
        value=row.value,
        method=Method(row.method),
        context=row.context,
        obfuscated=row.obfuscated,
        hidden=row.hidden,
        network=row.network,
    )
