import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from benchmarks.ordering.schema import BATCHES, JOBS, WORKERS

from tests.worklane.ordering.bench import KIND, OrderBench
from worklane.claim import Claim
from worklane.order import FairShare, Order
from worklane.postgres.compiled import compiled
from worklane.postgres.ordered_statements import OrderedStatements

FAIR = Order(fair=FairShare())
KINDS = {KIND}


def tenants(claims: Sequence[Claim]) -> Counter[str]:
    return Counter(claim.tenant for claim in claims)


class TestFairShare:
    async def test_three_rows_behind_ten_thousand_of_another_are_served_in_the_first_claims(
        self, lane: OrderBench
    ) -> None:
        await lane.add(10_000, tenant="flood")
        await lane.add(3, tenant="small", later=timedelta(minutes=30))
        claims, one = lane.claims(FAIR), await lane.worker()

        first = await claims.claim(one, kinds=KINDS, limit=10)
        second = await claims.claim(one, kinds=KINDS, limit=10)

        # The lots would have to differ by more than 19 for it to be otherwise: less than once in 10^8 runs.
        assert tenants([*first, *second]) == {"flood": 17, "small": 3}

    async def test_who_waits_alone_gets_everything(self, lane: OrderBench) -> None:
        await lane.add(50, tenant="alone")
        claims, one = lane.claims(Order(fair=FairShare(weights={"alone": 0.001}))), await lane.worker()

        rows = await claims.claim(one, kinds=KINDS, limit=50)

        assert tenants(rows) == {"alone": 50}

    async def test_what_a_tenant_has_running_counts_against_it(self, lane: OrderBench) -> None:
        await lane.add(200, tenant="busy")
        claims, one = lane.claims(FAIR), await lane.worker()
        await claims.claim(one, kinds=KINDS, limit=60)
        await lane.add(100, tenant="new", later=timedelta(minutes=30))

        rows = await claims.claim(one, kinds=KINDS, limit=30)

        assert tenants(rows) == {"new": 30}

    async def test_shares_follow_the_weights(self, lane: OrderBench) -> None:
        for tenant in ("gold", "silver", "bronze"):
            await lane.add(400, tenant=tenant)
        fair = FairShare(weights={"gold": 6.0, "silver": 3.0})
        claims, one = lane.claims(Order(fair=fair)), await lane.worker()

        found = tenants(await claims.claim(one, kinds=KINDS, limit=500))

        assert found["gold"] == pytest.approx(300, abs=20)
        assert found["silver"] == pytest.approx(150, abs=20)
        assert found["bronze"] == pytest.approx(50, abs=20)

    async def test_shares_follow_the_weights_even_one_row_at_a_time_with_nothing_running(
        self, lane: OrderBench
    ) -> None:
        await lane.add(400, tenant="gold")
        await lane.add(400, tenant="bronze", later=timedelta(minutes=30))
        claims, one = lane.claims(Order(fair=FairShare(weights={"gold": 3.0}))), await lane.worker()

        found: Counter[str] = Counter()
        for _ in range(300):
            rows = await claims.claim(one, kinds=KINDS, limit=1)
            await lane.settle(rows)
            found += tenants(rows)

        # 75 of 300 expected; 5 standard deviations to each side.
        assert 38 <= found["bronze"] <= 112

    async def test_each_tenants_rows_come_best_priority_first_then_oldest(self, lane: OrderBench) -> None:
        [third] = await lane.add(tenant="a")
        [second] = await lane.add(tenant="a", priority=5, later=timedelta(minutes=5))
        [first] = await lane.add(tenant="a", priority=9, later=timedelta(minutes=9))
        claims, one = lane.claims(FAIR), await lane.worker()

        rows = [await claims.claim(one, kinds=KINDS, limit=1) for _ in range(3)]

        assert [row.row_id for [row] in rows] == [first, second, third]

    async def test_two_thousand_tenants_share_two_thousand_places(self, lane: OrderBench) -> None:
        await lane.pool.execute(
            "insert into jobs (type, tenant, subject)"
            " select $1, 't' || n % 2000, n::text from generate_series(1, 6000) n",
            KIND,
        )
        claims, one = lane.claims(FAIR), await lane.worker()

        rows = [row for _ in range(20) for row in await claims.claim(one, kinds=KINDS, limit=100)]

        # In order of age the first claims would serve every tenant once; by lot alone 1,264 of them (1 - 1/e).
        assert len(rows) == 2000
        assert len(tenants(rows)) > 1400
        assert max(tenants(rows).values()) <= 4

    async def test_rows_that_are_not_due_or_of_another_kind_or_suspect_wait(self, lane: OrderBench) -> None:
        await lane.add(3, tenant="a", later=timedelta(hours=2))
        await lane.add(3, tenant="b", kind="other")
        await lane.add(3, tenant="c", crashes=2)
        await lane.add(3, tenant="d")
        claims, one = lane.claims(FAIR), await lane.worker()

        rows = await claims.claim(one, kinds=KINDS, limit=10)

        assert tenants(rows) == {"d": 3}

    async def test_a_worker_that_is_not_known_gets_nothing(self, lane: OrderBench) -> None:
        await lane.add(3)
        claims, one = lane.claims(FAIR), await lane.worker()
        await lane.pool.execute("delete from workers")

        assert await claims.claim(one, kinds=KINDS, limit=10) == []


class TestRaces:
    async def test_rows_that_others_hold_never_make_a_claim_come_back_short(self, lane: OrderBench) -> None:
        await lane.add(40, tenant="a")
        await lane.add(5, tenant="b")
        await lane.add(10, tenant="c", later=timedelta(minutes=50))
        claims, one = lane.claims(FAIR), await lane.worker()
        holding = "select 1 from jobs where tenant in ('a', 'b') order by tenant, run_at, id limit 44 for update"

        async with lane.pool.acquire() as connection, connection.transaction():
            await connection.execute(holding)
            rows = await claims.claim(one, kinds=KINDS, limit=11)

        assert tenants(rows) == {"b": 1, "c": 10}

    async def test_a_claim_locks_only_what_it_takes(self, lane: OrderBench) -> None:
        await lane.add(20, tenant="a")
        await lane.add(20, tenant="b")
        one = await lane.worker()
        async with lane.pool.acquire() as connection, connection.transaction():
            statement = compiled(OrderedStatements(JOBS, WORKERS, BATCHES).claim_fair())
            given = {"tenants": [], "weights": [], "default_weight": 1.0, "batch": 1, "emptied": []}
            arguments = statement.arguments(worker=one, kinds=[KIND], limit=6, waiting_tenants=["a", "b"], **given)

            taken = await connection.fetch(statement.sql, *arguments)
            free = await lane.pool.fetch("select id from jobs for update skip locked")

        assert len(taken) == 6
        assert len(free) == 34

    async def test_many_claimers_take_every_row_once(self, lane: OrderBench) -> None:
        for tenant in ("a", "b", "c"):
            await lane.add(80, tenant=tenant)
        claims = lane.claims(FAIR)
        taken: list[Claim] = []

        async def take_all() -> None:
            one = await lane.worker()
            while rows := await claims.claim(one, kinds=KINDS, limit=7):
                taken.extend(rows)

        await asyncio.gather(*(take_all() for _ in range(8)))

        assert len(taken) == 240
        assert len({row.row_id for row in taken}) == 240
