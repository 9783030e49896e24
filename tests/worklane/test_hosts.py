"""Workers on several machines: the judge of their fences, the plan of the cuts, and one run with a planted bug."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from subprocess import PIPE
from uuid import UUID

import pytest
from benchmarks.chaos.checker import Findings
from benchmarks.chaos.history import Change, History
from benchmarks.hosts.cutting import CutOff, idle_after
from benchmarks.hosts.marks import FENCED, NOT_WORKING, WORKING, Fences, Marks, fences, mark, read_marks
from benchmarks.hosts.plan import cuts, full_plan, quick_plan
from benchmarks.hosts.possible import obstacle
from benchmarks.hosts.report import failures
from benchmarks.hosts.run import Result

ROOT = Path(__file__).parents[2]
START = datetime(2026, 1, 1, tzinfo=UTC)
JOB, WORKER = UUID(int=1), UUID(int=101)
MUST_BE_ZERO = "lost not_terminal double_effects stale_effects stale_writes live_claims_taken".split()
NOTHING = Findings(**dict.fromkeys(Findings.__slots__, 0))


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def moment(seconds: float) -> float:
    return at(seconds).timestamp()


RESCUED = Change(
    seq=1,
    at=at(10),
    by="machine2",
    job_id=JOB,
    old_status="running",
    new_status="pending",
    old_token=7,
    new_token=7,
    old_worker=WORKER,
    new_worker=None,
    is_rescue=True,
)
CLAIMED = replace(
    RESCUED,
    by="machine1",
    old_status="pending",
    new_status="running",
    new_token=8,
    new_worker=WORKER,
    is_rescue=False,
)
HISTORY = History(changes=[RESCUED], signs=(), effects=(), outside=())


class TestFences:
    def test_a_worker_that_fenced_itself_and_stopped_before_its_row_was_freed_is_in_time(self) -> None:
        marks = Marks({WORKER: moment(9)}, {(JOB, 7): [(moment(1), True), (moment(9), False)]})

        assert fences(HISTORY, marks, set()) == Fences(fenced_late=0, stopped_late=0, margins=[1.0])

    @pytest.mark.parametrize("fenced", [{}, {WORKER: moment(11)}])
    def test_a_worker_that_fenced_itself_never_or_afterwards_is_late(self, fenced: dict[UUID, float]) -> None:
        assert fences(HISTORY, Marks(fenced, {}), set()).fenced_late == 1

    @pytest.mark.parametrize("moments", [[(moment(1), True)], [(moment(1), True), (moment(11), False)]])
    def test_an_attempt_that_was_at_work_when_its_row_was_freed_is_late(
        self, moments: list[tuple[float, bool]]
    ) -> None:
        marks = Marks({WORKER: moment(9)}, {(JOB, 7): moments})

        assert fences(HISTORY, marks, set()).stopped_late == 1
        assert fences(HISTORY, marks, {JOB}).stopped_late == 0

    def test_marks_are_read_as_they_were_left(self, tmp_path: Path) -> None:
        for what in (WORKING, NOT_WORKING):
            mark(tmp_path / "marks", what, JOB, 7)
        mark(tmp_path / "marks", FENCED, WORKER)

        marks = read_marks(tmp_path / "marks")

        assert list(marks.fenced) == [WORKER]
        assert [is_working for _, is_working in marks.moments[JOB, 7]] == [True, False]


class TestIdleness:
    ONCE = CutOff(name="machine1", cut=at(1), healed=at(5), returned=at(6))

    def test_a_claim_after_the_healing_shows_that_the_machine_works_again(self) -> None:
        assert idle_after([self.ONCE], [replace(CLAIMED, at=at(7))]) == 0

    @pytest.mark.parametrize("claimed", [4, 21])
    def test_a_claim_before_the_healing_or_after_the_next_cut_does_not(self, claimed: float) -> None:
        again = replace(self.ONCE, cut=at(20), healed=at(25))

        assert idle_after([self.ONCE, again], [replace(CLAIMED, at=at(claimed))]) == 2

    def test_another_machine_s_claim_does_not(self) -> None:
        assert idle_after([self.ONCE], [replace(CLAIMED, at=at(7), by="machine2")]) == 1


class TestPlan:
    def test_every_cut_outlasts_the_claim(self) -> None:
        plans = [make(jobs=10, seed=1, seconds=1) for make in (full_plan, quick_plan)]

        assert all(plan.stop[0] > plan.rhythm.dead_after.total_seconds() for plan in plans)

    def test_each_machine_has_its_turns_and_two_go_at_once(self) -> None:
        planned = cuts(full_plan(jobs=10, seed=1, seconds=1), 3)

        single = [cut.machines[0] for cut in planned if len(cut.machines) == 1]
        assert sorted(single) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
        assert [cut.machines for cut in planned if len(cut.machines) == 2] == [(0, 1)]
        assert all(not set(one.machines) & set(two.machines) for one, two in pairwise(planned))


def result(findings: Findings = NOTHING, **more: object) -> Result:
    clean = Result(
        plan=quick_plan(jobs=1, seed=1, seconds=1),
        accepted=1,
        findings=findings,
        fences=Fences(fenced_late=0, stopped_late=0, margins=[]),
        cut_offs=[],
        idle_after=0,
        recovery=[1.0],
        surprising_exits=[],
        seconds=1.0,
        was_cut_short=False,
    )
    return replace(clean, **more)  # type: ignore[arg-type]


class TestVerdict:
    def test_a_clean_run_passes(self) -> None:
        assert failures(result()) == []

    @pytest.mark.parametrize("name", sorted(set(Findings.__slots__) - {"innocents_failed"}))
    def test_each_finding_fails_it(self, name: str) -> None:
        assert failures(result(replace(NOTHING, **{name: 1}))) == [f"{name} is 1, not 0"]

    @pytest.mark.parametrize(
        "more",
        [
            {"fences": Fences(fenced_late=1, stopped_late=0, margins=[])},
            {"fences": Fences(fenced_late=0, stopped_late=1, margins=[])},
            {"idle_after": 1},
            {"recovery": []},
            {"surprising_exits": [1]},
            {"was_cut_short": True},
        ],
    )
    def test_so_does_everything_else_that_must_not_be(self, more: dict[str, object]) -> None:
        assert len(failures(result(**more))) == 1


@contextlib.contextmanager
def hosts(*words: str) -> Iterator[subprocess.Popen[str]]:
    """The command at work. Without it all that it started ends, networks included."""
    command = [sys.executable, "-m", "benchmarks.hosts", *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=PIPE, stderr=PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


async def ended(process: "subprocess.Popen[str]") -> tuple[int, dict[str, object], str]:
    """Its exit status, its report, and what it said besides."""
    said, told = await asyncio.to_thread(process.communicate)
    assert said, told
    return process.returncode, json.loads(said.splitlines()[-1]), told


@pytest.fixture(scope="module")
def _several_machines() -> None:
    """Skip where several machines cannot be played; a missing program fails where no test may skip for one."""
    found = obstacle()
    if found is None:
        return
    if found.is_missing_tool and os.environ.get("SCANLANE_TESTS_MUST_RUN"):
        pytest.fail(found.reason)
    pytest.skip(found.reason)


@pytest.fixture(scope="module")
def run_in_order(_several_machines: None) -> Iterator["subprocess.Popen[str]"]:
    with hosts("--quick", "--seconds", "110") as process:
        yield process


@pytest.fixture(scope="module")
def run_with_a_bug(_several_machines: None) -> Iterator["subprocess.Popen[str]"]:
    words = ["--quick", "--jobs", "130", "--cuts", "1", "--seconds", "80", "--mutant", "status-only-check"]
    with hosts(*words) as process:
        yield process


class TestSeveralMachines:
    """Both runs go at the same time, each in networks of its own: they mostly wait."""

    @pytest.mark.timeout(150)
    async def test_cutting_them_off_in_turn_breaks_nothing(
        self, run_in_order: "subprocess.Popen[str]", run_with_a_bug: "subprocess.Popen[str]"
    ) -> None:
        status, report, told = await ended(run_in_order)

        assert {name: report[name] for name in MUST_BE_ZERO} == dict.fromkeys(MUST_BE_ZERO, 0), told
        assert (report["fenced_late"], report["stopped_late"], report["idle_after_cut"]) == (0, 0, 0), told
        assert (report["jobs"], report["cuts"]) == (300, 11)
        assert status == 0, told

    @pytest.mark.timeout(120)
    async def test_a_bug_in_the_guard_of_writes_shows(self, run_with_a_bug: "subprocess.Popen[str]") -> None:
        status, report, told = await ended(run_with_a_bug)

        assert report["stale_effects"] != 0, told
        assert status == 1
