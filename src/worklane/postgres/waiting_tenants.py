"""Which tenants have waiting rows, as far as one process has looked."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from worklane.postgres.compiled import Compiled
from worklane.postgres.records import Records

LOOK_EVERY = timedelta(seconds=1)


class WaitingTenants:
    """Remembers the tenants for a while: looking for them takes a step through an index for each.

    Who has come since shares from the next look on; until then its rows are taken by age where there is room.
    """

    def __init__(
        self, looking: Compiled, *, every: timedelta = LOOK_EVERY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._looking = looking
        self._every = every.total_seconds()
        self._clock = clock
        self._seen: Sequence[str] = ()
        self._looked = float("-inf")

    async def known(self, records: Records) -> Sequence[str]:
        """The tenants; looked for anew where that was too long ago."""
        now = self._clock()
        if now - self._looked >= self._every:
            rows = await records.fetch(self._looking.sql, *self._looking.arguments())
            self._seen, self._looked = [row["tenant"] for row in rows], now
        return self._seen
