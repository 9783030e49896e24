from datetime import datetime, timedelta

import pytest

from tests.worklane.ordering.bench import KIND, OrderBench
from worklane.order import FairShare, Limit, Order, Rate

KINDS = {KIND}
SECOND = timedelta(seconds=1)
RATE = Rate(times=4, per=8 * SECOND)


def limited(rate: Rate, *, running: int | None = None, fair: bool = False) -> Order:
    return Order(fair=FairShare() if fair else None, limits={KIND: Limit(running=running, rate=rate)})


class TestRate:
    @pytest.mark.parametrize("fair", [False, True])
    async def test_a_rested_key_starts_its_burst_and_then_one_a_spacing(self, lane: OrderBench, fair: bool) -> None:
        await lane.add(20, key="a")
        claims, one = lane.claims(limited(RATE, fair=fair)), await lane.worker()

        counts = []
        for turn in (0, 1, 1, 2, 60):
            await lane.turn_clock(turn * SECOND)
            counts.append(len(await claims.claim(one, kinds=KINDS, limit=20)))

        assert counts == [4, 0, 1, 1, 4]

    async def test_the_bound_of_a_window_is_reached_and_not_passed(self, lane: OrderBench) -> None:
        await lane.add(20, key="a")
        claims, one = lane.claims(limited(RATE)), await lane.worker()

        started = 0
        for turn in (0, 2, 2, 2):
            await lane.turn_clock(turn * SECOND)
            started += len(await claims.claim(one, kinds=KINDS, limit=20))

        assert started == 7 == RATE.most_within(RATE.per) == 2 * RATE.times - 1

    async def test_a_burst_of_one_spaces_the_starts(self, lane: OrderBench) -> None:
        await lane.add(20, key="a")
        claims, one = lane.claims(limited(Rate(times=4, per=8 * SECOND, burst=1))), await lane.worker()

        counts = []
        for turn in (0, 1, 1, 2, 60):
            await lane.turn_clock(turn * SECOND)
            counts.append(len(await claims.claim(one, kinds=KINDS, limit=20)))

        assert counts == [1, 0, 1, 1, 1]

    async def test_each_key_has_a_rate_of_its_own_and_those_over_it_hide_nobody(self, lane: OrderBench) -> None:
        await lane.add(5000, key="a")
        await lane.add(2, key="b", later=timedelta(minutes=5))
        await lane.add(2, later=timedelta(minutes=6))
        claims, one = lane.claims(limited(RATE)), await lane.worker()
        assert len(await claims.claim(one, kinds=KINDS, limit=4)) == 4

        rows = await claims.claim(one, kinds=KINDS, limit=10)

        assert await lane.keys(rows) == ["b", "b", None, None]

    async def test_rows_over_the_rate_simply_wait(self, lane: OrderBench) -> None:
        rows = await lane.add(6, key="a")
        claims, one = lane.claims(limited(RATE)), await lane.worker()

        await claims.claim(one, kinds=KINDS, limit=10)

        waiting = await lane.pool.fetch("select * from jobs where status = 'pending' and id = any($1)", rows)
        assert [(row["attempt"], row["error"]) for row in waiting] == [(0, None), (0, None)]

    async def test_what_does_not_start_uses_nothing_up(self, lane: OrderBench) -> None:
        await lane.add(3, key="a")
        claims, one = lane.claims(limited(RATE, running=1)), await lane.worker()

        rows = await claims.claim(one, kinds=KINDS, limit=10)

        ahead = await lane.pool.fetchval("select tat - started_at from job_rates, jobs where status = 'running'")
        assert len(rows) == 1
        assert ahead == RATE.spacing

    async def test_a_row_claimed_by_name_respects_the_rate_and_counts(self, lane: OrderBench) -> None:
        rows = await lane.add(3, key="a")
        claims, one = lane.claims(limited(Rate(times=2, per=60 * SECOND))), await lane.worker()

        taken = [await claims.claim_one(one, row, kinds=KINDS) for row in rows]

        assert [row is not None for row in taken] == [True, True, False]

    async def test_a_spacing_of_days_is_no_shorter_when_clocks_go_forward(self, lane: OrderBench) -> None:
        await lane.add(2, key="a")
        rate = Rate(times=1, per=timedelta(days=200))
        claims, one = lane.claims(limited(rate)), await lane.worker()

        await claims.claim(one, kinds=KINDS, limit=10)

        tat: datetime = await lane.pool.fetchval("select tat from job_rates")
        started: datetime = await lane.pool.fetchval("select started_at from jobs where status = 'running'")
        assert tat - started == rate.per


class TestPurge:
    async def test_rested_keys_are_forgotten_and_the_others_are_not(self, lane: OrderBench) -> None:
        claims, one = lane.claims(limited(RATE)), await lane.worker()
        for key in ("a", "b", "c"):
            await lane.add(key=key)
        await claims.claim(one, kinds=KINDS, limit=10)
        await lane.turn_clock(timedelta(hours=2))
        await lane.add(key="d")
        await claims.claim(one, kinds=KINDS, limit=10)

        gone = [await claims.purge_rates(idle_for=timedelta(hours=1), limit=2) for _ in range(3)]

        assert gone == [2, 1, 0]
        assert await lane.pool.fetchval("select string_agg(key, ' ') from job_rates") == "d"
