"""Pauses of status queues: all SQL about them."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import ColumnElement, Interval, cast, delete, func, literal, null, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import QueuePause


async def pause_queue(session: AsyncSession, queue: str, *, reason: str, span: timedelta | None = None) -> None:
    """Poll this queue no more: for that time, or until it is resumed. A pause without end is not shortened."""
    until = null() if span is None else func.worklane_now() + cast(literal(span), Interval)
    adding = insert(QueuePause).values(queue=queue, reason=reason, paused_at=func.worklane_now(), until=until)
    changed = {name: adding.excluded[name] for name in ("reason", "paused_at", "until")}
    lasting = None if span is None else or_(QueuePause.until.is_not(null()), QueuePause.paused_at.is_(null()))
    await session.execute(adding.on_conflict_do_update(index_elements=[QueuePause.queue], set_=changed, where=lasting))


async def resume_queue(session: AsyncSession, queue: str) -> bool:
    """Poll this queue again; answer whether it was paused."""
    was = await session.scalars(delete(QueuePause).where(QueuePause.queue == queue).returning(QueuePause.queue))
    return was.first() is not None


async def is_paused(session: AsyncSession, queue: str) -> bool:
    """Whether the queue is not to be polled now."""
    found = await session.scalar(select(QueuePause.queue).where(QueuePause.queue == queue, _lasts()))
    return found is not None


async def find_pauses(session: AsyncSession, queues: Collection[str]) -> Mapping[str, QueuePause]:
    """The pauses that last, by queue."""
    found = await session.scalars(select(QueuePause).where(QueuePause.queue.in_(queues), _lasts()))
    return {pause.queue: pause for pause in found}


def _lasts() -> ColumnElement[bool]:
    return or_(QueuePause.until.is_(null()), QueuePause.until > func.worklane_now())
