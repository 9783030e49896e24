"""Contacts that must go, wherever they are stored: contacts, sightings, results of jobs. All SQL about that."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, delete, func, literal, null, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from scanlane.models import EVERY_TENANT, Contact, Domain, Job, ScanPage, SightingRow
from worklane.outcome import JsonValue


@dataclass(frozen=True, slots=True)
class StoredValue:
    """One spelling of a contact that is stored somewhere. `kind`: email, phone or social."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class StoredResult:
    """The result of a job."""

    job_id: UUID
    result: JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for: addresses at these hosts (and below), and these numbers and profiles, in one spelling."""

    hosts: Collection[str] = ()
    whole_domains: Collection[str] = ()
    others: Collection[str] = ()


async def stored_values(session: AsyncSession, wanted: Wanted, *, tenant: str) -> set[StoredValue]:
    """Every spelling in contacts and sightings that may be one of these."""
    contacts = select(Contact.kind, Contact.value).where(_may_be(Contact.kind, Contact.value, wanted))
    seen = select(SightingRow.kind, SightingRow.value).join(Job, Job.id == SightingRow.job_id)
    seen = seen.where(_may_be(SightingRow.kind, SightingRow.value, wanted))
    if tenant != EVERY_TENANT:
        contacts, seen = contacts.where(Contact.tenant == tenant), seen.where(Job.tenant == tenant)
    return {StoredValue(*row) for row in await session.execute(contacts.union(seen))}


async def delete_values(session: AsyncSession, values: Sequence[StoredValue], *, tenant: str) -> int:
    """Delete the contacts of these spellings, and what was seen of them; answer how many contacts there were.

    Where a page's other sightings quote one of them, the quotes are blanked.
    """
    pairs = [(one.kind, one.value) for one in values]
    gone = delete(Contact).where(tuple_(Contact.kind, Contact.value).in_(pairs), *_of(Contact.tenant, tenant))
    number = len((await session.scalars(gone.returning(Contact.id))).all())
    theirs = select(Job.id).where(*_of(Job.tenant, tenant))
    seen = delete(SightingRow).where(tuple_(SightingRow.kind, SightingRow.value).in_(pairs))
    pages = (
        await session.execute(seen.where(SightingRow.job_id.in_(theirs)).returning(SightingRow.job_id, SightingRow.url))
    ).all()
    if pages:
        await _blank_quotes(session, sorted({(row.job_id, row.url) for row in pages}), values)
    return number


async def results_naming(session: AsyncSession, texts: Collection[str], *, tenant: str) -> Sequence[StoredResult]:
    """The results of jobs that hold one of these texts, in any case."""
    said = func.lower(cast(Job.result_data, Text))
    patterns = [f"%{_escaped(text.lower())}%" for text in texts]
    query = select(Job.id, Job.result_data).where(Job.type == "email_scan", Job.result_data.is_not(null()))
    query = query.where(said.like(func.any(literal(patterns, ARRAY(Text)))), *_of(Job.tenant, tenant))
    return [StoredResult(*row) for row in await session.execute(query)]


async def replace_result(session: AsyncSession, job_id: UUID, result: JsonValue) -> None:
    """Write the result of a job that has ended."""
    await session.execute(update(Job).where(Job.id == job_id).values(result_data=result))


async def forget_domain(session: AsyncSession, domain_id: UUID) -> int:
    """Delete everything that was found on a domain, save the domain itself; answer how many contacts there were."""
    gone = delete(Contact).where(Contact.domain_id == domain_id).returning(Contact.id)
    number = len((await session.scalars(gone)).all())
    jobs = select(Job.id).where(Job.domain_id == domain_id)
    await session.execute(delete(SightingRow).where(SightingRow.job_id.in_(jobs)))
    await session.execute(delete(ScanPage).where(ScanPage.job_id.in_(jobs)))
    emptied = update(Job).where(Job.domain_id == domain_id, Job.result_data.is_not(null()))
    await session.execute(emptied.values(result_data=cast(null(), JSONB)))
    blank = {name: null() for name in ("title", "description", "objection", "objection_url")}
    lists: dict[str, list[object]] = {name: [] for name in ("icons", "socials", "feeds", "technologies")}
    await session.execute(update(Domain).where(Domain.id == domain_id).values(**blank, **lists, wants_scan=False))
    return number


async def _blank_quotes(
    session: AsyncSession, pages: Sequence[tuple[UUID, str]], values: Sequence[StoredValue]
) -> None:
    quoted = [f"%{_escaped(_telling(one))}%" for one in values]
    blanked = update(SightingRow).where(tuple_(SightingRow.job_id, SightingRow.url).in_(pages))
    blanked = blanked.where(func.lower(SightingRow.context).like(func.any(literal(quoted, ARRAY(Text)))))
    await session.execute(blanked.values(context=""))


def _telling(one: StoredValue) -> str:
    """What gives a contact away in a text that quotes it, however its @ is written."""
    return (one.value.rpartition("@")[0] if one.kind == "email" else one.value).lower()


def _may_be(kind: InstrumentedAttribute[str], value: InstrumentedAttribute[str], wanted: Wanted) -> ColumnElement[bool]:
    host = func.lower(func.split_part(value, "@", -1))
    below = [host.endswith("." + name, autoescape=True) for name in wanted.whole_domains]
    at_hosts = or_(host.in_([*wanted.hosts, *wanted.whole_domains]), *below)
    return or_((kind == "email") & at_hosts, (kind != "email") & func.lower(value).in_(wanted.others))


def _of(column: InstrumentedAttribute[str], tenant: str) -> list[ColumnElement[bool]]:
    return [] if tenant == EVERY_TENANT else [column == tenant]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
