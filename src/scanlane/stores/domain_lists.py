"""Domains as their owners add, list and requeue them: all SQL about that. Moves of claimed rows belong to the core."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Select,
    Table,
    Text,
    bindparam,
    delete,
    exists,
    func,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from scanlane.models import Contact, Domain, Page, SitemapFile, StatusClaim
from scanlane.stores.keyset import Listed, list_rows
from scanlane.stores.texts import batches
from worklane.postgres.status_requeue import forget_claims

NOBODY_ASKED = "none"
CLAIMS = cast(Table, StatusClaim.__table__)
QUEUES_OF_DOMAINS = ("domain_processing", "sitemap_discovery", "contact_scan")
SITEMAP_IMPORT = "sitemap_import"


class DomainStage(StrEnum):
    """The three queues that a domain goes through."""

    STATUS = "status"
    SITEMAP = "sitemap"
    SCAN = "scan"


@dataclass(frozen=True, slots=True)
class _Queue:
    """The columns of one of them, the word for waiting, and the words for having ended."""

    status: InstrumentedAttribute[str | None]
    error: InstrumentedAttribute[str | None]
    waiting: str
    ended: tuple[str, ...]


_QUEUES = {
    DomainStage.STATUS: _Queue(Domain.status, Domain.error, "pending", ("completed", "error")),
    DomainStage.SITEMAP: _Queue(Domain.sitemap_status, Domain.sitemap_error, "Queued", ("Completed", "Error")),
    DomainStage.SCAN: _Queue(Domain.scan_status, Domain.scan_error, "Queued", ("Completed", "Error")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainFilter:
    """Which domains of a tenant. A status of NOBODY_ASKED is null in the table; `q` is how the name begins."""

    status: str | None = None
    sitemap_status: str | None = None
    scan_status: str | None = None
    technology: str | None = None
    source: str | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True)
class NewDomain:
    """A domain that somebody names."""

    name: str
    start_url: str


@dataclass(frozen=True, slots=True)
class AddedDomain:
    """The domain that now stands for it. `is_new`: it was not there before."""

    id: UUID
    is_new: bool


@dataclass(frozen=True, slots=True)
class DomainCounts:
    """What is known of one domain."""

    sitemaps: int
    pages: int
    contacts: int


async def add_domains(
    session: AsyncSession, wanted: Sequence[NewDomain], *, tenant: str, source: str, scan: bool
) -> Mapping[str, AddedDomain]:
    """By name, the domains of this tenant; makes and queues those that are not there.

    One that is there stays as it is, except that it is queued if nobody has asked for its home page yet. `wanted`
    holds each name once.
    """
    added: dict[str, AddedDomain] = {}
    for some in batches(sorted(wanted, key=lambda one: one.name)):
        adding = _insertion(some, tenant=tenant, source=source, scan=scan)
        asked = adding.on_conflict_do_update(
            index_elements=[Domain.tenant, Domain.name],
            set_={"status": "pending", "wants_scan": Domain.wants_scan | adding.excluded.wants_scan},
            where=Domain.status.is_(None),
        )
        # A row that the statement itself has made has not been locked or changed by anybody.
        is_new = literal_column("domains.xmax = 0", Boolean).label("is_new")
        for row in await session.execute(asked.returning(Domain.id, Domain.name, is_new)):
            added[row.name] = AddedDomain(row.id, row.is_new)
        missing = [one.name for one in some if one.name not in added]
        added |= await find_named(session, missing, tenant=tenant)
    return added


async def find_named(session: AsyncSession, names: Collection[str], *, tenant: str) -> Mapping[str, AddedDomain]:
    """By name, those of these domains that the tenant has."""
    if not names:
        return {}
    query = select(Domain.id, Domain.name).where(Domain.tenant == tenant, Domain.name.in_(names))
    return {row.name: AddedDomain(row.id, is_new=False) for row in await session.execute(query)}


async def list_domains(
    session: AsyncSession, wanted: DomainFilter, *, tenant: str, limit: int, cursor: str | None = None
) -> Listed[Domain]:
    """A page of this tenant's domains, newest first. Raises BadInput for a cursor that is none."""
    query = select(Domain).where(Domain.tenant == tenant, *_conditions(wanted))
    return await list_rows(session, query, at=Domain.created_at, id=Domain.id, limit=limit, cursor=cursor)


