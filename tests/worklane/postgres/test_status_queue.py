from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.worklane.benches import JobBench, StatusBench
from worklane.claim import Claim
from worklane.errors import ClaimLost
from worklane.lifecycle import MAX_CRASHES, Settlement, Status

DEAD_AFTER = timedelta(seconds=6)


@pytest.fixture
async def places(jobs: JobBench) -> AsyncIterator[StatusBench]:
    bench = StatusBench(jobs)
    yield bench
    await bench.pulse.close()


async def claimed(places: StatusBench) -> Claim:
    worker = uuid4()
    await places.pulse.register(worker, "test")
    [claim] = await places.queue.claim(worker, kinds={places.kind}, limit=1)
    return claim


async def set_status(jobs: JobBench, row_id: UUID, status: str) -> None:
    await jobs.pool.execute("update places_staging set deep_scan_status = $2 where id = $1", row_id, status)


class TestTheOwnersTable:
    async def test_a_finished_row_leaves_no_claim_behind(self, places: StatusBench, jobs: JobBench) -> None:
        await places.add_row()

        async with places.queue.settling(await claimed(places), Settlement(status=Status.COMPLETE)):
            pass

        assert await jobs.pool.fetchval("select count(*) from status_claims") == 0

    async def test_a_row_that_its_owner_took_away_is_a_lost_claim(self, places: StatusBench, jobs: JobBench) -> None:
        row_id = await places.add_row()
        claim = await claimed(places)
        await set_status(jobs, row_id, "Error")

        with pytest.raises(ClaimLost):
            async with places.queue.settling(claim, Settlement(status=Status.COMPLETE)):
                pass

        assert (await places.see(row_id)).status is Status.FAILED

    async def test_a_row_that_its_owner_queues_again_belongs_to_the_next_claim(
        self, places: StatusBench, jobs: JobBench
    ) -> None:
        row_id = await places.add_row()
        stale = await claimed(places)
        await set_status(jobs, row_id, "Queued")

        current = await claimed(places)

        assert current.token > stale.token
        with pytest.raises(ClaimLost):
            async with places.queue.settling(stale, Settlement(status=Status.COMPLETE)):
                pass
        async with places.queue.settling(current, Settlement(status=Status.COMPLETE)):
            pass

    async def test_a_row_queued_again_after_too_many_crashes_starts_afresh(
        self, places: StatusBench, jobs: JobBench
    ) -> None:
        row_id = await places.add_row()
        for _ in range(MAX_CRASHES):
            await claimed(places)
            await jobs.pool.execute("delete from workers")
            await places.queue.rescue(dead_after=DEAD_AFTER, limit=10)
        failed = await places.see(row_id)
        await set_status(jobs, row_id, "Queued")

        claim = await claimed(places)

        assert failed.status is Status.FAILED
        assert (claim.attempt, claim.crashes) == (1, 0)
