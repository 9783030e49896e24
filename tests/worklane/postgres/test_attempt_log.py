"""What is written down of attempts that did not complete."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.worklane.benches import JobBench
from tests.worklane.races import DEAD_AFTER, claimed, settles, worker
from worklane.lifecycle import COMPLETE, Settlement, Status
from worklane.queue import Finished

AGAIN = Settlement(status=Status.PENDING, error="busy", run_after=timedelta(0))


async def log_of(jobs: JobBench, row_id: UUID) -> list[dict[str, Any]]:
    text = (await jobs.row(row_id))["attempt_log"]
    return [] if text is None else json.loads(text)


class TestAttemptLog:
    @pytest.mark.parametrize("way", ["settling", "settle", "exchange"])
    async def test_a_failed_attempt_stands_in_it_whichever_way_it_was_settled(self, jobs: JobBench, way: str) -> None:
        row_id, one = await jobs.add_row(), await worker(jobs)
        claim = await claimed(jobs, one)

        if way == "settling":
            await settles(jobs.queue, claim, AGAIN)
        elif way == "settle":
            await jobs.queue.settle(claim, AGAIN)
        else:
            await jobs.queue.exchange(one, [Finished(claim, AGAIN)], kinds=["another kind"], limit=1)

        [entry] = await log_of(jobs, row_id)
        assert (entry["attempt"], entry["outcome"], entry["error"]) == (1, "pending", "busy")
        assert entry["worker"] == str(one)
        assert entry["ended_at"]

    async def test_a_job_that_completes_at_once_needs_no_entry(self, jobs: JobBench) -> None:
        row_id, one = await jobs.add_row(), await worker(jobs)

        await jobs.queue.exchange(one, [Finished(await claimed(jobs, one), COMPLETE)], kinds=[jobs.kind], limit=1)

        assert await log_of(jobs, row_id) == []

    async def test_crashes_stand_in_it_and_the_conviction_says_why(self, jobs: JobBench) -> None:
        row_id = await jobs.add_row()
        for alone in (False, False, True, True):
            doomed = await worker(jobs)
            [_] = await jobs.queue.claim(doomed, kinds=[jobs.kind], limit=1, alone=alone)
            await jobs.pulse.leave(doomed)
            await jobs.queue.rescue(dead_after=DEAD_AFTER, limit=10)

        log = await log_of(jobs, row_id)
        assert [entry["outcome"] for entry in log] == ["crashed"] * 4
        assert "ran alone" in log[-1]["error"]
        assert (await jobs.see(row_id)).status is Status.FAILED

    async def test_only_the_last_twenty_attempts_are_kept(self, jobs: JobBench) -> None:
        row_id, one = await jobs.add_row(), await worker(jobs)
        for _ in range(23):
            await jobs.queue.settle(await claimed(jobs, one), AGAIN)

        log = await log_of(jobs, row_id)

        assert [entry["attempt"] for entry in log] == list(range(4, 24))
