"""Many claimers at once, judged by a ledger that only a trigger of the database writes."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.worklane.ordering.bench import KIND, OrderBench
from tests.worklane.ordering.planted import Beginning, Pausing, WithAStaleSnapshot, WithoutKeyLocks
from worklane.claim import Claim
from worklane.order import FairShare, Limit, Order, Rate
from worklane.postgres.ordered_claims import OrderedClaims

CLAIMERS = 8
MOST_RUNNING = """
select type, max(running) as most
from (select type, sum(change) over (partition by type, limit_key order by seq) as running from starts) as moments
group by type
"""
ONE, THREE = "one at a time", "three at a time"
LIMITS = {ONE: Limit(running=1), THREE: Limit(running=3)}
ONE_RUNNING = Order(limits={KIND: Limit(running=1)})
IS_ANYBODY_WAITING = """
select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')
"""
RATE = Rate(times=3, per=timedelta(seconds=10))


async def drain(lane: OrderBench, claims: OrderedClaims, *, seed: int) -> int:
    """Eight claimers take rows and settle them in random order until nothing waits; answer how many ran."""
    left: int = await lane.pool.fetchval("select count(*) from jobs where status = 'pending'")
    done = 0

    async def take_and_settle(chance: random.Random) -> None:
        nonlocal done
        one, mine = await lane.worker(), list[Claim]()
        while done < left:
            mine += await claims.claim(one, kinds={ONE, THREE, KIND}, limit=chance.randint(1, 6))
            finished = [row for row in mine if chance.random() < 0.6]
            mine = [row for row in mine if row not in finished]
            await lane.settle(finished)
            done += len(finished)

    async with asyncio.timeout(90):
        await asyncio.gather(*(take_and_settle(random.Random(f"{seed} {n}")) for n in range(CLAIMERS)))
    return done


async def add_rows(lane: OrderBench) -> None:
    for kind in (ONE, THREE):
        for host in range(5):
            await lane.add(30, kind=kind, key=f"host {host}", tenant=f"t{host % 3}")
    await lane.add(50, kind=ONE)


async def most_running(lane: OrderBench) -> dict[str, int]:
    rows = await lane.pool.fetch(MOST_RUNNING.replace("from starts", "from starts where limit_key is not null"))
    return {row["type"]: row["most"] for row in rows}


class TestRunning:
    @pytest.mark.parametrize("fair", [None, FairShare()])
    async def test_at_no_moment_more_rows_of_a_key_run_than_its_limit_says(
        self, lane: OrderBench, fair: FairShare | None
    ) -> None:
        await add_rows(lane)

        done = await drain(lane, lane.claims(Order(fair=fair, limits=LIMITS)), seed=1)

        assert done == 350
        assert await most_running(lane) == {ONE: 1, THREE: 3}


async def starts(lane: OrderBench) -> dict[str, list[datetime]]:
    rows = await lane.pool.fetch("select limit_key, at from starts where change = 1 order by at")
    return {key: [row["at"] for row in rows if row["limit_key"] == key] for key in {row["limit_key"] for row in rows}}


def excess(rate: Rate, times: Sequence[datetime]) -> int:
    """By how many starts the worst stretch between two of these moments, both included, is over the bound."""
    microsecond = timedelta(microseconds=1)
    return max(
        last - first + 1 - rate.most_within(times[last] - times[first] + microsecond)
        for first in range(len(times))
        for last in range(first, len(times))
    )


class TestRates:
    async def test_no_stretch_of_time_holds_more_starts_than_the_bound(self, lane: OrderBench) -> None:
        await lane.keep_the_clock_in_a_table()
        for host in range(4):
            await lane.add(25, key=f"host {host}")
        claims = lane.claims(Order(limits={KIND: Limit(rate=RATE)}))

        draining = asyncio.create_task(drain(lane, claims, seed=2))
        chance = random.Random(3)
        while not draining.done():
            await lane.turn_clock(timedelta(seconds=chance.choice([0.1, 1, 3, 11])))
        await draining

        worst = [excess(RATE, times) for times in (await starts(lane)).values()]
        assert max(worst) == 0

    async def test_nor_does_it_by_the_servers_own_clock(self, lane: OrderBench) -> None:
        rate = Rate(times=3, per=timedelta(milliseconds=200))
        for host in range(4):
            await lane.add(25, key=f"host {host}")

        await drain(lane, lane.claims(Order(limits={KIND: Limit(rate=rate)})), seed=4)

        worst = [excess(rate, times) for times in (await starts(lane)).values()]
        assert max(worst) <= 0


class TestWhatHoldsTheLimits:
    """The worst moment, on purpose: with what guards it a key starts one row, with the bug planted it starts two."""

    @pytest.mark.parametrize(("kind", "started"), [(OrderedClaims, 1), (WithoutKeyLocks, 2)])
    @pytest.mark.parametrize("limit", [Limit(running=1), Limit(rate=Rate(times=1, per=timedelta(days=1)))])
    async def test_the_lock_of_the_key(
        self, lane: OrderBench, kind: type[OrderedClaims], started: int, limit: Limit
    ) -> None:
        await lane.add(2, key="host")
        pausing, order = Pausing(lane.options), Order(limits={KIND: limit})
        first, second = lane.claims(order, kind=kind, lines=pausing), lane.claims(order, kind=kind)
        one, other, has_taken = await lane.worker(), await lane.worker(), asyncio.Event()

        async def claims_meanwhile() -> None:
            await has_taken.wait()
            await second.claim(other, kinds={KIND}, limit=1)

        meanwhile = asyncio.create_task(claims_meanwhile())

        async def until_the_other_is_done_or_waits() -> None:
            has_taken.set()
            while not meanwhile.done() and not await lane.pool.fetchval(IS_ANYBODY_WAITING):
                pass

        pausing.before_commit = until_the_other_is_done_or_waits
        async with pausing:
            await first.claim(one, kinds={KIND}, limit=1)
        await meanwhile

        assert await lane.pool.fetchval("select count(*) from starts where change = 1") == started

    @pytest.mark.parametrize(("kind", "started"), [(Beginning, 1), (WithAStaleSnapshot, 2)])
    async def test_the_fresh_count(self, lane: OrderBench, kind: type[Beginning], started: int) -> None:
        await lane.add(key="host")
        [later] = await lane.add(key="host", later=timedelta(minutes=1))
        beginning = kind(lane.options)
        slow, quick = lane.claims(ONE_RUNNING, lines=beginning), lane.claims(ONE_RUNNING)
        one, other = await lane.worker(), await lane.worker()

        async def another_claims() -> None:
            assert await quick.claim_one(other, later, kinds={KIND})

        beginning.once_begun = another_claims
        async with beginning:
            await slow.claim(one, kinds={KIND}, limit=1)

        assert await lane.pool.fetchval("select count(*) from starts where change = 1") == started


def test_the_bound_grows_with_the_window() -> None:
    windows = [timedelta(seconds=seconds) for seconds in range(1, 60)]

    assert all(RATE.most_within(one) <= RATE.most_within(other) for one, other in pairwise(windows))
