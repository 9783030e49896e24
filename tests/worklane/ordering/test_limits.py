from datetime import timedelta

import pytest

from tests.worklane.ordering.bench import KIND, OrderBench
from tests.worklane.ordering.planted import Pausing
from worklane.order import FairShare, Limit, Order, Rate

KINDS = {KIND}
LOCKING = "select pg_advisory_xact_lock(hashtextextended($1, hashtextextended($2, 6081958302)))"
ONE = Order(limits={KIND: Limit(running=1)})
THREE = Order(limits={KIND: Limit(running=3)})
FAIR_ONE = Order(fair=FairShare(), limits={KIND: Limit(running=1)})


class TestRunning:
    @pytest.mark.parametrize("order", [ONE, FAIR_ONE])
    async def test_a_key_runs_one_row_at_a_time_and_goes_on_when_it_is_settled(
        self, lane: OrderBench, order: Order
    ) -> None:
        await lane.add(3, key="host")
        claims, one = lane.claims(order), await lane.worker()

        first = await claims.claim(one, kinds=KINDS, limit=10)
        none = await claims.claim(one, kinds=KINDS, limit=10)
        await lane.settle(first)
        second = await claims.claim(one, kinds=KINDS, limit=10)

        assert (len(first), len(none), len(second)) == (1, 0, 1)

    async def test_one_batch_takes_no_more_of_a_key_than_there_is_room_for(self, lane: OrderBench) -> None:
        await lane.add(10, key="a")
        await lane.add(2, key="b")
        claims, one = lane.claims(THREE), await lane.worker()
        await lane.add(1, key="c")

        rows = await claims.claim(one, kinds=KINDS, limit=20)

        assert await lane.keys(rows) == ["a", "a", "a", "b", "b", "c"]

    async def test_the_best_rows_of_a_key_are_taken_first(self, lane: OrderBench) -> None:
        await lane.add(2, key="a")
        [urgent] = await lane.add(key="a", priority=1, later=timedelta(minutes=10))
        claims, one = lane.claims(ONE), await lane.worker()

        [row] = await claims.claim(one, kinds=KINDS, limit=20)

        assert row.row_id == urgent

    async def test_rows_without_a_key_and_other_kinds_are_not_limited(self, lane: OrderBench) -> None:
        await lane.add(4)
        await lane.add(4, kind="mail", key="a")
        claims, one = lane.claims(ONE), await lane.worker()

        rows = await claims.claim(one, kinds={KIND, "mail"}, limit=20)

        assert len(rows) == 8

    async def test_the_same_key_of_another_kind_is_another_key(self, lane: OrderBench) -> None:
        await lane.add(2, key="a")
        await lane.add(2, key="a", kind="mail")
        order = Order(limits={KIND: Limit(running=1), "mail": Limit(running=1)})
        claims, one = lane.claims(order), await lane.worker()

        rows = [
            *await claims.claim(one, kinds={KIND}, limit=20),
            *await claims.claim(one, kinds={KIND, "mail"}, limit=20),
        ]

        assert [row.kind for row in rows] == [KIND, "mail"]

    @pytest.mark.parametrize("order", [ONE, FAIR_ONE])
    async def test_five_thousand_blocked_rows_at_the_head_hide_nothing(self, lane: OrderBench, order: Order) -> None:
        await lane.add(5000, key="full")
        claims, one = lane.claims(order), await lane.worker()
        assert len(await claims.claim(one, kinds=KINDS, limit=10)) == 1
        for key in range(10):
            await lane.add(key=f"free {key}", later=timedelta(minutes=30))

        rows = await claims.claim(one, kinds=KINDS, limit=10)

        assert await lane.keys(rows) == [f"free {key}" for key in range(10)]

    @pytest.mark.parametrize("order", [ONE, FAIR_ONE])
    async def test_a_long_row_of_one_open_key_hides_nothing_either(self, lane: OrderBench, order: Order) -> None:
        for key in ("a", "b", "c"):
            await lane.add(1000, key=key)
        await lane.add(5, later=timedelta(minutes=30))
        claims, one = lane.claims(order), await lane.worker()

        rows = await claims.claim(one, kinds=KINDS, limit=8)

        assert await lane.keys(rows) == ["a", "b", "c", None, None, None, None, None]

    async def test_a_row_claimed_by_name_respects_the_limit(self, lane: OrderBench) -> None:
        first, second = await lane.add(2, key="a")
        [unlimited] = await lane.add()
        claims, one = lane.claims(ONE), await lane.worker()

        taken = [await claims.claim_one(one, row, kinds=KINDS) for row in (first, second, unlimited)]

        assert [row is not None for row in taken] == [True, False, True]

    async def test_suspects_are_claimed_alone_and_limited_too(self, lane: OrderBench) -> None:
        await lane.add(2, key="a", crashes=2)
        await lane.add(1, key="b")
        claims, one = lane.claims(ONE), await lane.worker()

        alone = await claims.claim(one, kinds=KINDS, limit=5, alone=True)
        others = await claims.claim(one, kinds=KINDS, limit=5)

        assert await lane.keys(alone) == ["a"]
        assert await lane.keys(others) == ["b"]


