"""What routes need from the house: sessions, the queue, the watch, and the one who starts scans."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.clients.address_guard import Network
from scanlane.services.job_watch import JobWatch
from scanlane.settings import Settings
from worklane.postgres.job_queue import JobQueue

StartScan = Callable[[UUID, str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the application hands to its routes. `networks` are the private ones that may be scanned.

    `disposable`: the operator's list of throw-away mail domains. `start_scan` is None when this process runs no jobs.
    """

    sessions: async_sessionmaker[AsyncSession]
    queue: JobQueue
    watch: JobWatch
    networks: Sequence[Network]
    settings: Settings
    start_scan: StartScan | None
    disposable: frozenset[str] = frozenset()


def house(request: Request) -> House:
    """The application's house."""
    found: House = request.app.state.house
    return found


InHouse = Annotated[House, Depends(house)]


async def transaction(house: InHouse) -> AsyncIterator[AsyncSession]:
    """One transaction for the request. It has committed before the response is sent."""
    async with house.sessions.begin() as session:
        yield session


Transaction = Annotated[AsyncSession, Depends(transaction, scope="function")]
