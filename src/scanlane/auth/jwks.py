"""The public keys of an identity provider: when they are fetched, and for how long they are believed."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from jwt import PyJWK

from scanlane.auth.key_set import ALGORITHMS, KeySet, UnusableKeySet, read_key_set
from scanlane.clients.jwks import KeySetUnreachable
from scanlane.errors import Unavailable

FRESH = timedelta(minutes=10)
KEPT = timedelta(hours=24)
PAUSE = timedelta(seconds=30)
PAUSE_WITHOUT_KEYS = timedelta(seconds=5)


log = logging.getLogger("scanlane")


class KeysUnavailable(Unavailable):
    """The keys of the identity provider cannot be fetched at the moment; try again."""


class ProviderKeys:
    """An identity provider's keys: fetched when needed, refreshed when old, kept for a day when it is down."""

    algorithms = frozenset(ALGORITHMS.values())

    def __init__(self, fetch: Callable[[], Awaitable[bytes]], *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._seconds = seconds
        self._known: KeySet | None = None
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._refreshing: asyncio.Task[None] | None = None

    async def find(self, kid: str | None, algorithm: str) -> PyJWK | None:
        """The key, or None when the provider has no such key. Raises KeysUnavailable when there is no set at all."""
        known = self._believed()
        key = known.find(kid, algorithm) if known else None
        # An old set is refreshed before it is used: a key the provider withdrew must not open the door once more.
        if key is None or self._age() > FRESH:
            await self._refreshed()
            known = self._believed()
        if known is None:
            raise KeysUnavailable
        return known.find(kid, algorithm)

    def _believed(self) -> KeySet | None:
        return self._known if self._age() <= KEPT else None

    def _age(self) -> timedelta:
        return timedelta(seconds=min(self._seconds() - self._fetched_at, 10**9))

    async def _refreshed(self) -> None:
        task = self._start_refresh()
        if task is not None:
            # A caller who goes away must not take the fetch from the others who wait for it.
            await asyncio.shield(task)

    def _start_refresh(self) -> "asyncio.Task[None] | None":
        """Start a fetch, join the one under way, or None: it is too soon for another."""
        if self._refreshing is not None and not self._refreshing.done():
            return self._refreshing
        pause = PAUSE if self._believed() else PAUSE_WITHOUT_KEYS
        if self._seconds() - self._tried_at < pause.total_seconds():
            return None
        self._tried_at = self._seconds()
        self._refreshing = asyncio.create_task(self._refresh(), name="key set refresh")
        return self._refreshing

    async def _refresh(self) -> None:
        try:
            self._known = read_key_set(await self._fetch())
        except (KeySetUnreachable, UnusableKeySet) as error:
            log.warning("identity provider keys not refreshed error=%s", error)
            return
        self._fetched_at = self._seconds()
