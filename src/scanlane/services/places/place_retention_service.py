"""What providers of places said is forgotten when their terms say so, and asked for again on demand."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.clients.places.make import Providers
from scanlane.stores import place_retention
from worklane.outcome import Done, Outcome
from worklane.plain_work import PlainWork
from worklane.work import Report

BATCH = 500
MOST_REFRESHED = 10_000

Forget = Callable[[AsyncSession], Awaitable[int]]


class PurgePlaces(PlainWork):
    """Work of a periodic task: blanks places and businesses whose time is over, a few at a time."""

    kind: ClassVar[str] = "purge_places"
    timeout: ClassVar[timedelta | None] = timedelta(minutes=30)

    def __init__(self, sessions: async_sessionmaker[AsyncSession], providers: Providers, *, batch: int = BATCH) -> None:
        self._sessions = sessions
        self._locations = {name: one.keep_location for name, one in providers.retentions.items()}
        self._batch = batch

    async def perform(self, given: Any, report: Report[Any]) -> Outcome:
        """Blank what is due; the result is the numbers of rows."""
        del given, report
        return Done(result=await self.purge())

    async def purge(self) -> dict[str, int]:
        """The same, answering how many places and businesses were blanked."""
        return {"places": await self._all(self._places), "businesses": await self._all(self._businesses)}

    async def _places(self, session: AsyncSession) -> int:
        return await place_retention.forget_places(session, limit=self._batch)

    async def _businesses(self, session: AsyncSession) -> int:
        return await place_retention.forget_businesses(session, locations=self._locations, limit=self._batch)

    async def _all(self, forget: Forget) -> int:
        total = 0
        while True:
            async with self._sessions.begin() as session:
                some = await forget(session)
            total += some
            if some < self._batch:
                return total


async def refresh_expired(session: AsyncSession, *, tenant: str) -> int:
    """Queue the deep scan of this tenant's places that were blanked, at most MOST_REFRESHED; answer how many."""
    return await place_retention.queue_refresh(session, tenant=tenant, most=MOST_REFRESHED)
