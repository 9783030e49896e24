"""Gathered settlements: as good as single ones, for fewer statements, and nobody pays for a neighbour."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import event

from tests.worklane.benches import JobBench
from worklane.claim import Claim
from worklane.errors import ClaimLost
from worklane.executor import Executor
from worklane.lifecycle import Settlement, Status
from worklane.outcome import Done, GiveUp, Outcome
from worklane.plain_work import PlainWork
from worklane.work import Report

COMPLETE = Settlement(status=Status.COMPLETE)


async def claimed(jobs: JobBench, number: int) -> Sequence[Claim]:
    """So many claims of one worker."""
    for _ in range(number):
        await jobs.add_row()
    worker = uuid4()
    await jobs.pulse.register(worker, "tests")
    return await jobs.queue.claim(worker, kinds=[jobs.kind], limit=number)


class TestSettle:
    async def test_two_hundred_at_once_take_two_statements(self, jobs: JobBench) -> None:
        claims = await claimed(jobs, 200)
        await jobs.pool.execute("create table statements (n int)")
        await jobs.pool.execute(
            "create function count_statement() returns trigger language plpgsql as"
            " 'begin insert into statements values (1); return null; end'"
        )
        await jobs.pool.execute(
            "create trigger count_statements after update on jobs for each statement execute function count_statement()"
        )

        await asyncio.gather(*(jobs.queue.settle(claim, COMPLETE) for claim in claims))

        assert await jobs.pool.fetchval("select count(*) from jobs where status = 'complete'") == 200
        assert await jobs.pool.fetchval("select count(*) from statements") <= 2

    async def test_each_row_gets_its_own_outcome(self, jobs: JobBench) -> None:
        done, failed, again = await claimed(jobs, 3)

        await asyncio.gather(
            jobs.queue.settle(done, Settlement(status=Status.COMPLETE, result={"found": [1, "two"]})),
            jobs.queue.settle(failed, Settlement(status=Status.FAILED, error="no use")),
            jobs.queue.settle(again, Settlement(status=Status.PENDING, error="later", run_after=timedelta(hours=1))),
        )

        rows = [await jobs.row(claim.row_id) for claim in (done, failed, again)]
        assert [(row["status"], row["error"]) for row in rows] == [
            ("complete", None),
            ("failed", "no use"),
            ("pending", "later"),
        ]
        assert rows[0]["result_data"] == '{"found": [1, "two"]}'
        assert rows[2]["run_at"] > rows[2]["created_at"] + timedelta(minutes=59)
        assert [row["finished_at"] is None for row in rows] == [False, False, True]

    async def test_a_stale_claim_among_good_ones_is_the_only_one_lost(self, jobs: JobBench) -> None:
        claims = await claimed(jobs, 5)
        await jobs.queue.hand_back([claims[2]])

        ended = await asyncio.gather(*(jobs.queue.settle(claim, COMPLETE) for claim in claims), return_exceptions=True)

        assert [type(one) for one in ended] == [type(None), type(None), ClaimLost, type(None), type(None)]
        assert (await jobs.row(claims[2].row_id))["status"] == "pending"

    async def test_a_value_that_the_database_refuses_fails_only_its_own_row(self, jobs: JobBench) -> None:
        claims = await claimed(jobs, 4)
        wanted = [COMPLETE, COMPLETE, Settlement(status=Status.COMPLETE, result="a\x00b"), COMPLETE]

        ended = await asyncio.gather(
            *(jobs.queue.settle(claim, one) for claim, one in zip(claims, wanted, strict=True)),
            return_exceptions=True,
        )

        assert [isinstance(one, Exception) for one in ended] == [False, False, True, False]
        assert await jobs.pool.fetchval("select count(*) from jobs where status = 'complete'") == 3


class Shout(PlainWork):
    """Work that needs the database for nothing."""

    kind = "crawl"

    async def perform(self, given: Claim, report: Report[None]) -> Outcome:
        return Done(result=given.subject.upper()) if given.subject != "2" else GiveUp("two is enough")


class TestPlainWork:
    async def test_work_with_nothing_to_load_or_save_opens_no_session(self, jobs: JobBench) -> None:
        claims = await claimed(jobs, 3)
        sessions = 0

        def opened(*_: object) -> None:
            nonlocal sessions
            sessions += 1

        event.listen(jobs.sessions.kw["bind"].sync_engine, "begin", opened)
        executor = Executor(jobs.queue, [Shout()])
        await asyncio.gather(*(executor.execute(claim) for claim in claims))

        rows = [await jobs.row(claim.row_id) for claim in claims]
        assert {(row["status"], row["result_data"]) for row in rows} == {
            ("complete", '"1"'),
            ("failed", None),
            ("complete", '"3"'),
        }
        assert sessions == 0
