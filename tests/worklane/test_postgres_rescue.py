"""Rescues that meet beats, portions and other rescues at the worst moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy import MetaData, Table

from tests.worklane.benches import BATCHES, DOMAIN_ID, JOBS, WORKERS, JobBench
from tests.worklane.races import DEAD_AFTER, THE_LOCK, claimed, holding, settles, waits_for_a_lock, worker
from worklane.postgres.statements import JobStatements, compiled


class TestRescue:
    async def test_a_beat_on_its_way_wins_over_a_rescue_at_the_same_moment(self, jobs: JobBench) -> None:
        one = await worker(jobs)
        await jobs.add_row()
        claim = await claimed(jobs, one)
        await jobs.turn_clock(2 * DEAD_AFTER)

        async with holding(jobs, "update workers set beat_at = worklane_now() where id = $1", one):
            rescued = await jobs.queue.rescue(dead_after=DEAD_AFTER, limit=10)

        assert list(rescued) == []
        assert await jobs.pulse.beat(one) is not None
        assert await settles(jobs.queue, claim)

    async def test_a_beat_that_comes_second_finds_its_worker_declared_dead(self, jobs: JobBench) -> None:
        one = await worker(jobs)
        await jobs.add_row()
        claim = await claimed(jobs, one)

        async with holding(jobs, "delete from workers where id = $1", one):
            beating = asyncio.create_task(jobs.pulse.beat(one))
            await waits_for_a_lock(jobs)
        held = await beating
        rescued = await jobs.queue.rescue(dead_after=DEAD_AFTER, limit=10)

        assert held is None
        assert [row.row_id for row in rescued] == [claim.row_id]

    async def test_beats_and_rescues_in_any_order_never_take_a_row_from_a_worker_that_lives(
        self, jobs: JobBench
    ) -> None:
        pulses = [jobs.new_pulse() for _ in range(2)]
        lived = died = 0

        for turn in range(30):
            one = await worker(jobs)
            row_id = await jobs.add_row()
            claim = await claimed(jobs, one)
            await jobs.pool.execute("update workers set beat_at = worklane_now() - interval '1 hour'")
            held, rescued, _ = await asyncio.gather(
                pulses[turn % 2].beat(one),
                jobs.queue.rescue(dead_after=DEAD_AFTER, limit=10),
                jobs.queue.rescue(dead_after=DEAD_AFTER, limit=10),
            )
            lived += held is not None
            died += held is None
            assert await settles(jobs.queue, claim) is (held is not None), rescued
            await jobs.cancel(row_id)
        for pulse in pulses:
            await pulse.close()

        assert lived + died == 30

    async def test_the_rows_of_twenty_thousand_living_claims_do_not_starve_the_one_that_is_orphaned(
        self, jobs: JobBench
    ) -> None:
        living, dead = await worker(jobs), await worker(jobs)
        await jobs.pool.execute(
            "insert into jobs (type, subject, status, worker_id, attempt, domain_id, user_id)"
            " select 'crawl', 'living ' || n, 'running', $1, 1, $2, 'u' from generate_series(1, 20000) n",
            living,
            DOMAIN_ID,
        )
        await jobs.pool.execute("insert into claim_batches select $1, 1, array_agg(id) from jobs", living)
        row_id = await jobs.add_row()
        await claimed(jobs, dead)
        await jobs.pulse.leave(dead)

        rescued = await jobs.queue.rescue(dead_after=DEAD_AFTER, limit=1)

        assert [row.row_id for row in rescued] == [row_id]
        assert await jobs.pool.fetchval("select count(*) from jobs where status = 'running'") == 20_000

    async def test_a_portion_saved_while_the_rescue_runs_does_not_upset_it(self, jobs: JobBench) -> None:
        dead = await worker(jobs)
        row_id = await jobs.add_row()
        claim = await claimed(jobs, dead)
        await jobs.pulse.leave(dead)

        async with a_slow_rescue(jobs) as rescuing, jobs.queue.keeping(claim, progress=0.5):
            pass

        assert [row["id"] for row in await rescuing] in ([], [row_id])
        freed = await jobs.queue.rescue(dead_after=DEAD_AFTER, limit=10)
        assert len(freed) + len(await rescuing) == 1

    async def test_a_rescue_with_an_old_picture_does_not_take_the_claim_of_a_newcomer(self, jobs: JobBench) -> None:
        dead = await worker(jobs)
        await jobs.add_row()
        await claimed(jobs, dead)
        await jobs.pulse.leave(dead)

        async with a_slow_rescue(jobs) as rescuing:
            await jobs.queue.rescue(dead_after=DEAD_AFTER, limit=10)
            claim = await claimed(jobs, await worker(jobs))

        assert await rescuing == []
        assert await settles(jobs.queue, claim)


@asynccontextmanager
async def a_slow_rescue(jobs: JobBench) -> AsyncIterator["asyncio.Task[list[asyncpg.Record]]"]:
    """A rescue that takes its snapshot, and waits before it looks at the workers until the block has ended."""
    await jobs.pool.execute(
        f"create function wait_here() returns boolean language plpgsql volatile as"
        f" $$ begin perform pg_advisory_xact_lock_shared({THE_LOCK}); return true; end $$;"
        f"create view slow_workers as select * from workers where wait_here()"
        f" union all select gen_random_uuid(), 'nobody', now(), now() where wait_here()"
    )
    slow = Table("slow_workers", MetaData(), *(column._copy() for column in WORKERS.columns))
    statement = compiled(JobStatements(JOBS, slow, BATCHES).free())
    async with holding(jobs, f"select pg_advisory_xact_lock({THE_LOCK})"):
        rescuing = asyncio.create_task(jobs.pool.fetch(statement.sql, *statement.arguments(limit=10)))
        await waits_for_a_lock(jobs)
        yield rescuing
    await asyncio.wait([rescuing])
