"""Contacts as their owners list and export them: all SQL about that."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.mail_verdicts import Verification
from scanlane.models import Contact, Domain, Job, SightingRow
from scanlane.stores.contact_sources import page_of_contact
from scanlane.stores.keyset import LONGEST_PAGE, Cursor, Listed
from scanlane.stores.presences import Presence, key_of, presences

MOST_COUNTED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFilter:
    """Which contacts of a tenant. `q` stands anywhere in the value, in any case.

    `obfuscated`, of addresses that their page hides from harvesters: include, role-only (those of people are left out)
    or exclude (all are).
    """

    domain_id: UUID | None = None
    kind: str | None = None
    type: str | None = None
    relation: str | None = None
    min_score: int | None = None
    q: str | None = None
    has_name: bool | None = None
    obfuscated: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """A contact with its website, and whose it is. `found_on` is a page that shows it.

    `verification` is added by the services.
    """

    id: UUID
    domain_id: UUID
    domain: str
    website: str
    kind: str
    value: str
    type: str
    relation: str
    score: int
    network: str | None
    obfuscated: bool
    found_on: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    name: str | None = None
    title: str | None = None
    position: str | None = None
    organisation: str | None = None
    methods: Sequence[str] = ()
    reasons: Sequence[str] = ()
    sources: Sequence[Presence] = ()
    objects_to_harvesting: bool = False
    verification: Verification | None = None


async def list_contacts(
    session: AsyncSession,
    wanted: ContactFilter,
    *,
    tenant: str,
    limit: int,
    cursor: str | None = None,
    with_sources: bool = False,
) -> Listed[ContactView]:
    """A page of this tenant's contacts, those that were found last first. Raises BadInput for a cursor that is none.

    `with_sources`: each with all pages that the kept scans saw it on.
    """
    query = _views().where(Contact.tenant == tenant, *_conditions(wanted))
    if cursor is not None:
        after = Cursor.of(cursor)
        query = query.where(tuple_(Contact.first_seen_at, Contact.id) < tuple_(after.at, after.id))
    limit = min(limit, LONGEST_PAGE)
    ordered = query.order_by(Contact.first_seen_at.desc(), Contact.id.desc()).limit(limit + 1)
    views = [ContactView(**row._mapping) for row in await session.execute(ordered)]
    if with_sources:
        views = await _with_sources(session, views, tenant=tenant)
    if len(views) <= limit:
        return Listed(views, None)
    last = views[limit - 1]
    return Listed(views[:limit], str(Cursor(last.first_seen_at, last.id)))


async def list_best(session: AsyncSession, wanted: ContactFilter, *, tenant: str, limit: int) -> Sequence[ContactView]:
    """The best of this tenant's contacts, those with the highest score first."""
    query = _views().where(Contact.tenant == tenant, *_conditions(wanted))
    ordered = query.order_by(Contact.score.desc(), Contact.kind, Contact.value).limit(min(limit, LONGEST_PAGE))
    return [ContactView(**row._mapping) for row in await session.execute(ordered)]


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; `is_least`: the counting ended at MOST_COUNTED."""

    number: int
    is_least: bool


async def count_contacts(session: AsyncSession, wanted: ContactFilter, *, tenant: str) -> Count:
    """How many of this tenant's contacts there are, counted up to MOST_COUNTED."""
    some = select(Contact.id).where(Contact.tenant == tenant, *_conditions(wanted)).limit(MOST_COUNTED).subquery()
    number = await session.scalar(select(func.count()).select_from(some)) or 0
    return Count(number, number >= MOST_COUNTED)


async def _with_sources(session: AsyncSession, views: list[ContactView], *, tenant: str) -> list[ContactView]:
    wanted: dict[UUID, list[tuple[str, str]]] = {}
    for view in views:
        wanted.setdefault(view.domain_id, []).append((view.kind, view.value))
    known = {
        domain_id: await presences(session, domain_id, tenant=tenant, contacts=contacts)
        for domain_id, contacts in wanted.items()
    }
    return [replace(view, sources=known[view.domain_id].get(key_of(view.kind, view.value), ())) for view in views]


def _views() -> Select[*tuple[Any, ...]]:
    return select(
        Contact.id,
        Contact.domain_id,
        Domain.name.label("domain"),
        Domain.start_url.label("website"),
        Contact.kind,
        Contact.value,
        Contact.type,
        Contact.relation,
        Contact.score,
        Contact.network,
        Contact.obfuscated,
        func.coalesce(page_of_contact(), _found_on()).label("found_on"),
        Contact.first_seen_at,
        Contact.last_seen_at,
        Contact.name,
        Contact.title,
        Contact.position,
        Contact.organisation,
        Contact.methods,
        Contact.reasons,
        Domain.objection.is_not(None).label("objects_to_harvesting"),
    ).join(Domain, Domain.id == Contact.domain_id)


def _found_on() -> ScalarSelect[str]:
    return (
        select(SightingRow.url)
        .join(Job, Job.id == SightingRow.job_id)
        .where(Job.domain_id == Contact.domain_id, SightingRow.kind == Contact.kind)
        .where(SightingRow.value == Contact.value)
        .order_by(SightingRow.hidden, SightingRow.url)
        .limit(1)
        .correlate(Contact)
        .scalar_subquery()
    )


def _conditions(wanted: ContactFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for column, value in (
        (Contact.domain_id, wanted.domain_id),
        (Contact.kind, wanted.kind),
        (Contact.type, wanted.type),
        (Contact.relation, wanted.relation),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.min_score is not None:
        conditions.append(Contact.score >= wanted.min_score)
    if wanted.obfuscated == "exclude":
        conditions.append(~Contact.obfuscated)
    if wanted.obfuscated == "role-only":
        conditions.append(or_(~Contact.obfuscated, Contact.type != "personal"))
    if wanted.q is not None:
        conditions.append(Contact.value.icontains(wanted.q, autoescape=True))
    if wanted.has_name is not None:
        conditions.append(Contact.name.is_not(None) if wanted.has_name else Contact.name.is_(None))
    return conditions
