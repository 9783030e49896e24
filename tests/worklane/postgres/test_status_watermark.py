"""Claims go on from the last row taken, and miss nothing that waits before it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from asyncpg.pool import PoolConnectionProxy

from tests.worklane.benches import JobBench
from tests.worklane.postgres.status_lane import (
    COMPLETE,
    DEAD_AFTER,
    KINDS,
    WITHOUT_TURNS,
    NotedRecords,
    add_places,
    an_old_snapshot,
    queue_over,
    take,
)
from worklane.claim import Claim
from worklane.lifecycle import Settlement, Status
from worklane.postgres.status_queue import StatusQueue
from worklane.postgres.status_watermark import LookingBack
from worklane.queue import Finished

QUARTER = timedelta(seconds=0.25)


async def begun(jobs: JobBench, queue: StatusQueue, *, waiting: int = 4) -> None:
    """The queue has taken two rows, and so many wait after them."""
    await add_places(jobs, 2 + waiting, second=100)
    assert len(await take(jobs, queue, 2)) == 2


class TestTheWatermark:
    async def test_a_claim_goes_on_from_the_last_row(self, jobs: JobBench) -> None:
        queue = queue_over(jobs)
        await begun(jobs, queue)
        [older] = await add_places(jobs, second=1)

        taken = await take(jobs, queue, 4)

        assert len(taken) == 4
        assert older not in {claim.row_id for claim in taken}

    async def test_a_claim_that_comes_back_short_looks_at_the_top_at_once(self, jobs: JobBench) -> None:
        queue = queue_over(jobs)
        await begun(jobs, queue)
        [older] = await add_places(jobs, second=1)

        taken = await take(jobs, queue, 10)

        assert len(taken) == 5
        assert older in {claim.row_id for claim in taken}

    async def test_a_nudge_sends_the_next_claim_to_the_top(self, jobs: JobBench) -> None:
        queue = queue_over(jobs)
        await begun(jobs, queue)
        [older] = await add_places(jobs, second=1)
        queue.nudge()

        [claim] = await take(jobs, queue, 1)

        assert claim.row_id == older

    async def test_a_row_that_is_handed_back_is_the_next_one_taken(self, jobs: JobBench) -> None:
        queue = queue_over(jobs)
        await add_places(jobs, 5)
        [first] = await take(jobs, queue, 1)
        await take(jobs, queue, 1)
        await queue.hand_back([first])

        [again] = await take(jobs, queue, 1)

        assert again.row_id == first.row_id

    async def test_a_row_that_is_rescued_is_the_next_one_taken(self, jobs: JobBench) -> None:
        queue = queue_over(jobs)
        await add_places(jobs, 5)
        [first] = await take(jobs, queue, 1)
        await jobs.pool.execute("delete from workers")
        await queue.rescue(dead_after=DEAD_AFTER, limit=10)

        [again] = await take(jobs, queue, 1)

        assert again.row_id == first.row_id

    async def test_a_row_put_back_for_later_is_found_when_its_time_has_come(self, jobs: JobBench) -> None:
        queue = queue_over(jobs)
        await add_places(jobs, 3)
        [first] = await take(jobs, queue, 1)
        later = Settlement(status=Status.PENDING, error="again", run_after=timedelta(minutes=1))
        await queue.settle(first, later)

        rest = await take(jobs, queue, 10)
        await jobs.turn_clock(timedelta(minutes=2))
        again = await take(jobs, queue, 10)

        assert [len(rest), [claim.row_id for claim in again]] == [2, [first.row_id]]

    async def test_after_a_look_at_the_top_the_claims_go_on_where_they_were(self, jobs: JobBench) -> None:
        records = NotedRecords(jobs)
        queue = queue_over(jobs, records=records)
        await begun(jobs, queue, waiting=3)
        await add_places(jobs, second=1)
        await take(jobs, queue, 10)
        [newer] = await add_places(jobs, second=1000)
        [older] = await add_places(jobs, second=2)

        first, second = await take(jobs, queue, 1), await take(jobs, queue, 1)

        assert [claim.row_id for claim in (*first, *second)] == [newer, older]

    async def test_two_thousand_rows_are_taken_once_each_whatever_comes_between(self, jobs: JobBench) -> None:
        queue, other = queue_over(jobs), queue_over(jobs)
        wanted = set(await add_places(jobs, 1000, second=1000))
        taken = []
        for turn in range(10):
            wanted |= set(await add_places(jobs, 100, second=turn * 200))
            taken += [*await take(jobs, queue, 90), *await take(jobs, other, 70)]

        while more := [*await take(jobs, queue, 90), *await take(jobs, other, 70)]:
            taken += more

        assert len(taken) == 2000
        assert {claim.row_id for claim in taken} == wanted


class TestLookingBack:
    def test_it_is_due_at_first_and_every_so_often(self) -> None:
        time = [100.0]
        looking = LookingBack(QUARTER, clock=lambda: time[0])
        first = looking.is_due()
        looking.done(since=100.0)

        due = [is_due_at(looking, time, moment) for moment in (100.1, 100.24, 100.26)]

        assert (first, due) == (True, [False, False, True])

    def test_it_never_takes_more_than_a_tenth_of_the_time(self) -> None:
        time = [102.0]
        looking = LookingBack(QUARTER, clock=lambda: time[0])
        looking.done(since=100.0)

        due = [is_due_at(looking, time, moment) for moment in (110.0, 121.9, 122.1)]

        assert due == [False, False, True]

    async def test_with_no_time_between_every_claim_begins_at_the_top(self, jobs: JobBench) -> None:
        queue = queue_over(jobs, look_back_every=timedelta(0))
        await add_places(jobs, 5, second=100)
        await take(jobs, queue, 2)
        [older] = await add_places(jobs, second=1)

        [claim] = await take(jobs, queue, 1)

        assert claim.row_id == older


class TestNull:
    @pytest.fixture
    async def may_be_null(self, jobs: JobBench) -> StatusQueue:
        """The queue in the order of a column that may be null."""
        await jobs.pool.execute("alter table places_staging alter created_at drop not null")
        return queue_over(jobs)

    async def test_rows_without_a_time_come_last_and_all_come(self, jobs: JobBench, may_be_null: StatusQueue) -> None:
        timeless = await add_places(jobs, 5, second=1)
        await jobs.pool.execute("update places_staging set created_at = null")
        timed = await add_places(jobs, 3, second=100)

        taken = [claim.row_id for _ in range(4) for claim in await take(jobs, may_be_null, 2)]

        assert taken == [*timed, *sorted(timeless)]

    async def test_a_row_without_a_time_is_found_after_one_that_has_it(
        self, jobs: JobBench, may_be_null: StatusQueue
    ) -> None:
        await add_places(jobs, 3, second=100)
        await take(jobs, may_be_null, 3)
        timeless = await add_places(jobs, 1)
        await jobs.pool.execute("update places_staging set created_at = null where id = $1", timeless[0])

        taken = await take(jobs, may_be_null, 10)

        assert [claim.row_id for claim in taken] == timeless


class TestAnOldSnapshot:
    async def test_a_claim_walks_only_past_what_came_after_the_last_one(self, jobs: JobBench) -> None:
        async with jobs.pool.acquire() as connection, an_old_snapshot(jobs):
            queue = await worked_off(jobs, connection, 2800, of=3000)
            before = await entries_read(connection, "ix_places_staging_queued")
            await take(jobs, queue, 1)
            after = await entries_read(connection, "ix_places_staging_queued")
            queue.nudge()
            await take(jobs, queue, 1)
            from_the_top = await entries_read(connection, "ix_places_staging_queued") - after

        assert after - before < 10
        assert from_the_top > 2000

    async def test_a_settlement_reads_only_its_own_claim(self, jobs: JobBench) -> None:
        async with jobs.pool.acquire() as connection, an_old_snapshot(jobs):
            queue = await worked_off(jobs, connection, 2800, of=3000)
            claims = await take(jobs, queue, 1)
            before = await entries_read(connection, "pk_status_claims")
            await settle(queue, claims)
            read = await entries_read(connection, "pk_status_claims") - before

        assert read < 10


async def worked_off(jobs: JobBench, connection: PoolConnectionProxy, number: int, *, of: int) -> StatusQueue:
    """A queue on this connection that has completed so many rows of so many."""
    queue = queue_over(jobs, records=connection)
    await jobs.pool.execute(WITHOUT_TURNS)
    await add_places(jobs, of)
    await jobs.pool.execute("alter table places_staging set (autovacuum_enabled = off)")
    await jobs.pool.execute("vacuum analyze places_staging")
    for _ in range(number // 100):
        await settle(queue, await take(jobs, queue, 100))
    return queue


async def settle(queue: StatusQueue, claims: Sequence[Claim]) -> None:
    """Complete them in one statement."""
    settled = await queue.exchange(uuid4(), [Finished(claim, COMPLETE) for claim in claims], kinds=KINDS, limit=0)
    assert settled.lost == frozenset()


async def entries_read(connection: PoolConnectionProxy, index: str) -> int:
    """How many entries of an index were read so far."""
    await connection.execute("select pg_stat_force_next_flush()")
    counting = "select idx_tup_read from pg_stat_user_indexes where indexrelname = $1"
    return int(await connection.fetchval(counting, index))


def is_due_at(looking: LookingBack, time: list[float], moment: float) -> bool:
    """Whether it is due when the clock shows this."""
    time[0] = moment
    return looking.is_due()
