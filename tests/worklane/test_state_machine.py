"""Any story of claims, crashes and zombies, played on PostgreSQL, keeps the job lane's promises."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import Database
from tests.worklane.model.audit import Broken
from tests.worklane.model.lane import Lane
from tests.worklane.model.machine import JobLife
from tests.worklane.model.planted import BUGS
from worklane.postgres.job_queue import JobQueue

EXAMPLES = 600
HOW = settings(
    max_examples=EXAMPLES,
    stateful_step_count=25,
    deadline=None,
    derandomize=False,
    database=None,
    suppress_health_check=list(HealthCheck),
)
ONLY_FIND = settings(HOW, phases=(Phase.generate,), report_multiple_bugs=False)


@contextmanager
def opened(lane: Lane) -> Iterator[type[JobLife]]:
    """A machine over this lane, in a loop of its own."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(lane.open())
        try:
            yield type("JobLifeHere", (JobLife,), {"lane": lane, "runner": runner})
        finally:
            runner.run(lane.close())


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> int:
    """The seed: another one in every run, or the one given by --hypothesis-seed."""
    given = request.config.getoption("--hypothesis-seed", default=None)
    chosen = int(given) if given not in (None, "random") else secrets.randbits(32)
    print(f"to play the same stories again: --hypothesis-seed={chosen}")
    return chosen


class TestAnyStory:
    @pytest.mark.timeout(3600)
    def test_every_promise_is_kept_in_every_story(
        self, database: Database, request: pytest.FixtureRequest, chance: int
    ) -> None:
        examples = int(request.config.getoption("--stories", default=EXAMPLES))

        with opened(Lane(database.url, JobQueue)) as machine:
            run_state_machine_as_test(seed(chance)(machine), settings=settings(HOW, max_examples=examples))


class TestPlantedBugs:
    @pytest.mark.parametrize("bug", BUGS)
    def test_the_machine_finds(self, database: Database, chance: int, bug: str) -> None:
        planted = BUGS[bug]

        with opened(Lane(database.url, planted, planting=planted.beforehand)) as machine, pytest.raises(Broken):
            run_state_machine_as_test(seed(chance)(machine), settings=ONLY_FIND)
