"""The circuit breaker of each host, shared by all workers: whom one of them found busy, the others leave alone too.

Closed: everybody asks. Open: nobody asks until the pause is over. Half open: one worker tries, the others wait for it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.clients.website import Fetched
from scanlane.clients.website_errors import DnsFailed, FetchFailed, HostPaused, PageUnreachable, ServerBusy
from scanlane.domain.urls import origin
from scanlane.services.crawl_values import Fetch
from scanlane.stores import host_pauses

# For so long a host that is not paused is not asked about again.
REMEMBERED_SECONDS = 3.0
# A try takes as long as a request may take, and the others wait for it.
PROBE = timedelta(seconds=30)
SILENCES = 3
MOST_HOSTS = 1000


@dataclass(slots=True)
class _Host:
    """What this process knows of one host.

    `probe`: the strikes at which this process may try it, until `probe_until`; `trial` is set when the try is over.
    """

    clear_until: float = float("-inf")
    paused_until: float = float("-inf")
    probe: int | None = None
    probe_until: float = float("-inf")
    trial: asyncio.Event | None = None
    silences: int = 0
    callers: int = 0
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class HostBreaker:
    """Whoever asks a host for something passes here. No session is open while the host is asked."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._sessions = sessions
        self._monotonic = monotonic
        self._hosts: dict[str, _Host] = {}

    def before(self, fetch: Fetch) -> Fetch:
        """The same fetch, past the breaker."""

        async def passing(url: str) -> Fetched:
            async with self.passing(url):
                return await fetch(url)

        return passing

    @asynccontextmanager
    async def passing(self, url: str) -> AsyncIterator[None]:
        """Ask the URL's host inside the block. Raises HostPaused; a ServerBusy leaves it with the time to wait."""
        name = origin(url).partition("://")[2]
        host = self._host(name)
        host.callers += 1
        trial: asyncio.Event | None = None
        try:
            trial = await self._admit(name, host)
            async with self._noting(name, host):
                yield
        finally:
            host.callers -= 1
            if trial is not None:
                host.trial = None
                trial.set()

    @asynccontextmanager
    async def _noting(self, name: str, host: _Host) -> AsyncIterator[None]:
        try:
            yield
        except ServerBusy as error:
            seconds = await self._strike(name, host, error.message, error.retry_after)
            error.retry_after = timedelta(seconds=seconds)
            raise
        except PageUnreachable as error:
            if error.temporary and not isinstance(error, DnsFailed):
                await self._note_silence(name, host, error.message)
            raise
        except FetchFailed:
            await self._note_answer(name, host)
            raise
        else:
            await self._note_answer(name, host)

    async def _admit(self, name: str, host: _Host) -> asyncio.Event | None:
        """Let the caller in; answers the try of the host that it makes, if it is one. The others wait for its end."""
        while True:
            async with host.asking:
                trial = host.trial
                if trial is None:
                    return await self._enter(name, host)
            try:
                async with asyncio.timeout(PROBE.total_seconds()):
                    await trial.wait()
            except TimeoutError:
                raise _paused(name, PROBE.total_seconds()) from None

    async def _enter(self, name: str, host: _Host) -> asyncio.Event | None:
        now = self._monotonic()
        if now < host.paused_until:
            raise _paused(name, host.paused_until - now)
        # A try that was broken off is taken over by the next caller, as long as it is this process's turn.
        if now >= host.probe_until:
            host.probe = None
        if host.probe is None and now >= host.clear_until:
            await self._look(name, host, now)
        host.trial = asyncio.Event() if host.probe is not None else None
        return host.trial

    async def _look(self, name: str, host: _Host, now: float) -> None:
        """Look what the others found; after a pause, be the one that tries, or leave it to the one that does."""
        async with self._sessions.begin() as session:
            left = await host_pauses.seconds_left(session, name)
            if left is not None and left <= 0:
                host.probe = await host_pauses.claim_probe(session, name, span=PROBE)
                left = PROBE.total_seconds()
        if left is None:
            host.clear_until = now + REMEMBERED_SECONDS
        elif host.probe is None:
            host.paused_until = now + left
            raise _paused(name, left)
        else:
            host.probe_until = now + left

    async def _strike(self, name: str, host: _Host, reason: str, wait: timedelta | None) -> float:
        probed, host.probe, host.silences = host.probe is not None, None, 0
        async with self._sessions.begin() as session:
            seconds = await host_pauses.strike(session, name, reason=reason, wait=wait, probed=probed)
        host.paused_until = self._monotonic() + seconds
        host.clear_until = float("-inf")
        return seconds

    async def _note_silence(self, name: str, host: _Host, reason: str) -> None:
        host.silences += 1
        if host.silences >= SILENCES or host.probe is not None:
            await self._strike(name, host, reason, None)

    async def _note_answer(self, name: str, host: _Host) -> None:
        host.silences = 0
        strikes, host.probe = host.probe, None
        if strikes is not None:
            async with self._sessions.begin() as session:
                await host_pauses.close(session, name, strikes=strikes)
            host.paused_until = float("-inf")

    def _host(self, name: str) -> _Host:
        if name not in self._hosts and len(self._hosts) >= MOST_HOSTS:
            now = self._monotonic()
            self._hosts = {
                known: host for known, host in self._hosts.items() if host.callers or host.paused_until > now
            }
        return self._hosts.setdefault(name, _Host())


def _paused(name: str, seconds: float) -> HostPaused:
    wait = timedelta(seconds=max(seconds, 1.0))
    return HostPaused(f"{name} is left alone for {wait.total_seconds():.0f} seconds more.", retry_after=wait)