class TestFairWithin:
    async def test_shares_and_limits_hold_together(self, lane: OrderBench) -> None:
        await lane.add(100, tenant="flood", key="a")
        await lane.add(100, tenant="flood", key="b")
        for host in range(8):
            await lane.add(tenant="small", key=f"small {host}", later=timedelta(minutes=30))
        claims, one = lane.claims(FAIR_ONE), await lane.worker()

        rows = await claims.claim(one, kinds=KINDS, limit=10)

        assert await lane.keys(rows) == ["a", "b", *(f"small {host}" for host in range(8))]


class TestLocks:
    async def test_a_key_that_another_claim_looks_at_is_passed_over_and_the_rest_is_not(self, lane: OrderBench) -> None:
        await lane.add(30, key="contested")
        await lane.add(5, key="free", later=timedelta(minutes=30))
        claims, one = lane.claims(THREE), await lane.worker()

        async with lane.pool.acquire() as connection, connection.transaction():
            await connection.execute(LOCKING, "contested", KIND)
            rows = await claims.claim(one, kinds=KINDS, limit=10)

        assert await lane.keys(rows) == ["free", "free", "free"]

    async def test_rows_that_others_hold_never_make_a_claim_come_back_short(self, lane: OrderBench) -> None:
        await lane.add(60, key="a")
        await lane.add(60)
        await lane.add(5, later=timedelta(minutes=30))
        claims, one = lane.claims(ONE), await lane.worker()
        holding = "select 1 from jobs order by run_at, limit_key nulls last, id limit 119 for update"

        async with lane.pool.acquire() as connection, connection.transaction():
            await connection.execute(holding)
            rows = await claims.claim(one, kinds=KINDS, limit=6)

        assert await lane.keys(rows) == [None] * 6

    async def test_a_claim_leaves_no_lock_behind(self, lane: OrderBench) -> None:
        await lane.add(5, key="a")
        claims, one = lane.claims(ONE), await lane.worker()

        await claims.claim(one, kinds=KINDS, limit=10)

        assert await lane.pool.fetchval("select count(*) from pg_locks where locktype = 'advisory'") == 0
        assert len(await lane.pool.fetch("select 1 from jobs for update skip locked")) == 5

    async def test_the_server_ends_a_claim_whose_process_is_paused(self, lane: OrderBench) -> None:
        pausing = Pausing(lane.options)
        claims = lane.claims(ONE, lines=pausing)
        await lane.add(key="a")
        seen: list[str] = []

        async def look() -> None:
            [row] = await pausing.connection.fetch("show idle_in_transaction_session_timeout")
            seen.append(row[0])

        pausing.before_commit = look
        async with pausing:
            await claims.claim(await lane.worker(), kinds=KINDS, limit=1)

        assert seen == ["5s"]


class TestRefusals:
    async def test_a_rate_needs_a_table(self, lane: OrderBench) -> None:
        order = Order(limits={KIND: Limit(rate=Rate(times=1, per=timedelta(seconds=1)))})

        with pytest.raises(ValueError, match="needs the table of rates"):
            lane.queue(order, rates=None)

    async def test_an_order_needs_lines_that_hold_a_transaction(self, lane: OrderBench) -> None:
        with pytest.raises(ValueError, match="an order needs RawLines"):
            lane.queue(ONE, records=lane.pool)
