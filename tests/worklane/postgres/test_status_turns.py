"""Groups take turns: whoever has many rows waits no less and no longer for it."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from tests.worklane.benches import CLAIMS, WORKERS, JobBench, StatusBench
from tests.worklane.postgres.status_lane import (
    COLUMN,
    IN_TURNS,
    KINDS,
    NotedRecords,
    a_worker,
    add_places,
    all_of,
    crash,
    queue_over,
    take,
)
from worklane.claim import Claim
from worklane.contract import QueueContract
from worklane.postgres.status_statements import StatusStatements
from worklane.postgres.status_turns import InTurns, shared
from worklane.postgres.status_watermark import LOOK_BACK_EVERY


def by_tenant(claims: Sequence[Claim]) -> Counter[str]:
    return Counter(claim.tenant for claim in claims)


class TestTurns:
    async def test_a_claim_says_whose_row_it_is(self, jobs: JobBench) -> None:
        [row_id] = await add_places(jobs, tenant="acme")

        [claim] = await take(jobs, queue_over(jobs, IN_TURNS))

        assert (claim.row_id, claim.tenant) == (row_id, "acme")

    async def test_ten_thousand_rows_of_one_do_not_keep_another_waiting(self, jobs: JobBench) -> None:
        queue = queue_over(jobs, IN_TURNS)
        await add_places(jobs, 10_000, tenant="greedy")
        await add_places(jobs, 3, second=20_000, tenant="modest")

        taken = await take(jobs, queue, 10)

        assert by_tenant(taken) == {"greedy": 7, "modest": 3}

    async def test_without_groups_it_would_keep_it_waiting(self, jobs: JobBench) -> None:
        await add_places(jobs, 100, tenant="greedy")
        await add_places(jobs, 3, second=20_000, tenant="modest")

        taken = await take(jobs, queue_over(jobs, COLUMN), 10)

        assert by_tenant(taken) == {"": 10}

    async def test_one_row_at_a_time_goes_round(self, jobs: JobBench) -> None:
        queue = queue_over(jobs, IN_TURNS)
        for tenant in "abc":
            await add_places(jobs, 3, tenant=tenant)

        order = [claim.tenant for _ in range(6) for claim in await take(jobs, queue, 1)]

        assert sorted(order[:3]) == sorted(order[3:]) == ["a", "b", "c"]

    async def test_what_one_does_not_use_the_others_have(self, jobs: JobBench) -> None:
        queue = queue_over(jobs, IN_TURNS)
        await add_places(jobs, 50, tenant="a")
        for tenant in "bcde":
            await add_places(jobs, 1, tenant=tenant)

        taken = await take(jobs, queue, 40)

        assert by_tenant(taken) == {"a": 36, "b": 1, "c": 1, "d": 1, "e": 1}

    async def test_within_a_group_the_oldest_come_first(self, jobs: JobBench) -> None:
        queue = queue_over(jobs, IN_TURNS)
        later = await add_places(jobs, 5, second=100, tenant="a")
        earlier = await add_places(jobs, 5, second=1, tenant="a")

        taken = [claim.row_id for _ in range(5) for claim in await take(jobs, queue, 2)]

        assert taken == [*earlier, *later]

    async def test_a_new_group_is_found_when_the_known_ones_are_worked_off(self, jobs: JobBench) -> None:
        queue = queue_over(jobs, IN_TURNS)
        await add_places(jobs, 2, tenant="a")
        await take(jobs, queue, 1)
        await add_places(jobs, 2, tenant="b")

        taken = await take(jobs, queue, 5)

        assert by_tenant(taken) == {"a": 1, "b": 2}

    async def test_a_new_group_is_found_among_busy_ones_after_a_nudge(self, jobs: JobBench) -> None:
        queue = queue_over(jobs, IN_TURNS)
        await add_places(jobs, 50, tenant="a")
        await take(jobs, queue, 1)
        await add_places(jobs, 2, tenant="b")
        before = await take(jobs, queue, 4)
        queue.nudge()

        after = await take(jobs, queue, 4)

        assert (by_tenant(before), by_tenant(after)) == ({"a": 4}, {"a": 2, "b": 2})

    async def test_more_groups_than_one_look_finds_are_served_all_the_same(self, jobs: JobBench) -> None:
        made = StatusStatements(IN_TURNS, CLAIMS, WORKERS)
        turns = InTurns(made, jobs.pool, look_back_every=timedelta(0), most_groups=3)
        for tenant in "abcdefgh":
            await add_places(jobs, 20, tenant=tenant)
        worker = await a_worker(jobs)

        served = [row["group_key"] for _ in range(3) for row in await turns.take(worker, 3, thorough=True)]

        assert set(served) == set("abcdefgh")

    async def test_every_row_is_taken_once(self, jobs: JobBench) -> None:
        queue, other = queue_over(jobs, IN_TURNS), queue_over(jobs, IN_TURNS)
        rows = [row for tenant in "abcdefg" for row in await add_places(jobs, 100, tenant=tenant)]

        taken = []
        while more := [*await take(jobs, queue, 33), *await take(jobs, other, 17)]:
            taken += more

        assert sorted(claim.row_id for claim in taken) == sorted(rows)

    async def test_a_claim_of_busy_groups_is_one_statement(self, jobs: JobBench) -> None:
        records = NotedRecords(jobs)
        queue = queue_over(jobs, IN_TURNS, records=records)
        for tenant in "abcdefg":
            await add_places(jobs, 30, tenant=tenant)
        await take(jobs, queue, 20)
        records.asked.clear()

        taken = await take(jobs, queue, 20)

        assert (len(taken), len(records.asked)) == (20, 1)

    async def test_suspects_are_left_to_those_who_take_them_alone(self, jobs: JobBench) -> None:
        queue = queue_over(jobs, IN_TURNS)
        await add_places(jobs, tenant="a")
        for _ in range(2):
            await crash(jobs, queue)

        ordinary, alone = await take(jobs, queue), await take(jobs, queue, alone=True)

        assert ([*ordinary], [claim.tenant for claim in alone]) == ([], ["a"])

    async def test_what_was_taken_in_turns_is_settled_as_ever(self, jobs: JobBench) -> None:
        queue = queue_over(jobs, IN_TURNS)
        await add_places(jobs, 3, tenant="a")

        assert await all_of(await take(jobs, queue), queue) == [None] * 3
        assert [*await queue.claim(await a_worker(jobs), kinds=KINDS, limit=5)] == []


class TestTheContractInTurns(QueueContract):
    @pytest.fixture
    async def bench(self, jobs: JobBench) -> AsyncIterator[StatusBench]:
        bench = StatusBench(jobs)
        bench.queue = queue_over(jobs, IN_TURNS, look_back_every=LOOK_BACK_EVERY)
        yield bench
        await bench.pulse.close()


class TestShares:
    @pytest.mark.parametrize(
        ("limit", "among", "shares"), [(5, 3, [2, 2, 1]), (2, 5, [1, 1]), (6, 3, [2, 2, 2]), (7, 1, [7])]
    )
    def test_they_add_up_and_none_is_nothing(self, limit: int, among: int, shares: list[int]) -> None:
        assert shared(limit, among=among) == shares
