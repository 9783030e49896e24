"""Claims that go on where the last one ended, and what they may overlook for how long."""

import itertools
from typing import Any

import pytest

from tests.worklane.benches import JobBench
from tests.worklane.races import worker
from worklane.postgres import bookmark
from worklane.postgres.bookmark import TOP, Bookmark

KINDS = frozenset({"crawl"})


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Turned:
    """A bookmark whose claims take as long as a test says."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.mark = Bookmark(clock=self.clock)

    def claim(self, *ids: int, limit: int = 2, takes: float = 1.0) -> Any:
        begin = self.mark.begin(KINDS)
        self.clock.now += takes
        rows: Any = [{"priority": 0, "run_at": bookmark.TOP.time, "id": number} for number in ids]
        self.mark.turn(rows, limit)
        return begin


@pytest.fixture
def turned() -> Turned:
    return Turned()


class TestBookmark:
    def test_while_claims_are_quick_each_begins_at_the_top(self, turned: Turned) -> None:
        assert [turned.claim(1, 2, takes=0.0) for _ in range(3)] == [TOP] * 3

    def test_after_a_slow_one_the_next_goes_on_behind_it(self, turned: Turned) -> None:
        turned.claim(1, 2, takes=0.1)

        assert turned.claim(3, 4, takes=0.0).id == 2
        assert turned.claim(5, 6, takes=0.0).id == 4

    def test_one_that_came_back_short_sends_the_next_to_the_top(self, turned: Turned) -> None:
        turned.claim(1, 2, takes=0.1)
        turned.claim(3, takes=0.0)

        assert turned.claim() is TOP

    def test_the_top_is_seen_again_after_a_quarter_of_a_second(self, turned: Turned) -> None:
        turned.claim(1, 2, takes=0.1)
        turned.claim(3, 4, takes=bookmark.TOP_EVERY)

        assert turned.claim() is TOP

    def test_other_kinds_begin_at_the_top(self, turned: Turned) -> None:
        turned.claim(1, 2, takes=0.1)

        assert turned.mark.begin(frozenset({"parse"})) is TOP


class TestClaims:
    async def test_a_marked_claim_takes_what_is_behind_the_mark_and_what_is_before_it_when_it_falls_short(
        self, jobs: JobBench
    ) -> None:
        first, second, third, fourth = [await jobs.add_row() for _ in range(4)]
        queue, one = jobs.new_queue(bookmark=Bookmark(clock=itertools.count(step=0.1).__next__)), await worker(jobs)
        early = await queue.claim(one, kinds=KINDS, limit=1)
        await queue.hand_back(early)

        behind = await queue.claim(one, kinds=KINDS, limit=2)
        rest = await queue.claim(one, kinds=KINDS, limit=10)

        assert [claim.row_id for claim in early] == [first]
        assert {claim.row_id for claim in behind} == {second, third}
        assert {claim.row_id for claim in rest} == {fourth, first}
