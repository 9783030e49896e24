"""On which pages a contact was seen, since when, and whether it is there still: all SQL about that.

Told by its sources, which are kept as long as the contact, and by what scans have seen whose sources are not kept yet.
A page shows a contact no longer when a later scan visited it and did not see it there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import Contact, ContactSource, Job, PageState, ScanPage, SightingRow
from scanlane.stores.scans import MOST_CONTACTS, MOST_OF_A_KIND_ON_A_PAGE

MOST_PRESENCES = 20_000
MOST_OF_A_CONTACT = 50
A_BATCH = 500
GONE = (404, 410)

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """One page that shows, or showed, a contact."""

    url: str
    methods: tuple[str, ...]
    extracted_on: datetime
    last_seen_on: datetime
    still_on_page: bool


def key_of(kind: str, value: str) -> Key:
    """By what a contact is found among the presences: spellings that differ in capitals only are one contact."""
    return str(kind), value.lower()


async def presences(
    session: AsyncSession, domain_id: UUID, *, tenant: str, contacts: Sequence[Key] | None = None
) -> Mapping[Key, Sequence[Presence]]:
    """The pages of these contacts (kind, value) of a domain, or of all; those that were seen last come first."""
    rows: list[Row[Any]] = []
    if contacts is None:
        rows += await _seen(session, domain_id, tenant)
    for start in range(0, len(contacts or ()), A_BATCH):
        some = [key_of(*contact) for contact in (contacts or ())[start : start + A_BATCH]]
        rows += await _seen(session, domain_id, tenant, some)
    visited = await _last_visits(session, domain_id, tenant, sorted({row.url for row in rows}))
    found: dict[Key, list[Presence]] = {}
    for row in rows:
        kept = found.setdefault((row.kind, row.value), [])
        if len(kept) < MOST_OF_A_CONTACT:
            kept.append(_presence(row, visited.get(row.url)))
    return found


async def _seen(
    session: AsyncSession, domain_id: UUID, tenant: str, keys: Sequence[Key] | None = None
) -> Sequence[Row[Any]]:
    seen = union_all(_kept(domain_id, tenant, keys), _in_scans(domain_id, tenant, keys)).subquery("seen")
    query = (
        select(
            seen.c.kind,
            seen.c.value,
            seen.c.url,
            func.array_agg(func.distinct(seen.c.method)).label("methods"),
            func.min(seen.c.first).label("first"),
            func.max(seen.c.last).label("last"),
        )
        .group_by(seen.c.kind, seen.c.value, seen.c.url)
        .order_by(func.max(seen.c.last).desc(), seen.c.url)
        .limit(MOST_PRESENCES)
    )
    return (await session.execute(query)).all()


def _kept(domain_id: UUID, tenant: str, keys: Sequence[Key] | None) -> Select[Any]:
    value, source = func.lower(Contact.value), ContactSource
    query = (
        select(
            Contact.kind,
            value.label("value"),
            source.url,
            source.method,
            source.first_seen_at.label("first"),
            source.last_seen_at.label("last"),
        )
        .join(Contact, Contact.id == source.contact_id)
        .where(Contact.domain_id == domain_id, Contact.tenant == tenant)
    )
    return query if keys is None else query.where(tuple_(Contact.kind, value).in_(keys))


def _in_scans(domain_id: UUID, tenant: str, keys: Sequence[Key] | None) -> Select[Any]:
    moment = func.coalesce(ScanPage.fetched_at, Job.finished_at, Job.created_at)
    value = func.lower(SightingRow.value)
    query = (
        select(
            SightingRow.kind,
            value.label("value"),
            SightingRow.url,
            SightingRow.method,
            moment.label("first"),
            moment.label("last"),
        )
        .join(Job, Job.id == SightingRow.job_id)
        .join(ScanPage, _same_page(), isouter=True)
        .where(Job.domain_id == domain_id, Job.tenant == tenant)
    )
    return query if keys is None else query.where(tuple_(SightingRow.kind, value).in_(keys))


async def _last_visits(
    session: AsyncSession, domain_id: UUID, tenant: str, urls: Sequence[str]
) -> Mapping[str, datetime]:
    """When each page was last visited by a scan that would have seen a contact there."""
    found: dict[str, datetime] = {}
    for start in range(0, len(urls), A_BATCH):
        query = (
            select(ScanPage.url, func.max(ScanPage.fetched_at))
            .join(Job, Job.id == ScanPage.job_id)
            .where(Job.domain_id == domain_id, Job.tenant == tenant, _would_have_seen())
            .where(ScanPage.url.in_(urls[start : start + A_BATCH]))
            .group_by(ScanPage.url)
        )
        found.update((url, at) for url, at in await session.execute(query) if at is not None)
    return found


def _would_have_seen() -> ColumnElement[bool]:
    seen_there = (
        select(func.count())
        .where(SightingRow.job_id == ScanPage.job_id, SightingRow.url == ScanPage.url)
        .correlate(ScanPage)
        .scalar_subquery()
    )
    is_whole = and_(Job.contacts_found < MOST_CONTACTS, seen_there < MOST_OF_A_KIND_ON_A_PAGE)
    was_read = and_(ScanPage.state == PageState.FETCHED, is_whole)
    is_gone = and_(ScanPage.state == PageState.FAILED, ScanPage.http_status.in_(GONE))
    return or_(was_read, is_gone)


def _same_page() -> ColumnElement[bool]:
    return and_(ScanPage.job_id == SightingRow.job_id, ScanPage.url == SightingRow.url)


def _presence(row: Row[Any], visited: datetime | None) -> Presence:
    return Presence(
        url=row.url,
        methods=tuple(sorted(row.methods)),
        extracted_on=row.first,
        last_seen_on=row.last,
        still_on_page=visited is None or visited <= row.last,
    )
