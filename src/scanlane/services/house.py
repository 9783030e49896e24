"""What the application hands to its routes and pages: sessions, the queue, the watch, and the one who starts scans."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.clients.address_guard import Network
from scanlane.services.job_watch import JobWatch
from scanlane.settings import Settings
from worklane.postgres.job_queue import JobQueue

StartScan = Callable[[UUID, str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that answering a request needs. `networks` are the private ones that may be scanned.

    `disposable`: the operator's list of throw-away mail domains. `start_scan` is None when this process runs no jobs.
    """

    sessions: async_sessionmaker[AsyncSession]
    queue: JobQueue
    watch: JobWatch
    networks: Sequence[Network]
    settings: Settings
    start_scan: StartScan | None
    disposable: frozenset[str] = frozenset()
