"""Jobs as people see them: all SQL of the application about them. Claims and settles belong to the core."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import Domain, IdempotencyKey, Job
from worklane.lifecycle import ACTIVE
from worklane.outcome import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job as its owner sees it. `result_data` is read for one job only, never for lists and watches."""

    id: UUID
    type: str
    tenant: str
    status: str
    progress: float
    pages_scanned: int
    contacts_found: int
    result_data: JsonValue
    error: str | None
    attempt: int
    max_attempts: int
    domain_id: UUID
    domain: str
    website: str
    user_id: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    run_at: datetime

    @property
    def is_active(self) -> bool:
        """Whether anything may still happen to it."""
        return self.status in ACTIVE


async def find_job(session: AsyncSession, job_id: UUID, *, tenant: str) -> JobView | None:
    """This tenant's job, or None."""
    views = _views(result=Job.__table__.c.result_data).where(Job.id == job_id, Job.tenant == tenant)
    row = (await session.execute(views)).first()
    return _view(row) if row else None


async def find_jobs(session: AsyncSession, job_ids: Collection[UUID]) -> Sequence[JobView]:
    """These jobs, whoever owns them. For the one watcher of a process, whose callers have checked the tenant."""
    rows = await session.execute(_views().where(Job.id.in_(job_ids)))
    return [_view(row) for row in rows]


async def list_jobs(
    session: AsyncSession, *, tenant: str, statuses: Collection[str] = (), limit: int = 50
) -> Sequence[JobView]:
    """This tenant's jobs, newest first."""
    query = _views().where(Job.tenant == tenant).order_by(Job.created_at.desc(), Job.id).limit(limit)
    if statuses:
        query = query.where(Job.status.in_(statuses))
    return [_view(row) for row in await session.execute(query)]


async def remember_key(session: AsyncSession, *, tenant: str, key: str, fingerprint: str) -> IdempotencyKey | None:
    """Note a new key and answer None; or answer the one that is there, once its request has committed."""
    adding = insert(IdempotencyKey).values(tenant=tenant, key=key, fingerprint=fingerprint)
    is_new = await session.scalar(adding.on_conflict_do_nothing().returning(IdempotencyKey.key))
    if is_new:
        return None
    return await session.scalar(
        select(IdempotencyKey).where(IdempotencyKey.tenant == tenant, IdempotencyKey.key == key)
    )


async def answer_key(session: AsyncSession, *, tenant: str, key: str, job_id: UUID) -> None:
    """Note which job answered the key's request."""
    await session.execute(
        update(IdempotencyKey).where(IdempotencyKey.tenant == tenant, IdempotencyKey.key == key).values(job_id=job_id)
    )


def _views(result: ColumnElement[Any] | None = None) -> Select[Any]:
    return select(
        Job.id,
        Job.type,
        Job.tenant,
        Job.status,
        Job.progress,
        Job.pages_scanned,
        Job.contacts_found,
        (null() if result is None else result).label("result_data"),
        Job.error,
        Job.attempt,
        Job.max_attempts,
        Job.domain_id,
        Domain.name.label("domain"),
        func.coalesce(Job.payload["start_url"].astext, Domain.start_url).label("website"),
        Job.user_id,
        Job.created_at,
        Job.started_at,
        Job.finished_at,
        Job.run_at,
    ).join(Domain, Domain.id == Job.domain_id)


def _view(row: Row[Any]) -> JobView:
    return JobView(**row._mapping)
