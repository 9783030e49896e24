"""The real status lane on one connection, over the places that the owner adds and resets."""

from datetime import timedelta
from uuid import UUID

import asyncpg

from tests.worklane.benches import CLAIMS, PLACES, WORKERS
from tests.worklane.model.lane import KIND, Lane
from worklane.postgres.pulse import PostgresPulse
from worklane.postgres.status_column import StatusColumn
from worklane.postgres.status_queue import StatusQueue
from worklane.queue import Queue

COLUMN = StatusColumn(
    queue=KIND, table=PLACES, status="deep_scan_status", error="deep_scan_error", order_by=("created_at", "id")
)
ADD = "insert into places_staging (id, tenant, ref, name, deep_scan_status) values ($1, '', $2, 'Place', 'Queued')"
RESET = "update places_staging set deep_scan_status = 'Queued', deep_scan_error = null where id = $1"
ROWS = """
select p.id, deep_scan_status, coalesce(attempt, 0), coalesce(crashes, 0), coalesce(token, 0), worker_id,
       run_after - timestamptz '2026-01-01 00:00+00'
from places_staging p left join status_claims on row_id = p.id
"""


class PlaceLane(Lane):
    """The queue under test. Its `make_queue` is StatusQueue, or one with a bug."""

    async def add(self, row_id: UUID) -> None:
        """The owner adds a place."""
        await self.act("owner")
        await self._raw.execute(ADD, row_id, str(row_id))

    async def reset(self, row_id: UUID) -> None:
        """The owner wants a finished place scanned again."""
        await self.act("owner")
        await self._raw.execute(RESET, row_id)

    async def rows(self) -> list[asyncpg.Record]:
        """The places as they are, and their claims."""
        return await self._raw.fetch(ROWS)

    def _made_queue(self) -> Queue:
        # The model tells which row comes next, to the last one: no claim may go on from the one before.
        return self._make_queue(
            COLUMN,
            claims=CLAIMS,
            workers=WORKERS,
            records=self._raw,
            sessions=self._sessions,
            look_back_every=timedelta(0),
        )

    def _made_pulse(self) -> PostgresPulse:
        assert isinstance(self.queue, StatusQueue)
        return PostgresPulse(workers=WORKERS, lanes=[self.queue], connect=self._connected)
