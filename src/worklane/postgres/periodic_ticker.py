"""What a tick of a periodic task does: take the slot that is due by the database's clock, and start its job."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from worklane import events
from worklane.periodic import Due, Periodic, due
from worklane.postgres.job_queue import Enqueued, JobQueue
from worklane.postgres.periodic_statements import PeriodicStatements

LOOK_AT_LEAST_EVERY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    due: Due
    job: Enqueued | None


class PeriodicTicker:
    """Ticks one task; run it in as many processes as there are. All times are the database's.

    A slot is a row with a unique key, written in the same transaction as its job: both are there or neither is.
    `look_at_least_every` bounds how late a tick notices that the database's clock was turned.
    """

    def __init__(
        self,
        task: Periodic,
        *,
        queue: JobQueue,
        slots: Table,
        sessions: async_sessionmaker[AsyncSession],
        look_at_least_every: timedelta = LOOK_AT_LEAST_EVERY,
        listener: events.Listener = events.to_log,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        made = PeriodicStatements(slots)
        self.task = task
        self._queue = queue
        self._sessions = sessions
        self._longest_wait = look_at_least_every
        self._tell = listener
        self._monotonic = monotonic
        self._quiet_until = 0.0
        self._newest, self._alone, self._take, self._give = made.newest(), made.alone(), made.take(), made.give()

    async def tick(self) -> bool:
        """Look, unless the last look said that nothing can be due yet. Cheap enough to be called each second."""
        return self._monotonic() >= self._quiet_until and await self.look()

    async def look(self) -> bool:
        """Take the slot that is due, if there is one; answer whether this call took it."""
        async with self._sessions.begin() as session:
            newest, now = await self._times(session)
        if due(self.task, newest=newest, now=now) is None:
            self._rest(now)
            return False
        async with self._sessions.begin() as session:
            taken = await self._decide(session)
        if taken is not None:
            self._report(taken)
        return taken is not None

    async def _decide(self, session: AsyncSession) -> _Taken | None:
        # A slower process must not take an older slot after a newer one: it looks again where nobody else decides.
        if not await session.scalar(self._alone, self._about()):
            return None
        newest, now = await self._times(session)
        slot = due(self.task, newest=newest, now=now)
        if slot is None or not await self._is_taken(session, slot):
            return None
        return _Taken(due=slot, job=await self._start(session, slot) if slot.runs else None)

    async def _is_taken(self, session: AsyncSession, slot: Due) -> bool:
        values = self._about(given_slot=slot.slot, given_missed=slot.missed)
        return (await session.execute(self._take, values)).first() is not None

    async def _start(self, session: AsyncSession, slot: Due) -> Enqueued:
        job = await self._queue.enqueue(session, self.task.job())
        given = self._about(given_slot=slot.slot, given_job=job.job_id, given_joined=not job.is_new)
        await session.execute(self._give, given)
        return job

    async def _times(self, session: AsyncSession) -> tuple[datetime | None, datetime]:
        row = (await session.execute(self._newest, self._about())).one()
        return cast("datetime | None", row.newest), cast(datetime, row.now)

    def _rest(self, now: datetime) -> None:
        schedule = self.task.schedule
        wait = min(schedule.following(schedule.latest(now)) - now, self._longest_wait)
        self._quiet_until = self._monotonic() + wait.total_seconds()

    def _report(self, taken: _Taken) -> None:
        task, slot, missed = self.task.name, taken.due.slot.isoformat(), taken.due.missed
        if missed:
            self._tell(events.SlotMissed(task=task, slot=slot, missed=missed))
        if taken.job is not None:
            event = events.SlotTaken if taken.job.is_new else events.SlotJoined
            self._tell(event(task=task, slot=slot, row=str(taken.job.job_id)))

    def _about(self, **values: object) -> dict[str, object]:
        return {"given_task": self.task.name, **values}
