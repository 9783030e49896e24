"""Failed rows that wait again: as if they had never been tried, and only those that were meant."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from tests.worklane.benches import CLAIMS, JobBench
from tests.worklane.postgres.status_lane import (
    COLUMN,
    COMPLETE,
    DEAD_AFTER,
    IN_TURNS,
    add_places,
    crash,
    number_of_claims,
    place,
    queue_over,
    take,
)
from worklane.errors import ClaimLost
from worklane.lifecycle import MAX_CRASHES, Settlement, Status
from worklane.postgres.status_column import StatusColumn
from worklane.postgres.status_requeue import forget_claims, requeue_failed

LEASED = replace(COLUMN, lease=timedelta(milliseconds=1), attempts=2)
FAILED = Settlement(status=Status.FAILED, error="no such place")


async def requeue(jobs: JobBench, column: StatusColumn = COLUMN, *, limit: int = 100, group: object = None) -> int:
    """What an operator does, in a transaction of its own."""
    async with jobs.sessions.begin() as session:
        return await requeue_failed(session, column, claims=CLAIMS, limit=limit, group=group)


async def fail(jobs: JobBench, number: int = 1, *, tenant: str = "") -> list[UUID]:
    """So many rows that have failed."""
    ids = await add_places(jobs, number, tenant=tenant)
    await jobs.pool.execute(
        "update places_staging set deep_scan_status = 'Error', deep_scan_error = 'no' where id = any($1::uuid[])", ids
    )
    return ids


async def expire(jobs: JobBench) -> UUID:
    """A row that took longer than its lease, as often as it may."""
    queue = queue_over(jobs, LEASED)
    [row_id] = await add_places(jobs)
    for _ in range(LEASED.attempts):
        await jobs.pool.execute("update status_claims set run_after = worklane_now()")
        assert len(await take(jobs, queue)) == 1
        await jobs.pool.execute("update status_claims set run_after = worklane_now() - interval '1 s'")
        await queue.rescue(dead_after=DEAD_AFTER, limit=10)
    return row_id


class TestAFailedRow:
    async def test_waits_again_without_its_error(self, jobs: JobBench) -> None:
        [row_id] = await fail(jobs)

        assert await requeue(jobs) == 1

        assert await place(jobs, row_id) == ("Queued", None)

    async def test_that_was_overdue_too_often_has_all_its_attempts_again(self, jobs: JobBench) -> None:
        row_id = await expire(jobs)
        failed = await place(jobs, row_id)

        await requeue(jobs, LEASED)

        [claim] = await take(jobs, queue_over(jobs, LEASED))
        assert failed[0] == "Error"
        assert (claim.row_id, claim.attempt, claim.failures) == (row_id, 1, 1)

    async def test_under_which_too_many_processes_died_is_no_suspect_any_more(self, jobs: JobBench) -> None:
        queue = queue_over(jobs)
        [row_id] = await add_places(jobs)
        for number in range(MAX_CRASHES):
            await crash(jobs, queue, alone=number >= 2)

        await requeue(jobs)

        assert await number_of_claims(jobs) == 0
        [claim] = await take(jobs, queue)
        assert (claim.row_id, claim.attempt, claim.crashes) == (row_id, 1, 0)


class TestWhatIsMeant:
    async def test_rows_in_other_states_stay_as_they_are(self, jobs: JobBench) -> None:
        queue = queue_over(jobs)
        working, done, waiting = await add_places(jobs, 3)
        first, second = await take(jobs, queue, 2)
        await queue.settle(second, COMPLETE)

        assert await requeue(jobs) == 0

        assert [(await place(jobs, one))[0] for one in (working, done, waiting)] == [
            "Processing",
            "Completed",
            "Queued",
        ]
        await queue.settle(first, COMPLETE)

    async def test_no_more_than_the_limit_and_the_oldest_first(self, jobs: JobBench) -> None:
        ids = await fail(jobs, 5)

        assert await requeue(jobs, limit=2) == 2

        assert [(await place(jobs, one))[0] for one in ids] == ["Queued"] * 2 + ["Error"] * 3

    async def test_only_rows_of_the_group(self, jobs: JobBench) -> None:
        [ours], [theirs] = await fail(jobs, tenant="harbour"), await fail(jobs, tenant="hill")

        assert await requeue(jobs, IN_TURNS, group="harbour") == 1

        assert (await place(jobs, ours))[0] == "Queued"
        assert (await place(jobs, theirs))[0] == "Error"

    async def test_each_row_once_whoever_asks_at_the_same_time(self, jobs: JobBench) -> None:
        await fail(jobs, 200)

        moved = await asyncio.gather(*(requeue(jobs, limit=50) for _ in range(10)))

        assert sum(moved) == 200

    async def test_claims_of_other_queues_stay(self, jobs: JobBench) -> None:
        [row_id] = await fail(jobs)
        await jobs.pool.execute("insert into status_claims (queue, row_id, token) values ('other', $1, 1)", row_id)

        await requeue(jobs)

        assert await number_of_claims(jobs) == 1


class TestForgetting:
    async def test_whoever_holds_a_forgotten_row_has_lost_it(self, jobs: JobBench) -> None:
        queue = queue_over(jobs)
        await add_places(jobs)
        [claim] = await take(jobs, queue)

        async with jobs.sessions.begin() as session:
            await forget_claims(session, queue.lane, [claim.row_id], claims=CLAIMS)

        assert await number_of_claims(jobs) == 0
        with pytest.raises(ClaimLost):
            await queue.settle(claim, FAILED)
