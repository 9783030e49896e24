"""Requests of this process to one service, spaced out."""

import asyncio
import time
from datetime import timedelta

from scanlane.clients.places.errors import QuotaExceeded

LONGEST_QUEUE = timedelta(seconds=30)


class Gate:
    """Lets one through each `every`, in the order in which they come. Belongs to no event loop."""

    def __init__(self, every: timedelta, *, longest: timedelta = LONGEST_QUEUE) -> None:
        self._every = every.total_seconds()
        self._longest = longest.total_seconds()
        self._next = 0.0

    async def passed(self) -> None:
        """Wait for one's turn. Raises QuotaExceeded where that would take too long."""
        present = time.monotonic()
        turn = max(present, self._next)
        if turn - present > self._longest:
            wait = timedelta(seconds=turn - present)
            raise QuotaExceeded("more is asked for than may be asked in this time", retry_after=wait)
        self._next = turn + self._every
        await asyncio.sleep(turn - present)
