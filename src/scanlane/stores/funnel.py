"""The pipeline of one tenant as a funnel: how much of each kind there is, what is still open, what went wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, case, delete, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import Contact, Domain, Job, LocalBusiness, Page, Place, PlaceSearch, SitemapFile
from worklane.lifecycle import Status
from worklane.postgres.status_column import StatusColumn

KINDS = {
    "places": Place,
    "businesses": LocalBusiness,
    "domains": Domain,
    "sitemaps": SitemapFile,
    "pages": Page,
    "contacts": Contact,
}
MOST_FAILURES = 1000
# In an order in which nothing is deleted that something else still names.
OWNED = (PlaceSearch, Place, Domain)


@dataclass(frozen=True, slots=True)
class StageCount:
    """How the rows of one stage stand: waiting, running, done, failed."""

    stage: str
    waiting: int
    running: int
    done: int
    failed: int

    @property
    def open(self) -> int:
        """How many are not finished."""
        return self.waiting + self.running


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that could not be processed, and why."""

    stage: str
    name: str
    error: str


async def count_kinds(session: AsyncSession, *, tenant: str) -> dict[str, int]:
    """How many rows of each kind this tenant has, in the order of the pipeline."""
    counts = [
        select(literal(kind).label("kind"), func.count().label("rows")).where(model.tenant == tenant)  # type: ignore[attr-defined]
        for kind, model in KINDS.items()
    ]
    found = {row.kind: row.rows for row in await session.execute(union_all(*counts))}
    return {kind: found[kind] for kind in KINDS}


async def count_stages(session: AsyncSession, columns: Sequence[StatusColumn], *, tenant: str) -> list[StageCount]:
    """How the rows of each of these queues stand, and after them the scan jobs."""
    counts = [_by_status(column.queue, column.rows, column.status, column.word, tenant) for column in columns]
    counts.append(_by_status("email_scan", Job.__table__, "status", lambda status: status.value, tenant))
    return [StageCount(*row) for row in await session.execute(union_all(*counts))]


async def list_failures(session: AsyncSession, columns: Sequence[StatusColumn], *, tenant: str) -> list[Failure]:
    """What went wrong, at most MOST_FAILURES."""
    failed: list[Select[Any]] = [_failures(column, tenant) for column in columns]
    job = Job.__table__.c
    failed.append(
        select(literal("email_scan"), Domain.name, job.error)
        .join(Domain, Domain.id == job.domain_id)
        .where(job.tenant == tenant, job.status == Status.FAILED.value)
    )
    rows = await session.execute(union_all(*failed).limit(MOST_FAILURES))
    return [Failure(stage, name, error or "") for stage, name, error in rows]


async def forget_tenant(session: AsyncSession, *, tenant: str) -> None:
    """Delete everything that the pipeline has of this tenant."""
    for model in OWNED:
        await session.execute(delete(model).where(model.tenant == tenant))


def _by_status(stage: str, rows: Any, status: str, word: Any, tenant: str) -> Select[Any]:
    is_in: ColumnElement[Any] = rows.c[status]
    counted: list[ColumnElement[Any]] = [
        func.count(case((is_in == word(one), 1)))
        for one in (Status.PENDING, Status.RUNNING, Status.COMPLETE, Status.FAILED)
    ]
    counting: Select[Any] = select(literal(stage), *counted)
    return counting.where(rows.c.tenant == tenant)


def _failures(column: StatusColumn, tenant: str) -> Select[Any]:
    rows: Table = column.rows
    names = [rows.c[name] for name in ("url", "name", "query") if name in rows.c]
    return select(literal(column.queue), names[0], rows.c[column.error]).where(
        rows.c.tenant == tenant, rows.c[column.status] == column.word(Status.FAILED)
    )
