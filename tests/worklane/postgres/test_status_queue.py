import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.worklane.benches import JobBench, StatusBench
from tests.worklane.postgres.status_lane import (
    COLUMN,
    COMPLETE,
    DEAD_AFTER,
    IN_TURNS,
    KINDS,
    NotedRecords,
    a_worker,
    add_places,
    all_of,
    crash,
    number_of_claims,
    place,
    queue_over,
    take,
)
from worklane.claim import Claim
from worklane.errors import ClaimLost
from worklane.lifecycle import CONVICTED, MAX_CRASHES, Settlement, Status
from worklane.postgres.status_column import StatusColumn
from worklane.queue import Finished


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
        for number in range(MAX_CRASHES):
            await crash(jobs, places.queue, alone=number >= 2)
        failed = await places.see(row_id)
        await set_status(jobs, row_id, "Queued")

        claim = await claimed(places)

        assert failed.status is Status.FAILED
        assert (claim.attempt, claim.crashes) == (1, 0)


class TestSuspects:
    async def test_a_row_under_which_two_processes_died_is_left_to_those_who_take_it_alone(
        self, places: StatusBench, jobs: JobBench
    ) -> None:
        suspect = await places.add_row()
        for _ in range(2):
            await crash(jobs, places.queue)
        innocent = await places.add_row()

        ordinary = await take(jobs, places.queue)
        alone = await take(jobs, places.queue, alone=True)

        assert [claim.row_id for claim in ordinary] == [innocent]
        assert [(claim.row_id, claim.crashes, claim.attempt) for claim in alone] == [(suspect, 2, 3)]

    async def test_a_row_under_which_one_process_died_is_no_suspect(self, places: StatusBench, jobs: JobBench) -> None:
        row_id = await places.add_row()
        await crash(jobs, places.queue)

        alone, ordinary = await take(jobs, places.queue, alone=True), await take(jobs, places.queue)

        assert ([*alone], [claim.row_id for claim in ordinary]) == ([], [row_id])

    async def test_no_more_suspects_are_taken_than_the_limit_says(self, places: StatusBench, jobs: JobBench) -> None:
        for _ in range(2):
            await places.add_row()
            await crash(jobs, places.queue)
            await crash(jobs, places.queue)

        taken = [len(await take(jobs, places.queue, 1, alone=True)) for _ in range(3)]

        assert taken == [1, 1, 0]

    async def test_a_suspect_is_started_by_name_only_alone(self, places: StatusBench, jobs: JobBench) -> None:
        row_id = await places.add_row()
        for _ in range(2):
            await crash(jobs, places.queue)
        worker = await a_worker(jobs)

        ordinary = await places.queue.claim_one(worker, row_id, kinds=KINDS)
        alone = await places.queue.claim_one(worker, row_id, kinds=KINDS, alone=True)

        assert ordinary is None
        assert alone is not None

    async def test_it_is_known_how_many_suspects_wait(self, places: StatusBench, jobs: JobBench) -> None:
        await places.add_row()
        waits = [await places.queue.waiting_suspects(kinds=KINDS, most=8)]
        for _ in range(2):
            await crash(jobs, places.queue)
            waits.append(await places.queue.waiting_suspects(kinds=KINDS, most=8))
        waits.append(await places.queue.waiting_suspects(kinds={"another kind"}, most=8))
        await take(jobs, places.queue, alone=True)
        waits.append(await places.queue.waiting_suspects(kinds=KINDS, most=8))

        assert waits == [0, 0, 1, 0, 0]

    async def test_the_last_death_fails_the_row_and_says_that_it_ran_alone(
        self, places: StatusBench, jobs: JobBench
    ) -> None:
        row_id = await places.add_row()

        ends = [
            (await crash(jobs, places.queue, alone=alone), (await place(jobs, row_id))[1]) for alone in (0, 0, 1, 1)
        ]

        assert ends == [
            (Status.PENDING, "its worker stopped while it ran (crash 1)"),
            (Status.PENDING, "its worker stopped while it ran (crash 2)"),
            (Status.PENDING, "its worker stopped while it ran (crash 3)"),
            (Status.FAILED, CONVICTED),
        ]