async def count_found(session: AsyncSession, domain_id: UUID) -> DomainCounts:
    """How many sitemaps, pages and contacts a domain has."""
    counts = [
        select(func.count()).where(table.domain_id == domain_id).scalar_subquery()
        for table in (SitemapFile, Page, Contact)
    ]
    sitemaps, pages, contacts = (await session.execute(select(*counts))).one()
    return DomainCounts(sitemaps=sitemaps, pages=pages, contacts=contacts)


async def requeue(session: AsyncSession, domain_ids: Collection[UUID], stage: DomainStage, *, tenant: str) -> int:
    """Put these domains back in a queue, save those that wait or are worked on; answer how many were put back."""
    queue = _QUEUES[stage]
    idle = (
        select(Domain.id)
        .where(Domain.tenant == tenant, Domain.id.in_(domain_ids))
        .where(queue.status.is_(None) | queue.status.in_(queue.ended))
        .order_by(Domain.id)
        .with_for_update()
        .cte("idle")
    )
    asked = (
        update(Domain)
        .where(Domain.id == idle.c.id)
        .values({queue.status: queue.waiting, queue.error: None})
        .returning(Domain.id)
    )
    return len((await session.execute(asked)).all())


async def count_own(session: AsyncSession, domain_ids: Collection[UUID], *, tenant: str) -> int:
    """How many of these domains are this tenant's."""
    query = select(func.count()).where(Domain.tenant == tenant, Domain.id.in_(domain_ids))
    return await session.scalar(query) or 0


async def delete_some_pages(session: AsyncSession, domain_id: UUID, *, tenant: str, limit: int) -> int:
    """Delete up to `limit` pages of this tenant's domain; answer how many."""
    some = select(Page.id).where(Page.domain_id == domain_id, Page.tenant == tenant).limit(limit)
    return len((await session.execute(delete(Page).where(Page.id.in_(some)).returning(Page.id))).all())


async def delete_domain(session: AsyncSession, domain_id: UUID, *, tenant: str) -> bool:
    """Delete this tenant's domain with everything found on it; answer whether it was there.

    Work under way on it, or on one of its sitemaps, is lost.
    """
    theirs = select(SitemapFile.id).where(SitemapFile.domain_id == domain_id, SitemapFile.tenant == tenant)
    files = (await session.scalars(theirs.with_for_update())).all()
    gone = delete(Domain).where(Domain.id == domain_id, Domain.tenant == tenant).returning(Domain.id)
    if (await session.execute(gone)).first() is None:
        return False
    for queue in QUEUES_OF_DOMAINS:
        await forget_claims(session, queue, [domain_id], claims=CLAIMS)
    await forget_claims(session, SITEMAP_IMPORT, files, claims=CLAIMS)
    return True


def _insertion(some: Sequence[NewDomain], *, tenant: str, source: str, scan: bool) -> Insert:
    """The rows come as two arrays: one statement for any number of them, which is put together once."""
    names = bindparam("names", [one.name for one in some], type_=ARRAY(Text))
    urls = bindparam("urls", [one.start_url for one in some], type_=ARRAY(Text))
    named = func.unnest(names, urls).table_valued("name", "start_url").render_derived()
    columns = ["tenant", "name", "start_url", "source", "wants_scan", "status"]
    said = (literal(tenant), named.c.name, named.c.start_url, literal(source), literal(scan), literal("pending"))
    return insert(Domain).from_select(columns, select(*said))


def _conditions(wanted: DomainFilter) -> list[ColumnElement[bool]]:
    conditions = []
    for column, word in (
        (Domain.status, wanted.status),
        (Domain.sitemap_status, wanted.sitemap_status),
        (Domain.scan_status, wanted.scan_status),
        (Domain.source, wanted.source),
    ):
        if word is not None:
            conditions.append(column.is_(None) if word == NOBODY_ASKED else column == word)
    if wanted.q is not None:
        conditions.append(Domain.name.startswith(wanted.q.lower(), autoescape=True))
    if wanted.technology is not None:
        conditions.append(exists(_technologies(wanted.technology)))
    return conditions


def _technologies(name: str) -> Select[Any]:
    each = func.jsonb_array_elements(Domain.technologies).table_valued("value").render_derived()
    return (
        select(literal_column("1")).select_from(each).where(func.lower(each.c.value.op("->>")("name")) == name.lower())
    )
