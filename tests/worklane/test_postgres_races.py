"""What a queue in memory cannot show: real transactions that meet at the worst moment."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.worklane.benches import DOMAIN_ID, JobBench
from tests.worklane.races import COMPLETE, claimed, holding, settles, waits_for_a_lock, worker
from worklane.claim import WorkerId
from worklane.errors import ClaimLost
from worklane.lifecycle import Settlement, Status


class TestClaiming:
    async def test_many_claimers_never_get_one_row_twice(self, jobs: JobBench) -> None:
        wanted = {await jobs.add_row() for _ in range(120)}
        workers = [await worker(jobs) for _ in range(8)]
        taken: list[UUID] = []

        async def take_all(one: WorkerId) -> None:
            while claims := await jobs.queue.claim(one, kinds={jobs.kind}, limit=3):
                taken.extend(claim.row_id for claim in claims)

        async with asyncio.TaskGroup() as group:
            for one in workers:
                group.create_task(take_all(one))

        assert Counter(taken) == Counter(wanted)

    async def test_a_row_locked_by_another_transaction_is_passed_over(self, jobs: JobBench) -> None:
        locked, free = await jobs.add_row(), await jobs.add_row()
        one = await worker(jobs)

        async with holding(jobs, "select 1 from jobs where id = $1 for update", locked):
            claims = await jobs.queue.claim(one, kinds={jobs.kind}, limit=2)
            direct = await jobs.queue.claim_one(one, locked, kinds={jobs.kind})

        assert [claim.row_id for claim in claims] == [free]
        assert direct is None

    async def test_many_who_want_the_same_row_by_name_get_it_once(self, jobs: JobBench) -> None:
        one = await worker(jobs)

        for _ in range(20):
            row_id = await jobs.add_row()
            tries = [jobs.queue.claim_one(one, row_id, kinds={jobs.kind}) for _ in range(8)]
            claims = [claim for claim in await asyncio.gather(*tries) if claim]
            assert len(claims) == 1

    async def test_the_best_priority_comes_first(self, jobs: JobBench) -> None:
        ordinary = await jobs.enqueue("ordinary")
        urgent = await jobs.enqueue("urgent", priority=5)

        first, second = await claimed(jobs), await claimed(jobs)

        assert (first.row_id, second.row_id) == (urgent.job_id, ordinary.job_id)


class TestEnqueueing:
    async def test_fifty_at_once_make_one_row_and_all_get_its_id(self, jobs: JobBench) -> None:
        for turn in range(5):
            answers = await asyncio.gather(*(jobs.enqueue(f"subject {turn}") for _ in range(50)))

            assert len({answer.job_id for answer in answers}) == 1
            assert [answer.is_new for answer in answers].count(True) == 1
            assert {answer.status for answer in answers} == {Status.PENDING}

    async def test_the_winner_may_finish_meanwhile_and_no_id_is_made_up(self, jobs: JobBench) -> None:
        one = await worker(jobs)
        answered: list[UUID] = []
        new = 0

        async def finish_all(stop: asyncio.Event) -> None:
            while not stop.is_set():
                for claim in await jobs.queue.claim(one, kinds={jobs.kind}, limit=5):
                    assert await settles(jobs.queue, claim)

        stop = asyncio.Event()
        finishing = asyncio.create_task(finish_all(stop))
        for _ in range(20):
            answers = await asyncio.gather(*(jobs.enqueue("subject") for _ in range(25)))
            answered += [answer.job_id for answer in answers]
            new += sum(answer.is_new for answer in answers)
        stop.set()
        await finishing

        rows = await jobs.pool.fetch("select id, status from jobs")
        assert set(answered) == {row["id"] for row in rows}
        assert new == len(rows)
        assert new > 1

    async def test_a_row_that_was_rolled_back_is_nobodys_answer(self, jobs: JobBench) -> None:
        about = {"type": jobs.kind, "subject": "s", "domain_id": DOMAIN_ID, "user_id": "u"}
        async with jobs.sessions() as session:
            first = await jobs.queue.enqueue(session, about)
            second = asyncio.create_task(jobs.enqueue("s"))
            await waits_for_a_lock(jobs)
            await session.rollback()

        answer = await second

        assert answer.is_new
        assert answer.job_id != first.job_id
        assert await jobs.pool.fetchval("select count(*) from jobs") == 1

    async def test_another_tenant_or_kind_is_another_row(self, jobs: JobBench) -> None:
        answers = [
            await jobs.enqueue("s"),
            await jobs.enqueue("s", tenant="other"),
            await jobs.enqueue("s", type="other"),
            await jobs.enqueue("other"),
        ]

        assert all(answer.is_new for answer in answers)

    async def test_a_finished_row_does_not_stand_for_a_new_request(self, jobs: JobBench) -> None:
        first = await jobs.enqueue("s")
        await settles(jobs.queue, await claimed(jobs))

        second = await jobs.enqueue("s")

        assert second.is_new
        assert second.job_id != first.job_id


class TestStaleTokens:
    @pytest.mark.parametrize("status", [Status.COMPLETE, Status.FAILED, Status.PENDING])
    async def test_whoever_lost_the_claim_changes_no_column_of_the_row(self, jobs: JobBench, status: Status) -> None:
        row_id = await jobs.add_row()
        stale = await claimed(jobs)
        await jobs.queue.hand_back([stale])
        await claimed(jobs)
        before = dict(await jobs.row(row_id))

        settled = await settles(jobs.queue, stale, Settlement(status=status, error="stale", result={"stale": True}))
        with pytest.raises(ClaimLost):
            async with jobs.queue.keeping(stale, progress=0.9) as session:
                await jobs.write(session, row_id, "stale")
        handed_back = await jobs.queue.hand_back([stale])

        assert (settled, handed_back) == (False, 0)
        assert dict(await jobs.row(row_id)) == before

    async def test_what_a_stale_holder_wrote_is_rolled_back_with_its_guard(self, jobs: JobBench) -> None:
        row_id = await jobs.add_row()
        stale = await claimed(jobs)
        await jobs.queue.hand_back([stale])

        with pytest.raises(ClaimLost):
            async with jobs.queue.settling(stale, COMPLETE) as session:
                await session.execute(text("insert into domains (tenant, name, start_url) values ('', 'x', 'x')"))

        assert await jobs.pool.fetchval("select count(*) from domains where name = 'x'") == 0
        assert (await jobs.see(row_id)).status is Status.PENDING

    async def test_cancelling_and_settling_at_once_leave_one_winner(self, jobs: JobBench) -> None:
        one = await worker(jobs)

        for _ in range(30):
            row_id = await jobs.add_row()
            claim = await claimed(jobs, one)
            cancelled, settled = await asyncio.gather(jobs.cancel(row_id), settles(jobs.queue, claim))
            status = (await jobs.see(row_id)).status
            assert cancelled is not settled
            assert status is (Status.CANCELLED if cancelled else Status.COMPLETE)

    async def test_nothing_brings_a_cancelled_row_back(self, jobs: JobBench) -> None:
        row_id = await jobs.add_row()
        claim = await claimed(jobs)
        await jobs.cancel(row_id)

        settled = await settles(jobs.queue, claim, Settlement(status=Status.PENDING, run_after=timedelta(0)))
        handed_back = await jobs.queue.hand_back([claim])
        cancelled_again = await jobs.cancel(row_id)

        assert (settled, handed_back, cancelled_again) == (False, 0, False)
        assert (await jobs.see(row_id)).status is Status.CANCELLED

    async def test_another_tenant_cancels_nothing(self, jobs: JobBench) -> None:
        row_id = await jobs.add_row()

        cancelled = await jobs.cancel(row_id, tenant="other")

        assert not cancelled
        assert (await jobs.see(row_id)).status is Status.PENDING
