"""A job that is struck at any of its awaits, each in turn, is finished by the next worker as if nothing were."""

from collections.abc import AsyncIterator, Callable

import pytest

from tests.worklane.benches import JobBench
from tests.worklane.model.portions import EFFECTS, TwoPortions, TwoPortionsInTables
from tests.worklane.model.stages import (
    TableStage,
    cancel_in_memory,
    cancel_in_tables,
    cut_in_tables,
    kill_in_tables,
    vanish_in_memory,
    warm_engine,
)
from tests.worklane.model.strikes import sweep
from worklane.claim import Claim
from worklane.outcome import Outcome
from worklane.work import Report

pytestmark = pytest.mark.timeout(400)  # hundreds of stories, on a machine that may be busy


@pytest.fixture
async def stage(jobs: JobBench) -> AsyncIterator[TableStage]:
    """A job lane, with a table for effects and an engine to be struck."""
    await jobs.pool.execute(EFFECTS)
    async with warm_engine(jobs.options.url) as engine:
        yield TableStage(jobs, engine)


class TestInMemory:
    async def test_work_cancelled_at_any_await_is_finished_by_the_next_worker(self) -> None:
        awaits = await sweep(cancel_in_memory)

        assert awaits > 10

    async def test_work_that_vanishes_at_any_await_is_finished_by_the_next_worker(self) -> None:
        awaits = await sweep(vanish_in_memory)

        assert awaits > 10


class TestInTables:
    async def test_work_cancelled_at_any_await_is_finished_by_the_next_worker(self, stage: TableStage) -> None:
        awaits = await sweep(lambda at: cancel_in_tables(stage, at))

        assert awaits > 15

    async def test_work_whose_connection_breaks_at_any_await_has_each_effect_once(self, stage: TableStage) -> None:
        awaits = await sweep(lambda at: cut_in_tables(stage, at))

        assert awaits > 15
        assert stage.cuts > 15

    async def test_work_whose_process_is_killed_at_any_await_is_finished_by_the_next(self, stage: TableStage) -> None:
        awaits = await sweep(lambda at: kill_in_tables(stage, at))

        assert awaits > 15


class StartsOver(TwoPortions):
    """A bug: what was kept before is done again."""

    async def kept(self, session: object, claim: Claim) -> list[str]:
        return []


class WritesOutside(TwoPortions):
    """A bug: an effect is left before the transaction that should guard it."""

    def __init__(self) -> None:
        self.outside: list[str] = []

    async def perform(self, given: list[str], report: Report[str]) -> Outcome:
        assert not self.outside, "performed twice without a trace of the first time"
        self.outside.append("written")
        return await super().perform(given, report)


class StartsOverInTables(TwoPortionsInTables):
    """The same bug over tables."""

    async def kept(self, session: object, claim: Claim) -> list[str]:
        return []


class TestPlantedBugs:
    @pytest.mark.parametrize("bug", [StartsOver, WritesOutside])
    async def test_the_sweep_in_memory_finds(self, bug: Callable[[], TwoPortions]) -> None:
        with pytest.raises(AssertionError) as found:
            await sweep(lambda at: cancel_in_memory(at, bug()))

        assert any("struck at await" in note for note in found.value.__notes__)

    async def test_the_sweep_in_tables_finds_work_that_starts_over(self, stage: TableStage) -> None:
        buggy = TableStage(stage.jobs, stage.engine, StartsOverInTables())

        with pytest.raises(AssertionError) as found:
            await sweep(lambda at: cancel_in_tables(buggy, at))

        assert any("struck at await" in note for note in found.value.__notes__)
