"""How one tenant's rows stand in the queues: counts that end at a limit, each over a partial index or a few claims."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ScalarSelect, Select, Table, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import ClaimBatch, Job, StatusClaim
from worklane.lifecycle import SUSPECT_AFTER, Status
from worklane.postgres import status_requeue
from worklane.postgres.depths import BY_INDEX_ONLY
from worklane.postgres.status_column import StatusColumn
from worklane.postgres.words import literal, now, number, word

MOST = 10_000
CLAIMS = cast(Table, StatusClaim.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCounts:
    """Rows of one tenant in one queue. Each number ends at MOST. The oldest waiting row came to be so long ago."""

    waiting: int
    running: int
    failed: int
    oldest_waiting: timedelta | None


async def count_stage(session: AsyncSession, column: StatusColumn, *, tenant: str) -> QueueCounts:
    """How the tenant's rows stand in a status queue whose rows are grouped by tenant and ordered by `created_at`."""
    row, claim, status = column.rows.c, CLAIMS.c, column.rows.c[column.status]
    mine: Select[Any] = select(column.key).where(row.tenant == tenant)
    waits = mine.where(status == column.literal(Status.PENDING))
    has_failed = mine.where(status == column.literal(Status.FAILED))
    runs = mine.join(CLAIMS, column.key == claim.row_id).where(
        claim.queue == literal(column.queue), claim.worker_id.is_not(None)
    )
    oldest = waits.with_only_columns(now() - row.created_at).order_by(*column.order).limit(number(1))
    return await _read(session, waiting=waits, running=runs, failed=has_failed, oldest=oldest)


async def count_jobs(session: AsyncSession, *, tenant: str) -> QueueCounts:
    """How the tenant's jobs stand. Of very many that wait, the oldest is sought among those that are next."""
    mine: Select[Any] = select(Job.id).where(Job.tenant == tenant)
    waits = mine.where(Job.status == word(Status.PENDING), Job.crashes < number(SUSPECT_AFTER))
    following = waits.with_only_columns(Job.created_at).order_by(-Job.priority, Job.run_at, Job.id)
    next_ones = following.limit(number(MOST)).subquery()
    oldest: Select[Any] = select(now() - func.min(next_ones.c.created_at))
    is_held = Job.worker_id == ClaimBatch.worker_id, Job.status == word(Status.RUNNING)
    of_a_batch = mine.where(Job.id == func.any(ClaimBatch.row_ids), *is_held).correlate(ClaimBatch)
    held = of_a_batch.offset(number(0)).lateral("held")
    runs: Select[Any] = select(held.c.id).select_from(ClaimBatch).join(held, true())
    has_failed = mine.where(Job.status == word(Status.FAILED))
    return await _read(session, waiting=waits, running=runs, failed=has_failed, oldest=oldest)


async def requeue_failed(session: AsyncSession, column: StatusColumn, *, tenant: str, limit: int) -> int:
    """Let up to `limit` failed rows of the tenant wait again, with fresh attempts; answer how many."""
    return await status_requeue.requeue_failed(session, column, claims=CLAIMS, limit=limit, group=tenant)


async def _read(
    session: AsyncSession, *, waiting: Select[Any], running: Select[Any], failed: Select[Any], oldest: Select[Any]
) -> QueueCounts:
    # The planner would read the whole table for the sake of a limit that it believes to be near.
    await session.execute(BY_INDEX_ONLY)
    parts = _number_of(waiting), _number_of(running), _number_of(failed), oldest.scalar_subquery()
    found = (await session.execute(select(*parts))).one()
    return QueueCounts(waiting=found[0], running=found[1], failed=found[2], oldest_waiting=found[3])


def _number_of(rows: Select[Any]) -> ScalarSelect[Any]:
    return select(func.count()).select_from(rows.limit(number(MOST)).subquery()).scalar_subquery()
