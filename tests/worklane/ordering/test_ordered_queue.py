import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from benchmarks.ordering.schema import BATCHES, JOBS, WORKERS

from scanlane.session.async_session import DatabaseOptions, connect
from tests.worklane.ordering.bench import KIND, OrderBench
from tests.worklane.ordering.planted import Pausing
from worklane.claim import Claim
from worklane.lifecycle import COMPLETE, MAX_CRASHES
from worklane.order import FairShare, Limit, Order, Rate
from worklane.postgres.compiled import compiled
from worklane.postgres.job_queue import JobQueue
from worklane.postgres.records import RawLines, Records
from worklane.postgres.statements import JobStatements
from worklane.queue import Finished

ONE = Order(limits={KIND: Limit(running=1)})
TWO = Order(limits={KIND: Limit(running=2)})
FAIR = Order(fair=FairShare())
FAIR_TWO = Order(fair=FairShare(), limits=TWO.limits)
KINDS = {KIND}
HOUR = timedelta(hours=1)


async def by_claim(queue: JobQueue, worker: UUID, rows: Sequence[UUID]) -> Sequence[Claim]:
    return await queue.claim(worker, kinds=KINDS, limit=10)


async def by_name(queue: JobQueue, worker: UUID, rows: Sequence[UUID]) -> Sequence[Claim]:
    claims = [await queue.claim_one(worker, row, kinds=KINDS) for row in rows]
    return [claim for claim in claims if claim]


async def by_exchange(queue: JobQueue, worker: UUID, rows: Sequence[UUID]) -> Sequence[Claim]:
    return (await queue.exchange(worker, (), kinds=KINDS, limit=10)).claims


class Dying(Exception):
    """The connection broke before the commit."""


class TestRescue:
    @pytest.mark.parametrize("order", [TWO, FAIR, FAIR_TWO])
    @pytest.mark.parametrize("take", [by_claim, by_name, by_exchange])
    async def test_what_a_vanished_worker_held_runs_elsewhere(
        self, lane: OrderBench, order: Order, take: Callable[..., Awaitable[Sequence[Claim]]]
    ) -> None:
        rows = [row for key in "ab" for row in await lane.add(3, key=key)]
        queue, one, other = lane.queue(order), await lane.worker(), await lane.worker()
        taken = await take(queue, one, rows)
        await lane.pool.execute("delete from workers where id = $1", one)

        rescued = await queue.rescue(dead_after=HOUR, limit=100)
        again = await take(queue, other, rows)

        assert len(taken) == len(again) == (6 if order is FAIR else 4)
        assert {row.row_id for row in rescued} == {claim.row_id for claim in taken}

    async def test_a_suspect_does_so_too(self, lane: OrderBench) -> None:
        [row] = await lane.add(key="a", crashes=MAX_CRASHES - 1)
        queue, one = lane.queue(FAIR_TWO), await lane.worker()
        await queue.claim(one, kinds=KINDS, limit=1, alone=True)
        await lane.pool.execute("delete from workers where id = $1", one)

        [rescued] = await queue.rescue(dead_after=HOUR, limit=100)

        assert (rescued.row_id, rescued.status) == (row, "failed")

    async def test_rows_of_every_round_are_noted_in_one_batch(self, lane: OrderBench) -> None:
        await lane.add(20, key="a")
        await lane.add(5, key="b", later=timedelta(minutes=5))
        queue, one = lane.queue(ONE), await lane.worker()

        claims = await queue.claim(one, kinds=KINDS, limit=2)

        noted = await lane.pool.fetch("select row_ids from claim_batches where worker_id = $1", one)
        assert [set(batch["row_ids"]) for batch in noted] == [{claim.row_id for claim in claims}]
        assert len(claims) == 2

    async def test_a_pulse_sees_them(self, lane: OrderBench) -> None:
        await lane.add(3, key="a")
        queue, one = lane.queue(TWO), await lane.worker()
        held_by = compiled(JobStatements(JOBS, WORKERS, BATCHES).held_by())

        claims = await queue.claim(one, kinds=KINDS, limit=5)

        held = await lane.pool.fetch(held_by.sql, *held_by.arguments(worker=one))
        assert {(row["id"], row["claim_token"]) for row in held} == {claim.held for claim in claims}

    async def test_a_batch_that_is_done_with_is_forgotten(self, lane: OrderBench) -> None:
        await lane.add(3, key="a")
        queue, one = lane.queue(ONE), await lane.worker()
        claims = await queue.claim(one, kinds=KINDS, limit=1)

        for _ in range(4):
            finished = [Finished(claim, COMPLETE) for claim in claims]
            claims = (await queue.exchange(one, finished, kinds=KINDS, limit=1)).claims

        await lane.add(key="a")
        [last] = await queue.claim(one, kinds=KINDS, limit=1)

        assert await lane.pool.fetchval("select count(*) from jobs where status = 'complete'") == 3
        assert await lane.pool.fetch("select row_ids from claim_batches") == [([last.row_id],)]

    async def test_rested_keys_are_forgotten_along_the_way(self, lane: OrderBench) -> None:
        await lane.add(key="a")
        rate = Rate(times=1, per=timedelta(seconds=1))
        queue = lane.queue(Order(limits={KIND: Limit(rate=rate)}))
        await queue.claim(await lane.worker(), kinds=KINDS, limit=1)
        await lane.turn_clock(2 * HOUR)

        await queue.rescue(dead_after=10 * HOUR, limit=100)

        assert await lane.pool.fetchval("select count(*) from job_rates") == 0


