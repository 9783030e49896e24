"""What a scan has saved so far: its pages and sightings. All SQL about them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Executable,
    Integer,
    Table,
    Text,
    bindparam,
    case,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.contacts import ContactKind, Method, Sighting
from scanlane.domain.frontier import QueuedUrl
from scanlane.domain.sightings import Holder, NamedBy
from scanlane.models import Job, PageState, ScanPage, SightingRow
from scanlane.stores.bulk import arrays, given
from scanlane.stores.contacts import HOLDER, holder_columns
from scanlane.stores.texts import storable

MOST_OWN_HOSTS = 50
MOST_SIGHTINGS = 50_000
# What a scan keeps; beyond that it saves no more sightings, and a page that shows none says nothing.
MOST_OF_A_KIND_ON_A_PAGE = 500
MOST_CONTACTS = 5000
VISITED = (PageState.FETCHED, PageState.FAILED, PageState.SKIPPED)

PAGES = cast(Table, ScanPage.__table__)
SIGHTINGS = cast(Table, SightingRow.__table__)
PAGE_COLUMNS = ("url", "state", "priority", "depth", "http_status", "title", "error", "code")
SIGHTING_COLUMNS = ("url", "kind", "value", "method", "context", "obfuscated", "hidden", "network", *HOLDER)


@dataclass(frozen=True, slots=True)
class Counted:
    """What the job's own row says of its scan."""

    contacts: int
    own_hosts: tuple[str, ...]


async def known_pages(session: AsyncSession, job_id: UUID) -> Sequence[ScanPage]:
    """Every URL that the scan knows, waiting or visited."""
    query = select(ScanPage).where(ScanPage.job_id == job_id).order_by(ScanPage.fetched_at.nulls_last(), ScanPage.url)
    return (await session.scalars(query)).all()


async def save_pages(
    session: AsyncSession, job_id: UUID, visited: Sequence[ScanPage], discovered: Sequence[QueuedUrl] = ()
) -> int:
    """Upsert visited pages, and note URLs that wait; answer how many pages became fetched ones by this.

    A known URL that is only discovered again stays as it is.
    """
    rows = {one.url: _waiting(one) for one in discovered}
    for page in visited:
        known = rows.get(page.url, {})
        rows[page.url] = {**_visited(page), **{name: known[name] for name in ("priority", "depth") if known}}
    if not rows:
        return 0
    given_rows = arrays(PAGE_COLUMNS, [*rows.values()])
    return await session.scalar(_saving_pages(), {"job": job_id, "fetched": PageState.FETCHED, **given_rows}) or 0


async def save_sightings(
    session: AsyncSession, job_id: UUID, seen: Sequence[tuple[str, Sighting]], *, most_contacts: int
) -> int:
    """Note where contacts were seen; answer how many contacts are new to the scan.

    Known sightings stay as they are. None is noted once the scan has found `most_contacts`.
    """
    if not seen:
        return 0
    rows = arrays(SIGHTING_COLUMNS, [_sighting_row(url, sighting) for url, sighting in seen])
    return await session.scalar(_saving_sightings(), {"job": job_id, "most": most_contacts, **rows}) or 0


async def count_up(
    session: AsyncSession, job_id: UUID, *, fetched: int, contacts: int, own_hosts: Collection[str]
) -> Counted:
    """Add to the job's own counters, and to the hosts that its pages call their own; answer what they are now."""
    said = {"job": job_id, "more_pages": fetched, "more_contacts": contacts, "hosts": sorted(own_hosts)}
    row = (await session.execute(_counting_up(), said)).one()
    return Counted(contacts=row.contacts_found, own_hosts=tuple(row.own_hosts))


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


def code_of_page() -> ColumnElement[str]:
    """The code of a URL as it is shown: NULL for pages that were read."""
    other = case(
        (ScanPage.state == PageState.QUEUED, "waiting"), (ScanPage.state != PageState.FETCHED, "part"), else_=None
    )
    return func.coalesce(ScanPage.code, other)


async def count_codes(session: AsyncSession, job_id: UUID) -> dict[str, int]:
    """How many URLs of the scan gave no page, by the code of the reason.

    `waiting` are those not asked for, `part` files that belong to a page.
    """
    code = code_of_page()
    query = select(code, func.count()).where(ScanPage.job_id == job_id, ScanPage.state != PageState.FETCHED)
    rows = await session.execute(query.group_by(code).order_by(func.count().desc(), code))
    return {str(name): number for name, number in rows}


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
        holder=_holder(row),
    )