class TestSettlingMany:
    async def test_each_row_gets_its_own_outcome(self, jobs: JobBench) -> None:
        queue = queue_over(jobs)
        await add_places(jobs, 3)
        done, failed, again = await take(jobs, queue)
        later = Settlement(status=Status.PENDING, error="later", run_after=timedelta(minutes=1))

        await asyncio.gather(
            queue.settle(done, COMPLETE),
            queue.settle(failed, Settlement(status=Status.FAILED, error="no use")),
            queue.settle(again, later),
        )
        now = await take(jobs, queue)
        await jobs.turn_clock(timedelta(minutes=2))
        [claim] = await take(jobs, queue)

        ends = [await place(jobs, one.row_id) for one in (done, failed)]
        assert ends == [("Completed", None), ("Error", "no use")]
        assert ([*now], claim.row_id, claim.attempt) == ([], again.row_id, 2)

    async def test_two_hundred_at_once_take_two_statements(self, jobs: JobBench) -> None:
        records = NotedRecords(jobs)
        queue = queue_over(jobs, records=records)
        await add_places(jobs, 200)
        claims = await take(jobs, queue, 200)
        records.asked.clear()

        ended = await all_of(claims, queue)

        assert ended == [None] * 200
        assert len(records.asked) <= 2
        assert await number_of_claims(jobs) == 0

    async def test_a_stale_claim_among_good_ones_is_the_only_one_lost(self, jobs: JobBench) -> None:
        queue = queue_over(jobs)
        await add_places(jobs, 5)
        claims = await take(jobs, queue)
        await queue.hand_back([claims[2]])
        [current] = await take(jobs, queue)

        ended = await all_of(claims, queue)

        assert [type(one) for one in ended] == [type(None), type(None), ClaimLost, type(None), type(None)]
        assert await place(jobs, current.row_id) == ("Processing", None)
        assert await all_of([current], queue) == [None]

    async def test_the_stale_and_the_present_claim_of_one_row_may_come_together(self, jobs: JobBench) -> None:
        queue = queue_over(jobs)
        await add_places(jobs)
        [stale] = await take(jobs, queue)
        await queue.hand_back([stale])
        [current] = await take(jobs, queue)
        failed = Settlement(status=Status.FAILED, error="stale")

        done = await queue.exchange(
            uuid4(), [Finished(stale, failed), Finished(current, COMPLETE)], kinds=KINDS, limit=0
        )

        assert done.lost == {stale.held}
        assert await place(jobs, current.row_id) == ("Completed", None)

    async def test_many_are_handed_back_by_their_own_tokens(self, jobs: JobBench) -> None:
        queue = queue_over(jobs)
        await add_places(jobs, 3)
        claims = await take(jobs, queue)
        await queue.hand_back([claims[0]])
        [current] = await take(jobs, queue, 1)

        returned = await queue.hand_back(claims)

        assert returned == 2
        assert (await place(jobs, current.row_id))[0] == "Processing"


