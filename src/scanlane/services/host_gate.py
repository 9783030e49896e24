"""The gate in front of each host: how many requests of this process may be at it, and how soon after one another."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from scanlane.clients.website_errors import FetchFailed, ServerBusy
from scanlane.domain.urls import origin

if TYPE_CHECKING:
    # Brings the database library along, which a crawl can do without.
    from scanlane.services.host_breaker import HostBreaker

AT_ONCE = 2
PATIENCE = timedelta(seconds=10)
USUAL_PAUSE = timedelta(seconds=10)
MOST_IDLE_HOSTS = 1000


class HostBusy(FetchFailed):
    """The host is not to be asked now; `retry_after` says when it may be."""

    temporary = True

    def __init__(self, message: str, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(slots=True)
class _Host:
    """One host: the room at it, the moment of its next request, and how many are at it or wait for it."""

    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    next_turn: float = 0.0
    callers: int = 0


class HostGate:
    """Shared by all that a process does: whoever asks a host for something passes here first."""

    def __init__(
        self,
        *,
        patience: timedelta = PATIENCE,
        breaker: "HostBreaker | None" = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._patience = patience.total_seconds()
        self._breaker = breaker
        self._monotonic = monotonic
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, url: str, *, gap: float = 0.0) -> AsyncIterator[None]:
        """Wait for a turn at the URL's host, and keep the place while the block runs. `gap`: seconds between two turns.

        Raises HostBusy rather than wait for longer than the gate's patience. A ServerBusy that leaves the block closes
        the gate for as long as the server wants.
        """
        host = self._host(url)
        host.callers += 1
        try:
            async with self._room(host, url):
                await self._wait(host, url, gap)
                async with self._passing(url):
                    yield
        except ServerBusy as error:
            self.pause(url, USUAL_PAUSE if error.retry_after is None else error.retry_after)
            raise
        finally:
            host.callers -= 1

    def _passing(self, url: str) -> AbstractAsyncContextManager[None]:
        return nullcontext() if self._breaker is None else self._breaker.passing(url)

    def pause(self, url: str, span: timedelta) -> None:
        """Let nobody pass to the URL's host for a while."""
        host = self._host(url)
        host.next_turn = max(host.next_turn, self._monotonic() + span.total_seconds())

    @asynccontextmanager
    async def _room(self, host: _Host, url: str) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience):
                await host.room.acquire()
        except TimeoutError:
            raise self._busy(url, self._patience) from None
        try:
            yield
        finally:
            host.room.release()

    async def _wait(self, host: _Host, url: str, gap: float) -> None:
        now = self._monotonic()
        start = max(now, host.next_turn)
        if start - now > self._patience:
            raise self._busy(url, start - now)
        host.next_turn = start + gap
        if start > now:
            await self._sleep(start - now)

    def _busy(self, url: str, seconds: float) -> HostBusy:
        shown = origin(url).partition("://")[2]
        return HostBusy(f"{shown} is to be left alone for a while.", retry_after=timedelta(seconds=seconds))

    def _host(self, url: str) -> _Host:
        address = origin(url).partition("://")[2]
        if address not in self._hosts and len(self._hosts) >= MOST_IDLE_HOSTS:
            self._forget_idle()
        return self._hosts.setdefault(address, _Host())

    def _forget_idle(self) -> None:
        now = self._monotonic()
        idle = [address for address, host in self._hosts.items() if not host.callers and host.next_turn <= now]
        for address in idle:
            del self._hosts[address]