def _holder(row: SightingRow) -> Holder | None:
    if row.named_by is None:
        return None
    return Holder(
        named_by=NamedBy(row.named_by),
        name=row.name,
        title=row.title,
        position=row.position,
        organisation=row.organisation,
    )


def _waiting(one: QueuedUrl) -> dict[str, object]:
    nothing_yet = {"http_status": None, "title": None, "error": None, "code": None}
    return {"url": one.url, "state": PageState.QUEUED, "priority": one.priority, "depth": one.depth, **nothing_yet}


def _visited(page: ScanPage) -> dict[str, object]:
    return {
        "url": page.url,
        "state": page.state,
        "priority": page.priority,
        "depth": page.depth,
        "http_status": page.http_status,
        "title": storable(page.title, 300),
        "error": storable(page.error, 500),
        "code": page.code,
    }


def _sighting_row(url: str, sighting: Sighting) -> dict[str, object]:
    return {
        "url": url,
        "kind": sighting.kind,
        "value": sighting.value,
        "method": sighting.method,
        "context": storable(sighting.context, 300) or "",
        "obfuscated": sighting.obfuscated,
        "hidden": sighting.hidden,
        "network": sighting.network,
        **holder_columns(sighting.holder),
    }


@cache
def _saving_pages() -> Executable:
    """One statement: what it counts, it sees as it was before it wrote."""
    rows = given(PAGES, PAGE_COLUMNS)
    is_visited = rows.c.state != PageState.QUEUED
    fetched_at = case((is_visited, func.worklane_now()))
    wanted = select(bindparam("job", type_=PAGES.c.job_id.type), *(rows.c[name] for name in PAGE_COLUMNS), fetched_at)
    adding = insert(PAGES).from_select(["job_id", *PAGE_COLUMNS, "fetched_at"], wanted)
    kept = {name: adding.excluded[name] for name in ("state", "http_status", "title", "error", "code", "fetched_at")}
    saved = adding.on_conflict_do_update(
        index_elements=[PAGES.c.job_id, PAGES.c.url], set_=kept, where=adding.excluded.state != PageState.QUEUED
    ).cte("saved")
    fetched_before = (
        select(PAGES.c.url)
        .where(PAGES.c.job_id == bindparam("job"), PAGES.c.url == rows.c.url, PAGES.c.state == bindparam("fetched"))
        .exists()
    )
    return (
        select(func.count())
        .select_from(rows)
        .where(rows.c.state == bindparam("fetched"), ~fetched_before)
        .add_cte(saved)
    )


@cache
def _saving_sightings() -> Executable:
    rows = given(SIGHTINGS, SIGHTING_COLUMNS)
    job = bindparam("job", type_=SIGHTINGS.c.job_id.type)
    found = select(Job.contacts_found).where(Job.id == job).scalar_subquery()
    there_is_room = found < bindparam("most", type_=Integer)
    wanted = select(job, *(rows.c[name] for name in SIGHTING_COLUMNS)).where(there_is_room)
    adding = insert(SIGHTINGS).from_select(["job_id", *SIGHTING_COLUMNS], wanted)
    saved = adding.on_conflict_do_nothing().cte("saved")
    known = (
        select(SIGHTINGS.c.url)
        .where(SIGHTINGS.c.job_id == job, SIGHTINGS.c.kind == rows.c.kind, SIGHTINGS.c.value == rows.c.value)
        .exists()
    )
    new = select(func.count(func.distinct(tuple_(rows.c.kind, rows.c.value))))
    return new.select_from(rows).where(there_is_room, ~known).add_cte(saved)


@cache
def _counting_up() -> Any:
    both = func.unnest(Job.own_hosts.op("||")(bindparam("hosts", type_=ARRAY(Text)))).column_valued("host")
    hosts = select(both).distinct().order_by(both).limit(MOST_OWN_HOSTS)
    return (
        update(Job)
        .where(Job.id == bindparam("job", type_=PAGES.c.job_id.type))
        .values(
            pages_scanned=Job.pages_scanned + bindparam("more_pages", type_=Integer),
            contacts_found=Job.contacts_found + bindparam("more_contacts", type_=Integer),
            own_hosts=func.array(hosts.scalar_subquery()),
        )
        .returning(Job.contacts_found, Job.own_hosts)
        .execution_options(synchronize_session=False)
    )