class TestExchange:
    async def test_a_key_that_is_settled_has_room_at_once(self, lane: OrderBench) -> None:
        first, second = await lane.add(2, key="a")
        queue, one = lane.queue(ONE), await lane.worker()
        [claim] = await queue.claim(one, kinds=KINDS, limit=5)

        exchanged = await queue.exchange(one, [Finished(claim, COMPLETE)], kinds=KINDS, limit=5)

        assert {claim.row_id, *(other.row_id for other in exchanged.claims)} == {first, second}
        assert (exchanged.lost, exchanged.more_may_wait) == (frozenset(), True)

    async def test_nothing_is_settled_where_nothing_could_be_claimed(self, lane: OrderBench) -> None:
        await lane.add(2, key="a")
        pausing, one = Pausing(lane.options), await lane.worker()
        [claim] = await lane.queue(ONE).claim(one, kinds=KINDS, limit=5)
        pausing.before_commit = dying

        async with pausing:
            with pytest.raises(Dying):
                await lane.queue(ONE, records=pausing).exchange(one, [Finished(claim, COMPLETE)], kinds=KINDS, limit=5)

        found = await lane.pool.fetch("select status, count(*) from jobs group by status order by status")
        assert [tuple(row) for row in found] == [("pending", 1), ("running", 1)]

    async def test_a_claim_that_came_back_empty_is_not_asked_again_at_once(self, lane: OrderBench) -> None:
        queue, one = lane.queue(ONE), await lane.worker()

        exchanged = await queue.exchange(one, (), kinds=KINDS, limit=5)

        assert (exchanged.claims, exchanged.more_may_wait) == ([], False)


async def adds_a_worker_and_dies(lines: RawLines) -> None:
    async with lines.transaction() as connection:
        await connection.fetch("insert into workers (id, name) values (gen_random_uuid(), 'nobody')")
        raise Dying


async def dying() -> None:
    raise Dying


class Told(RawLines):
    """Lines that tell what was asked of them."""

    def __init__(self, options: DatabaseOptions) -> None:
        super().__init__(lambda: connect(options))
        self.asked: list[str] = []
        self.transactions = 0

    async def fetch(self, query: str, *args: Any, timeout: float | None = None) -> list[asyncpg.Record]:
        self.asked.append(query)
        return await super().fetch(query, *args, timeout=timeout)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Records]:
        self.transactions += 1
        async with super().transaction() as connection:
            yield connection


class TestPlainClaims:
    """Kinds that the order says nothing about are claimed as without one."""

    @pytest.mark.parametrize("alone", [False, True])
    async def test_they_are_one_statement_the_same(self, lane: OrderBench, alone: bool) -> None:
        made = JobStatements(JOBS, WORKERS, BATCHES)
        async with Told(lane.options) as lines:
            queue = lane.queue(ONE, records=lines)

            await queue.claim(await lane.worker(), kinds={"mail"}, limit=5, alone=alone)

        assert lines.asked == [compiled(made.claim_alone() if alone else made.claim()).sql]
        assert lines.transactions == 0

    async def test_without_an_order_there_is_never_a_transaction(self, lane: OrderBench) -> None:
        [row] = await lane.add(key="a")
        async with Told(lane.options) as lines:
            queue = JobQueue(jobs=JOBS, workers=WORKERS, batches=BATCHES, records=lines, sessions=lane.sessions)
            claim = await queue.claim_one(await lane.worker(), row, kinds=KINDS)
            assert claim is not None
            await queue.exchange(await lane.worker(), [Finished(claim, COMPLETE)], kinds=KINDS, limit=5)

        assert (len(lines.asked), lines.transactions) == (2, 0)


class TestTransaction:
    async def test_what_went_wrong_leaves_nothing_behind(self, lane: OrderBench) -> None:
        async with RawLines(lambda: connect(lane.options), size=1) as lines:
            with pytest.raises(Dying):
                await adds_a_worker_and_dies(lines)

            assert await lines.fetch("select 1 from workers") == []

    async def test_an_answer_that_does_not_come_ends_it(self, lane: OrderBench) -> None:
        soon = timedelta(milliseconds=100)
        async with RawLines(lambda: connect(lane.options), size=1, answers_within=soon) as lines:
            with pytest.raises(TimeoutError):
                async with lines.transaction() as connection:
                    await connection.fetch("select pg_sleep(60)")

            async with asyncio.timeout(10), lines.transaction() as connection:
                [row] = await connection.fetch("show transaction_isolation")
        assert row[0] == "read committed"

    async def test_its_settings_end_with_it(self, lane: OrderBench) -> None:
        async with RawLines(lambda: connect(lane.options), size=1) as lines:
            async with lines.transaction() as connection:
                [within] = await connection.fetch("show enable_nestloop")
            [after] = await lines.fetch("show enable_nestloop")

        assert (within[0], after[0]) == ("on", "off")


class TestTenants:
    async def test_who_comes_shares_from_the_next_look_on(self, lane: OrderBench) -> None:
        moment = 0.0
        await lane.add(50, tenant="first")
        claims = lane.claims(FAIR, look_every=timedelta(seconds=1), clock=lambda: moment)
        one = await lane.worker()
        await claims.claim(one, kinds=KINDS, limit=10)
        await lane.add(50, tenant="new", later=timedelta(minutes=30))

        before = await claims.claim(one, kinds=KINDS, limit=5)
        moment += 1
        after = await claims.claim(one, kinds=KINDS, limit=5)

        assert {claim.tenant for claim in before} == {"first"}
        assert {claim.tenant for claim in after} == {"new"}

    async def test_until_then_its_rows_fill_what_others_leave(self, lane: OrderBench) -> None:
        claims, one = lane.claims(FAIR, look_every=HOUR), await lane.worker()
        await claims.claim(one, kinds=KINDS, limit=10)
        await lane.add(3, tenant="new")

        rows = await claims.claim(one, kinds=KINDS, limit=10)

        assert len(rows) == 3
