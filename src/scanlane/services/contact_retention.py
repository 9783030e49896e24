"""Contacts are not kept for ever: those that no scan sees any more go, and quotes of pages go sooner."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.settings import Settings
from scanlane.stores import contact_retention, mail_domains
from worklane.outcome import Done, Outcome
from worklane.plain_work import PlainWork
from worklane.work import Report

BATCH = 500
JOBS_AT_ONCE = 20
# An answer of the DNS that was not needed for so long after its end is no longer looked for.
STALE = timedelta(days=30)

Forget = Callable[[AsyncSession], Awaitable[int]]


class PurgeContacts(PlainWork):
    """Work of a periodic task: deletes what was kept long enough, a few rows at a time."""

    kind: ClassVar[str] = "purge_contacts"
    timeout: ClassVar[timedelta | None] = timedelta(minutes=30)

    def __init__(self, sessions: async_sessionmaker[AsyncSession], settings: Settings, *, batch: int = BATCH) -> None:
        self._sessions = sessions
        self._contacts = _days(settings.keep_contacts_days)
        self._sightings = _days(settings.keep_sightings_days)
        self._batch = batch

    async def perform(self, given: Any, report: Report[Any]) -> Outcome:
        """Delete what is due; the result is the numbers."""
        del given, report
        return Done(result=await self.purge())

    async def purge(self) -> dict[str, int]:
        """The same, answering how many contacts went, and of how many scans the sightings."""
        gone = {"contacts": 0, "scans": 0}
        if self._sightings is not None:
            gone["scans"] = await self._all(self._some_sightings, JOBS_AT_ONCE)
        if self._contacts is not None:
            gone["contacts"] = await self._all(self._some_contacts, self._batch)
        await self._all(self._some_answers, self._batch)
        return gone

    async def due(self) -> dict[str, int]:
        """What would go now."""
        due = {"contacts": 0, "scans": 0}
        async with self._sessions() as session:
            if self._sightings is not None:
                due["scans"] = await contact_retention.count_jobs_with_sightings(session, ended_before=self._sightings)
            if self._contacts is not None:
                due["contacts"] = await contact_retention.count_contacts(session, unseen_for=self._contacts)
        return due

    async def _some_contacts(self, session: AsyncSession) -> int:
        assert self._contacts is not None
        return await contact_retention.forget_contacts(session, unseen_for=self._contacts, limit=self._batch)

    async def _some_sightings(self, session: AsyncSession) -> int:
        assert self._sightings is not None
        return await contact_retention.forget_sightings(session, ended_before=self._sightings, jobs=JOBS_AT_ONCE)

    async def _some_answers(self, session: AsyncSession) -> int:
        return await mail_domains.forget_expired(session, older_than=STALE, limit=self._batch)

    async def _all(self, forget: Forget, batch: int) -> int:
        total = 0
        while True:
            async with self._sessions.begin() as session:
                some = await forget(session)
            total += some
            if some < batch:
                return total


def _days(days: float | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)