class TestExchange:
    async def test_it_settles_and_claims_more(self, jobs: JobBench) -> None:
        queue, worker = queue_over(jobs), await a_worker(jobs)
        first, second, third = await add_places(jobs, 3)
        [claim] = await take(jobs, queue, 1)

        done = await queue.exchange(worker, [Finished(claim, COMPLETE)], kinds=KINDS, limit=1)

        assert done.lost == frozenset()
        assert [one.row_id for one in done.claims] == [second]
        assert (await place(jobs, first))[0] == "Completed"
        assert (await place(jobs, third))[0] == "Queued"

    async def test_a_claim_that_is_lost_is_not_among_the_settled(self, jobs: JobBench) -> None:
        queue, worker = queue_over(jobs), await a_worker(jobs)
        await add_places(jobs)
        [stale] = await take(jobs, queue, 1)
        await queue.hand_back([stale])

        done = await queue.exchange(worker, [Finished(stale, COMPLETE)], kinds=KINDS, limit=1)

        assert done.lost == {stale.held}
        assert [claim.row_id for claim in done.claims] == [stale.row_id]

    async def test_without_settlements_it_only_claims(self, jobs: JobBench) -> None:
        queue, worker = queue_over(jobs), await a_worker(jobs)
        rows = await add_places(jobs, 2)

        done = await queue.exchange(worker, [], kinds=KINDS, limit=5)

        assert ([claim.row_id for claim in done.claims], done.lost) == (rows, frozenset())

    @pytest.mark.parametrize("column", [COLUMN, IN_TURNS])
    async def test_what_waits_elsewhere_is_left_to_the_next_claim(self, jobs: JobBench, column: StatusColumn) -> None:
        records = NotedRecords(jobs)
        queue, worker = queue_over(jobs, column, records=records), await a_worker(jobs)
        await add_places(jobs, 2, second=100, tenant="b")
        await queue.claim(worker, kinds=KINDS, limit=1)
        [elsewhere] = await add_places(jobs, 1, second=1, tenant="a")
        records.asked.clear()

        done = await queue.exchange(worker, [], kinds=KINDS, limit=5)
        statements = len(records.asked)
        rest = await queue.claim(worker, kinds=KINDS, limit=5)

        assert (len(done.claims), statements) == (1, 1)
        assert [claim.row_id for claim in rest] == [elsewhere]

    async def test_of_other_kinds_it_claims_nothing(self, jobs: JobBench) -> None:
        queue, worker = queue_over(jobs), await a_worker(jobs)
        await add_places(jobs)

        done = await queue.exchange(worker, [], kinds={"another kind"}, limit=5)

        assert [*done.claims] == []

    async def test_when_the_claim_fails_the_settlements_are_told_all_the_same(self, jobs: JobBench) -> None:
        records = BreakingRecords(jobs)
        queue, worker = queue_over(jobs, records=records), await a_worker(jobs)
        await add_places(jobs, 2)
        [claim] = await take(jobs, queue, 1)
        records.statements_left = 1

        done = await queue.exchange(worker, [Finished(claim, COMPLETE)], kinds=KINDS, limit=1)

        assert (done.lost, [*done.claims]) == (frozenset(), [])


class TestLease:
    async def test_an_attempt_that_outlasts_its_lease_is_freed_though_its_worker_lives(self, jobs: JobBench) -> None:
        queue = queue_over(jobs, replace(COLUMN, lease=timedelta(minutes=5), attempts=2))
        [row_id] = await add_places(jobs)
        worker = await a_worker(jobs)

        ends = []
        for _ in range(2):
            [claim] = await queue.claim(worker, kinds=KINDS, limit=1)
            await jobs.turn_clock(timedelta(minutes=6))
            await jobs.pulse.beat(worker)
            [freed] = await queue.rescue(dead_after=DEAD_AFTER, limit=10)
            ends.append(freed.status)
            await jobs.turn_clock(timedelta(hours=2))
            await jobs.pulse.beat(worker)

        assert ends == [Status.PENDING, Status.FAILED]
        assert await place(jobs, row_id) == ("Error", "took longer than 0:05:00")
        assert isinstance((await all_of([claim], queue))[0], ClaimLost)
        assert claim.crashes == 0

    async def test_within_its_lease_it_is_left_alone(self, jobs: JobBench) -> None:
        queue = queue_over(jobs, replace(COLUMN, lease=timedelta(minutes=5)))
        await add_places(jobs)
        worker = await a_worker(jobs)
        claims = await queue.claim(worker, kinds=KINDS, limit=1)
        await jobs.turn_clock(timedelta(minutes=4))
        await jobs.pulse.beat(worker)

        freed = await queue.rescue(dead_after=DEAD_AFTER, limit=10)

        assert [*freed] == []
        assert await all_of(claims, queue) == [None]

    async def test_a_leased_row_that_its_owner_queues_again_need_not_wait_for_the_lease(self, jobs: JobBench) -> None:
        queue = queue_over(jobs, replace(COLUMN, lease=timedelta(minutes=5)))
        [row_id] = await add_places(jobs)
        await take(jobs, queue)
        await set_status(jobs, row_id, "Queued")

        taken = await take(jobs, queue)

        assert [claim.row_id for claim in taken] == [row_id]


class BreakingRecords(NotedRecords):
    """A pool that breaks down after so many statements."""

    statements_left = 1000

    async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[asyncpg.Record]:
        self.statements_left -= 1
        if self.statements_left < 0:
            raise ConnectionResetError
        return await super().fetch(query, *args)
