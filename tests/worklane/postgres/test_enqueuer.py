"""Jobs added by themselves: coalesced, in bulk, each standing for its like, and waiting workers called for them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from scanlane.session.async_session import connect
from tests.worklane.benches import DOMAIN_ID, JOBS, JobBench
from worklane.lifecycle import Status
from worklane.postgres.enqueuer import LANES, Enqueuer
from worklane.postgres.listener import CHANNEL

COUNT_STATEMENTS = (
    "create table statements (n int)",
    "create function count_statement() returns trigger language plpgsql as"
    " 'begin insert into statements values (1); return null; end'",
    "create trigger count_statements after insert on jobs for each statement execute function count_statement()",
)


def job(subject: str | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "crawl", "subject": subject, "domain_id": DOMAIN_ID, "user_id": "u", **more}


@pytest.fixture
def enqueuer(jobs: JobBench) -> Enqueuer:
    return Enqueuer(jobs=JOBS, records=jobs.pool)


@asynccontextmanager
async def listening(jobs: JobBench) -> AsyncIterator["asyncio.Queue[str]"]:
    """The calls that reach a listener."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    connection = await connect(jobs.options)
    await connection.add_listener(CHANNEL, lambda *said: heard.put_nowait(said[-1]))
    try:
        yield heard
    finally:
        connection.terminate()


class TestOne:
    async def test_a_job_is_there_once_the_call_returns(self, jobs: JobBench, enqueuer: Enqueuer) -> None:
        added = await enqueuer.enqueue(job(payload={"depth": 2}))

        row = await jobs.row(added.job_id)
        assert (added.status, added.is_new) == (Status.PENDING, True)
        assert (row["status"], row["subject"], row["payload"]) == ("pending", None, '{"depth": 2}')

    async def test_the_active_job_for_the_subject_stands_for_another(self, enqueuer: Enqueuer) -> None:
        first, second = await enqueuer.enqueue(job("site")), await enqueuer.enqueue(job("site"))

        assert (second.job_id, second.is_new) == (first.job_id, False)

    async def test_jobs_without_a_subject_stand_for_themselves(self, enqueuer: Enqueuer) -> None:
        first, second = await enqueuer.enqueue(job()), await enqueuer.enqueue(job())

        assert first.job_id != second.job_id


class TestMany:
    async def test_each_gets_its_answer_in_order(self, enqueuer: Enqueuer) -> None:
        there = await enqueuer.enqueue(job("b"))

        answers = await enqueuer.enqueue_many([job("a"), job(), job("b"), job("a"), job("c")])

        assert [answer.is_new for answer in answers] == [True, True, False, False, True]
        assert answers[2].job_id == there.job_id
        assert answers[3].job_id == answers[0].job_id

    async def test_jobs_of_another_shape_are_refused_before_anything_is_added(
        self, jobs: JobBench, enqueuer: Enqueuer
    ) -> None:
        with pytest.raises(ValueError, match="job 1 does not name the same columns as job 0: priority"):
            await enqueuer.enqueue_many([job(), job(priority=3)])

        assert await jobs.pool.fetchval("select count(*) from jobs") == 0

    async def test_nothing_is_nothing(self, enqueuer: Enqueuer) -> None:
        assert await enqueuer.enqueue_many([]) == ()

    async def test_another_tenant_is_another_job(self, enqueuer: Enqueuer) -> None:
        one, other = await enqueuer.enqueue_many([job("a", tenant="one"), job("a", tenant="other")])

        assert one.is_new
        assert other.is_new

    async def test_a_bad_row_adds_none_of_its_batch(self, jobs: JobBench, enqueuer: Enqueuer) -> None:
        with pytest.raises(Exception, match="null value"):
            await enqueuer.enqueue_many([job(priority=1), job(priority=None)])

        assert await jobs.pool.fetchval("select count(*) from jobs") == 0

    async def test_jobs_of_one_call_are_claimed_in_its_order(self, jobs: JobBench, enqueuer: Enqueuer) -> None:
        added = await enqueuer.enqueue_many([job() for _ in range(20)])

        rows = await jobs.pool.fetch("select id from jobs order by -priority, run_at, id")

        assert [row["id"] for row in rows] == [one.job_id for one in added]

    async def test_crosswise_batches_do_not_lock_each_other_up(self, enqueuer: Enqueuer) -> None:
        for turn in range(10):
            names = [f"{turn} {number}" for number in range(50)]
            forth, back = [job(name) for name in names], [job(name) for name in reversed(names)]

            answers = await asyncio.gather(enqueuer.enqueue_many(forth), enqueuer.enqueue_many(back))

            assert [one.job_id for one in answers[0]] == [one.job_id for one in reversed(answers[1])]


class TestCoalescing:
    async def test_a_hundred_callers_share_a_few_statements(self, jobs: JobBench, enqueuer: Enqueuer) -> None:
        for statement in COUNT_STATEMENTS:
            await jobs.pool.execute(statement)

        answers = await asyncio.gather(*(enqueuer.enqueue(job()) for _ in range(100)))

        assert len({answer.job_id for answer in answers}) == 100
        assert await jobs.pool.fetchval("select count(*) from statements") <= LANES + 1

    async def test_fifty_for_one_subject_make_one_job(self, jobs: JobBench, enqueuer: Enqueuer) -> None:
        answers = await asyncio.gather(*(enqueuer.enqueue(job("site")) for _ in range(50)))

        assert len({answer.job_id for answer in answers}) == 1
        assert [answer.is_new for answer in answers].count(True) == 1

    async def test_a_refused_value_fails_only_its_own_caller(self, jobs: JobBench, enqueuer: Enqueuer) -> None:
        wanted = [job(payload={"a": said}) for said in ("good", "\x00", "good")]

        ended = await asyncio.gather(*(enqueuer.enqueue(one) for one in wanted), return_exceptions=True)

        assert [isinstance(one, Exception) for one in ended] == [False, True, False]
        assert await jobs.pool.fetchval("select count(*) from jobs") == 2


class TestCalls:
    async def test_a_bulk_calls_once(self, jobs: JobBench, enqueuer: Enqueuer) -> None:
        async with listening(jobs) as heard:
            await enqueuer.enqueue_many([job() for _ in range(100)])
            said = await asyncio.wait_for(heard.get(), 10)

        assert (said, heard.qsize()) == ("crawl", 0)
