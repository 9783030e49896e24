"""Rows of a status queue that start afresh: failed ones wait again, as if they had never been tried."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Integer, Table, Uuid, bindparam, delete, func, literal, null, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.base import Executable

from worklane.lifecycle import Status
from worklane.postgres.status_column import StatusColumn, quoted


def requeue_failed_statement(column: StatusColumn, claims: Table, *, of_a_group: bool) -> Executable:
    """Set failed rows to waiting, the first in the queue's order: :limit; :group, whose rows alone are meant.

    What is left of their claims goes: a row that was convicted, or overdue too often, keeps its count of attempts
    there, and would fail again at once. Rows that somebody else is moving are left. Answers how many were moved.
    """
    status, claim = column.rows.c[column.status], claims.c
    has_failed = status == column.literal(Status.FAILED)
    seen = select(column.key.label("id")).where(has_failed).order_by(*column.order)
    if of_a_group and column.group is not None:
        group = column.rows.c[column.group]
        seen = seen.where(group == bindparam("group", type_=group.type))
    failed = seen.limit(bindparam("limit", type_=Integer)).with_for_update(skip_locked=True).cte("failed")
    moved = (
        update(column.rows)
        .where(column.key == func.any(func.array(select(failed.c.id).scalar_subquery())), has_failed)
        .values({column.status: column.literal(Status.PENDING), column.error: null()})
        .returning(column.key.label("id"))
        .cte("moved")
    )
    theirs = claim.row_id == func.any(func.array(select(moved.c.id).scalar_subquery()))
    forgotten = delete(claims).where(claim.queue == quoted(column.queue), theirs)
    return select(func.count().label("moved")).select_from(moved).add_cte(forgotten.cte("forgotten"))


async def requeue_failed(
    session: AsyncSession, column: StatusColumn, *, claims: Table, limit: int, group: object = None
) -> int:
    """Let up to `limit` failed rows wait again in the caller's transaction; answer how many.

    Their errors are cleared, their attempts and crashes count from the beginning. `group`: rows of that group only.
    """
    statement = requeue_failed_statement(column, claims, of_a_group=group is not None)
    values = {"limit": limit} if group is None else {"limit": limit, "group": group}
    return int((await session.execute(statement, values)).scalar_one())


async def forget_claims(session: AsyncSession, queue: str, row_ids: Sequence[UUID], *, claims: Table) -> None:
    """Drop what the queue knows of these rows: for rows that their owner deletes, or sets to waiting by other means.

    Whoever holds one of them has lost the claim.
    """
    is_one = claims.c.row_id == func.any(literal(list(row_ids), ARRAY(Uuid)))
    await session.execute(delete(claims).where(claims.c.queue == quoted(queue), is_one))
