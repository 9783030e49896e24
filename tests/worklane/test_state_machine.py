"""Any story of claims, crashes and zombies, played on PostgreSQL, keeps both lanes' promises."""

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
from tests.worklane.model.life import Life
from tests.worklane.model.machine import JobLife
from tests.worklane.model.place_bugs import PLACE_BUGS
from tests.worklane.model.place_lane import PlaceLane
from tests.worklane.model.places import PlaceLife
from tests.worklane.model.planted import BUGS
from worklane.postgres.job_queue import JobQueue
from worklane.postgres.status_queue import StatusQueue

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
def opened(life: type[Life], lane: Lane) -> Iterator[type[Life]]:
    """A machine over this lane, in a loop of its own."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(lane.open())
        try:
            yield type(f"{life.__name__}Here", (life,), {"lane": lane, "runner": runner})
        finally:
            runner.run(lane.close())


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> int:
    """The seed: another one in every run, or the one given by --hypothesis-seed."""
    given = request.config.getoption("--hypothesis-seed", default=None)
    chosen = int(given) if given not in (None, "random") else secrets.randbits(32)
    print(f"to play the same stories again: --hypothesis-seed={chosen}")
    return chosen


@pytest.fixture
def stories(request: pytest.FixtureRequest) -> int:
    """How many: 600 of each lane, or as many as --stories says."""
    return int(request.config.getoption("--stories", default=EXAMPLES))


class TestAnyStory:
    @pytest.mark.timeout(7200)
    def test_every_promise_of_the_job_lane_is_kept(self, database: Database, chance: int, stories: int) -> None:
        with opened(JobLife, Lane(database.url, JobQueue)) as machine:
            run_state_machine_as_test(seed(chance)(machine), settings=settings(HOW, max_examples=stories))

    @pytest.mark.timeout(7200)
    def test_every_promise_of_the_status_lane_is_kept(self, database: Database, chance: int, stories: int) -> None:
        with opened(PlaceLife, PlaceLane(database.url, StatusQueue)) as machine:
            run_state_machine_as_test(seed(chance)(machine), settings=settings(HOW, max_examples=stories))


class TestPlantedBugs:
    @pytest.mark.parametrize("bug", BUGS)
    def test_the_machine_finds_in_the_job_lane(self, database: Database, chance: int, bug: str) -> None:
        planted = BUGS[bug]
        lane = Lane(database.url, planted, planting=planted.beforehand)

        with opened(JobLife, lane) as machine, pytest.raises(Broken):
            run_state_machine_as_test(seed(chance)(machine), settings=ONLY_FIND)

    @pytest.mark.parametrize("bug", PLACE_BUGS)
    def test_the_machine_finds_in_the_status_lane(self, database: Database, chance: int, bug: str) -> None:
        lane = PlaceLane(database.url, PLACE_BUGS[bug])

        with opened(PlaceLife, lane) as machine, pytest.raises(Broken):
            run_state_machine_as_test(seed(chance)(machine), settings=ONLY_FIND)
