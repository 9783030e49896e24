from datetime import timedelta
from uuid import uuid4

import pytest

from tests.worklane.benches import JobBench
from tests.worklane.works import SteeredWork
from worklane.claim import Claim
from worklane.executor import Executor
from worklane.lifecycle import Settlement, Status
from worklane.outcome import Done, Outcome
from worklane.testing import EventLog, drain_once
from worklane.work import Report


async def claimed(jobs: JobBench) -> Claim:
    worker = uuid4()
    await jobs.pulse.register(worker, "test")
    [claim] = await jobs.queue.claim(worker, kinds={jobs.kind}, limit=1)
    return claim


async def settle(jobs: JobBench, claim: Claim, settlement: Settlement) -> None:
    async with jobs.queue.settling(claim, settlement):
        pass


class TestClaim:
    async def test_a_claim_carries_what_the_row_says(self, jobs: JobBench) -> None:
        added = await jobs.enqueue("site", tenant="t", payload={"pages": [1, "two", None]}, max_attempts=7)

        claim = await claimed(jobs)

        assert (claim.row_id, claim.kind, claim.tenant, claim.subject) == (added.job_id, "crawl", "t", "site")
        assert (claim.payload, claim.max_attempts) == ({"pages": [1, "two", None]}, 7)

    async def test_a_new_attempt_clears_the_error_and_keeps_the_first_start(self, jobs: JobBench) -> None:
        row_id = await jobs.add_row()
        again = Settlement(status=Status.PENDING, error="busy", run_after=timedelta(0))
        await settle(jobs, await claimed(jobs), again)
        first = await jobs.row(row_id)

        await claimed(jobs)
        second = await jobs.row(row_id)

        assert (first["error"], second["error"]) == ("busy", None)
        assert first["started_at"] == second["started_at"] is not None


class TestSettling:
    async def test_a_complete_row_has_its_result_and_its_end(self, jobs: JobBench) -> None:
        row_id = await jobs.add_row()

        await settle(
            jobs, await claimed(jobs), Settlement(status=Status.COMPLETE, result={"emails": ["info@x.example"]})
        )

        row = await jobs.row(row_id)
        assert (row["status"], row["progress"], row["worker_id"]) == ("complete", 1.0, None)
        assert row["result_data"] == '{"emails": ["info@x.example"]}'
        assert row["finished_at"] is not None

    async def test_a_row_to_be_retried_has_no_end(self, jobs: JobBench) -> None:
        row_id = await jobs.add_row()

        await settle(jobs, await claimed(jobs), Settlement(status=Status.PENDING, run_after=timedelta(hours=1)))

        row = await jobs.row(row_id)
        assert (row["finished_at"], row["worker_id"]) == (None, None)
        assert row["run_at"] - row["created_at"] > timedelta(minutes=59)

    @pytest.mark.parametrize("poison", ["nul \x00", "half a pair \ud800"])
    async def test_a_result_that_cannot_be_stored_is_recorded_as_a_failure(self, jobs: JobBench, poison: str) -> None:
        async def answer(given: str, report: Report[str]) -> Outcome:
            return Done(result={"text": poison})

        row_id = await jobs.add_row()
        executor = Executor(jobs.queue, [SteeredWork(performing=answer)], listener=EventLog())

        await drain_once(jobs.queue, executor, jobs.pulse)

        row = await jobs.row(row_id)
        assert (row["status"], row["result_data"], row["worker_id"]) == ("pending", None, None)
        assert row["error"]

    @pytest.mark.parametrize("poison", ["nul \x00", "half a pair \ud800"])
    async def test_an_error_that_cannot_be_stored_as_it_is_is_stored_all_the_same(
        self, jobs: JobBench, poison: str
    ) -> None:
        async def crash(given: str, report: Report[str]) -> Outcome:
            raise ValueError(poison)

        row_id = await jobs.add_row()
        executor = Executor(jobs.queue, [SteeredWork(performing=crash)], listener=EventLog())

        await drain_once(jobs.queue, executor, jobs.pulse)

        row = await jobs.row(row_id)
        assert (row["status"], row["error"][:11]) == ("pending", "ValueError:")


class TestKeeping:
    async def test_progress_only_grows(self, jobs: JobBench) -> None:
        row_id = await jobs.add_row()
        claim = await claimed(jobs)
        seen = []

        for progress in (0.5, 0.2, None, 0.7):
            async with jobs.queue.keeping(claim, progress=progress):
                pass
            seen.append((await jobs.row(row_id))["progress"])

        assert seen == [0.5, 0.5, 0.5, 0.7]
