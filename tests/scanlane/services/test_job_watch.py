"""Waiting for jobs: what waiters hear, and how few queries it takes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import event

from scanlane.services import jobs
from scanlane.services.job_watch import JobWatch, wait_for_change
from scanlane.settings import read_settings
from scanlane.stores.jobs import JobView
from scanlane.wiring import Wiring, connected
from tests.conftest import Database

SOON = timedelta(milliseconds=20)


@pytest.fixture
async def wiring(database: Database, tmp_path: Path) -> AsyncIterator[Wiring]:
    """The application's things over the test's own database."""
    async with connected(read_settings(data_dir=tmp_path), database.url, migrate=False) as wiring:
        yield wiring


@pytest.fixture
async def job(wiring: Wiring) -> JobView:
    """A job that waits."""
    request = jobs.ScanRequest(tenant="harbour", user_id="tester", website="bakery.test")
    async with wiring.sessions.begin() as session:
        started = await jobs.start_scan(session, wiring.queue, request)
        return await jobs.find_job(session, started.job_id, tenant="harbour")


async def cancel(wiring: Wiring, job_id: UUID) -> None:
    """Finish the job."""
    async with wiring.sessions.begin() as session:
        await jobs.cancel_job(session, wiring.queue, job_id, tenant="harbour")


class TestChanges:
    async def test_a_waiter_hears_the_job_as_it_is_and_every_change_until_its_end(
        self, wiring: Wiring, job: JobView
    ) -> None:
        heard = []

        async with aclosing(JobWatch(wiring.sessions, tick=SOON).changes(job.id)) as changes:
            async for view in changes:
                heard.append(view.status)
                if len(heard) == 1:
                    await cancel(wiring, job.id)

        assert heard == ["pending", "cancelled"]

    async def test_nobody_is_told_what_was_read_before_they_came(self, wiring: Wiring, job: JobView) -> None:
        watch = JobWatch(wiring.sessions, tick=SOON)
        async with aclosing(watch.changes(job.id)) as early:
            assert (await anext(early)).status == "pending"
            await cancel(wiring, job.id)

            async with aclosing(watch.changes(job.id)) as late:
                assert (await anext(late)).status == "cancelled"

    async def test_closing_lets_every_waiter_go(self, wiring: Wiring, job: JobView) -> None:
        watch = JobWatch(wiring.sessions, tick=SOON)

        async def follow() -> int:
            return len([view async for view in watch.changes(job.id)])

        waiters = [asyncio.create_task(follow()) for _ in range(5)]
        async with aclosing(watch.changes(job.id)) as changes:
            await anext(changes)
        watch.close()

        assert await asyncio.wait_for(asyncio.gather(*waiters), 5) == [1] * 5

    async def test_a_hundred_waiters_cost_one_query_per_tick(self, wiring: Wiring, job: JobView) -> None:
        queries: list[int] = []
        watch = JobWatch(wiring.sessions, tick=timedelta(minutes=1))
        event.listen(wiring.engine.sync_engine, "before_cursor_execute", lambda *_: queries.append(1))

        async def hear_once() -> None:
            async with aclosing(watch.changes(job.id)) as changes:
                await anext(changes)

        await asyncio.gather(*(hear_once() for _ in range(100)))

        watch.close()
        assert len(queries) == 1


class TestWaitForChange:
    async def test_time_runs_out_with_the_job_as_it_is(self, wiring: Wiring, job: JobView) -> None:
        watch = JobWatch(wiring.sessions, tick=SOON)

        changed = await wait_for_change(
            watch, job.id, longest=timedelta(milliseconds=100), wanted=lambda view: view != job
        )

        assert not changed

    async def test_no_connection_is_held_while_waiting(self, wiring: Wiring, job: JobView) -> None:
        watch = JobWatch(wiring.sessions, tick=timedelta(minutes=1))
        waiting = asyncio.create_task(
            wait_for_change(watch, job.id, longest=timedelta(seconds=10), wanted=lambda view: not view.is_active)
        )
        async with aclosing(watch.changes(job.id)) as changes:
            await anext(changes)

        held = wiring.engine.pool.checkedout()  # type: ignore[attr-defined]
        watch.close()
        await waiting

        assert held == 0
