"""The fault suite: its judge, its verdict, and one small run of all of it with every planted bug."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from benchmarks.chaos.checker import Expected, Findings, check, outside_twice, percentile, recoveries, rescues
from benchmarks.chaos.fleet import Kill, Tally
from benchmarks.chaos.history import Change, Effect, History, SignOfLife
from benchmarks.chaos.mutants import SYMPTOMS
from benchmarks.chaos.plan import Mutant, due_by, full_plan, planned_jobs, small_plan
from benchmarks.chaos.report import failures, is_caught
from benchmarks.chaos.run import Result

ROOT = Path(__file__).parents[2]
START = datetime(2026, 1, 1, tzinfo=UTC)
JOB, FIRST, SECOND = UUID(int=1), UUID(int=101), UUID(int=102)
NOTHING = Findings(
    lost=0,
    not_terminal=0,
    double_effects=0,
    stale_effects=0,
    stale_writes=0,
    innocents_failed=0,
    live_claims_taken=0,
    left_terminal=0,
    portions_missing=0,
    tokens_reused=0,
)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def change(seconds: float, by: str, old: str | None, new: str | None, **more: object) -> Change:
    plain = Change(
        seq=0,
        at=at(seconds),
        by=by,
        job_id=JOB,
        old_status=old,
        new_status=new,
        old_token=1,
        new_token=1,
        old_worker=None,
        new_worker=None,
        is_rescue=False,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def claim(seconds: float, by: str, worker: UUID, token: int) -> Change:
    return change(seconds, by, "pending", "running", old_token=token - 1, new_token=token, new_worker=worker)


ENQUEUED = change(0, "feeder", None, "pending", old_token=None, new_token=0)
CLAIMED = claim(1, "a", FIRST, 1)
COMPLETED = change(2, "a", "running", "complete", old_worker=FIRST)
RESCUED = change(8, "b", "running", "pending", old_worker=FIRST, is_rescue=True)
CLAIMED_AGAIN = claim(9, "b", SECOND, 2)
COMPLETED_AGAIN = change(10, "b", "running", "complete", old_token=2, new_token=2, old_worker=SECOND)
SAVED = Effect(kind="save", by="a", job_id=JOB, portion=None, token=1, row_token=1)
SAVED_AGAIN = replace(SAVED, by="b", token=2, row_token=2)
GOOD = (ENQUEUED, CLAIMED, COMPLETED)
RECOVERED = (ENQUEUED, CLAIMED, RESCUED, CLAIMED_AGAIN, COMPLETED_AGAIN)


def sign(seconds: float, kind: str = "UPDATE", by: str = "a") -> SignOfLife:
    return SignOfLife(at=at(seconds), by=by, worker_id=FIRST, name="a", kind=kind)


def judged(
    changes: Sequence[Change],
    effects: Sequence[Effect] = (),
    signs: Sequence[SignOfLife] = (),
    *,
    portions: int = 0,
    poison: frozenset[UUID] = frozenset(),
) -> dict[str, int]:
    history = History(changes=changes, signs=signs, effects=effects, outside=())
    expected = Expected(
        accepted=[JOB], portions={JOB: portions}, poison=poison, dead_after=timedelta(seconds=6)
    )  # fmt: skip
    return check(history, expected).broken


class TestChecker:
    def test_a_job_done_once_breaks_nothing(self) -> None:
        assert judged(GOOD, [SAVED]) == {}

    def test_a_job_rescued_from_a_dead_worker_and_done_elsewhere_breaks_nothing(self) -> None:
        assert judged(RECOVERED, [SAVED_AGAIN], [sign(1)]) == {}

    def test_an_accepted_job_without_a_row_is_lost(self) -> None:
        assert judged([]) == {"lost": 1}

    def test_a_complete_job_without_its_effect_is_lost(self) -> None:
        assert judged(GOOD) == {"lost": 1}

    def test_a_job_that_still_runs_at_the_end_is_not_terminal(self) -> None:
        assert judged(GOOD[:2]) == {"not_terminal": 1}

    def test_two_effects_of_one_job_are_double(self) -> None:
        assert judged(GOOD, [SAVED, SAVED]) == {"double_effects": 1}

    def test_an_effect_under_an_older_token_than_the_row_s_is_stale(self) -> None:
        assert judged(RECOVERED, [replace(SAVED, row_token=2)]) == {"stale_effects": 1}

    def test_an_effect_of_a_job_that_did_not_complete_is_stale(self) -> None:
        failed = replace(COMPLETED, new_status="failed")

        assert judged([*GOOD[:2], failed], [SAVED], poison=frozenset({JOB})) == {"stale_effects": 1}

    def test_a_settlement_by_a_process_that_does_not_hold_the_row_is_a_stale_write(self) -> None:
        by_the_zombie = replace(COMPLETED_AGAIN, by="a")

        assert judged([*RECOVERED[:4], by_the_zombie], [SAVED_AGAIN]) == {"stale_writes": 1}

    def test_a_job_that_fails_without_being_poison_is_an_innocent(self) -> None:
        failed = replace(COMPLETED, new_status="failed")

        assert judged([*GOOD[:2], failed]) == {"innocents_failed": 1}

    def test_a_rescue_five_seconds_after_the_last_beat_takes_a_live_claim(self) -> None:
        assert judged(RECOVERED, [SAVED_AGAIN], [sign(3)]) == {"live_claims_taken": 1}

    def test_a_rescue_from_a_worker_that_said_good_bye_takes_no_live_claim(self) -> None:
        assert judged(RECOVERED, [SAVED_AGAIN], [sign(3), sign(4, "DELETE")]) == {}

    def test_a_burial_by_another_worker_is_no_good_bye(self) -> None:
        buried = sign(4, "DELETE", by="b")

        assert judged(RECOVERED, [SAVED_AGAIN], [sign(3), buried]) == {"live_claims_taken": 1}

    def test_a_change_after_the_end_is_counted(self) -> None:
        again = change(3, "a", "complete", "complete")

        assert judged([*GOOD, again], [SAVED]) == {"left_terminal": 1}

    def test_a_complete_job_with_too_few_portions_is_counted(self) -> None:
        assert judged(GOOD, [SAVED], portions=1) == {"portions_missing": 1}

    def test_a_claim_whose_token_does_not_grow_is_counted(self) -> None:
        shrunk = claim(9, "b", SECOND, 2)
        shrunk = replace(shrunk, old_token=5)

        assert judged([*RECOVERED[:3], shrunk, COMPLETED_AGAIN], [SAVED_AGAIN]) == {"tokens_reused": 1}


class TestRecovery:
    def test_it_lasts_from_the_kill_to_the_next_claim_of_each_row_that_was_held(self) -> None:
        history = History(changes=RECOVERED, signs=(), effects=(), outside=())

        assert recoveries(history, [Kill("a", at(2).timestamp())]) == [7.0]

    def test_its_first_part_lasts_until_the_row_is_free(self) -> None:
        history = History(changes=RECOVERED, signs=(), effects=(), outside=())

        assert rescues(history, [Kill("a", at(2).timestamp())]) == [6.0]

    def test_a_row_that_was_settled_before_the_kill_has_none(self) -> None:
        history = History(changes=GOOD, signs=(), effects=(), outside=())

        assert recoveries(history, [Kill("a", at(3).timestamp())]) == []

    def test_the_99th_percentile_of_a_hundred_is_the_worst_of_them(self) -> None:
        assert percentile([float(number) for number in range(100)], 0.99) == 99.0

    def test_an_outside_effect_that_happened_thrice_counts_as_one_job(self) -> None:
        assert outside_twice(History(changes=(), signs=(), effects=(), outside=[JOB, JOB, JOB, FIRST])) == 1


class TestPlan:
    def test_the_same_seed_plans_the_same_jobs(self) -> None:
        plan = full_plan(jobs=200, seed=7, seconds=60)

        assert planned_jobs(plan) == planned_jobs(plan)

    def test_ten_thousand_jobs_come_with_all_faults(self) -> None:
        plan = full_plan(jobs=10_000, seed=7, seconds=60)

        assert (plan.kills, plan.stops, plan.restarts, plan.poison) == (50, 60, 5, 20)
        assert sum(job.is_poison for job in planned_jobs(plan)) == 20

    def test_all_jobs_are_due_when_the_faults_are_done_and_never_fewer_than_before(self) -> None:
        due = [due_by(step / 1000, 10_000) for step in range(1001)]

        assert due[0] == 0
        assert due[-1] == 10_000
        assert due == sorted(due)

    def test_every_stop_outlasts_the_claim(self) -> None:
        plans = [full_plan(jobs=100, seed=1, seconds=60), small_plan(mutant=Mutant.NONE, seed=1)]

        assert all(plan.stop[0] > plan.rhythm.dead_after.total_seconds() for plan in plans)


def result(findings: Findings = NOTHING, *, mutant: Mutant = Mutant.NONE, recovery: Sequence[float] = ()) -> Result:
    return Result(
        plan=small_plan(mutant=mutant, seed=1),
        findings=findings,
        tally=Tally(),
        accepted=1,
        recovery=list(recovery),
        rescue=[],
        together=[],
        outside_twice=0,
        seconds=1.0,
        was_cut_short=False,
    )


class TestVerdict:
    def test_a_clean_run_that_caught_every_bug_passes(self) -> None:
        assert failures(result(), dict.fromkeys(SYMPTOMS, True), control=True) == []

    @pytest.mark.parametrize("name", list(NOTHING.__slots__))
    def test_each_finding_fails_it(self, name: str) -> None:
        found = replace(NOTHING, **{name: 1})

        assert failures(result(found), {}, control=None) == [f"{name} is 1, not 0"]

    def test_a_slow_recovery_fails_it(self) -> None:
        assert failures(result(recovery=[10.5]), {}, control=None) != []

    def test_a_bug_that_passes_fails_it(self) -> None:
        assert failures(result(), {Mutant.NO_RESCUE: False}, control=True) != []

    def test_a_control_that_is_not_clean_fails_it(self) -> None:
        assert failures(result(), {}, control=False) != []

    def test_every_bug_has_its_symptom(self) -> None:
        assert SYMPTOMS.keys() == set(Mutant) - {Mutant.NONE}

    def test_another_symptom_than_the_bug_s_own_does_not_count_as_caught(self) -> None:
        failed = replace(NOTHING, innocents_failed=3)

        assert not is_caught(result(failed, mutant=Mutant.NO_TOKEN_CHECK))


@pytest.mark.skipif(
    not (os.environ.get("SCANLANE_CHAOS") or os.environ.get("SCANLANE_TESTS_MUST_RUN")),
    reason="a fault run takes two minutes and a quiet machine: SCANLANE_CHAOS=1, or make chaos",
)
class TestSmallRun:
    @pytest.mark.timeout(400)
    async def test_it_breaks_nothing_and_every_planted_bug_shows(self, tmp_path: Path) -> None:
        first = await suite("--jobs", "150", "--logs", str(tmp_path / "first"))
        missed = [name for name, caught in first["mutants"].items() if not caught]
        # Whether a bug shows is a matter of moments; it gets another chance, a broken promise does not.
        again = [await suite("--jobs", "20", "--seed", "12", "--mutants", name) for name in missed]

        assert {name: first[name] for name in NOTHING.__slots__} == dict.fromkeys(NOTHING.__slots__, 0)
        assert (first["jobs"], first["kills"], first["stops"], first["restarts"]) == (150, 2, 2, 1)
        assert first["mutants"].keys() == {mutant.value for mutant in SYMPTOMS}
        assert first["control_is_clean"]
        assert [name for one in again for name, caught in one["mutants"].items() if not caught] == []


async def suite(*words: str) -> dict[str, Any]:
    """Run the command; answer its report."""
    command = ["-m", "benchmarks.chaos", "--seconds", "120", *words]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, told = await process.communicate()
    assert said, told.decode()
    report: dict[str, Any] = json.loads(said.splitlines()[-1])
    return report
