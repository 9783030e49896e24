"""When to call waiting workers: at once, but no more often than every so many milliseconds.

A call makes commits wait for each other, and one call wakes every listener. So a call that follows another too closely
is put off, and made once for all that came meanwhile.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator

from worklane.postgres.compiled import compiled
from worklane.postgres.listener import CALL
from worklane.postgres.records import Records

RINGS_EVERY = 0.005


class Bell:
    """The calls of one process. A call that is lost with the process loses nothing: polling finds the work."""

    def __init__(self, records: Records, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._records = records
        self._call = compiled(CALL)
        self._rang = float("-inf")
        self._later: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def due(self) -> Iterator[bool]:
        """Whether the statement in this block should call; if not, somebody does so afterwards."""
        now = self._clock()
        if now - self._rang >= RINGS_EVERY:
            self._rang = now
            yield True
            return
        yield False
        if self._later is None or self._later.done():
            self._later = asyncio.create_task(self._ring_later())

    async def _ring_later(self) -> None:
        await asyncio.sleep(max(self._rang + RINGS_EVERY - self._clock(), 0))
        self._rang = self._clock()
        # What cannot be called now will be polled for.
        with contextlib.suppress(Exception):
            await self._records.fetch(self._call.sql, *self._call.arguments(kind=""))
