import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from worklane.order import FairShare, Limit, Order, Rate

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


class TestRefusals:
    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (lambda: Rate(times=0, per=SECOND), "a rate's times must be at least 1, not 0"),
            (lambda: Rate(times=1, per=timedelta(0)), "a rate's per must be at least a microsecond"),
            (lambda: Rate(times=2, per=MICROSECOND), "for each of its times, not 0:00:00.000001"),
            (lambda: Rate(times=1, per=SECOND, burst=0), "a rate's burst must be at least 1, not 0"),
            (lambda: Limit(), "a limit needs running, a rate, or both"),
            (lambda: Limit(running=0), "a limit's running must be at least 1, not 0"),
            (lambda: FairShare(weights={"t": 0.0}), "the weight of 't' must be a positive number, not 0.0"),
            (lambda: FairShare(weights={"t": math.inf}), "the weight of 't' must be a positive number, not inf"),
            (lambda: FairShare(default=-1.0), "the weight by default must be a positive number, not -1.0"),
        ],
    )
    def test_a_wrong_value_is_named(self, make: Callable[[], Any], message: str) -> None:
        with pytest.raises(ValueError, match=message):
            make()


class TestRate:
    def test_a_spacing_is_rounded_up(self) -> None:
        assert Rate(times=3, per=MICROSECOND * 10).spacing == MICROSECOND * 4

    def test_a_rate_without_a_burst_may_start_all_its_times_at_once(self) -> None:
        assert Rate(times=5, per=SECOND).at_once == 5
        assert Rate(times=5, per=SECOND, burst=2).at_once == 2

    def test_in_a_window_of_per_fall_at_most_twice_the_times_less_one(self) -> None:
        assert Rate(times=5, per=SECOND).most_within(SECOND) == 9
        assert Rate(times=5, per=SECOND, burst=1).most_within(SECOND) == 5

    @settings(deadline=None)
    @given(
        times=some.integers(1, 50),
        burst=some.integers(1, 50),
        per=some.integers(50, 10_000),
        gaps=some.lists(some.integers(0, 3_000), max_size=60),
    )
    def test_the_bound_holds_for_whoever_starts_as_often_as_the_algorithm_lets_it(
        self, times: int, burst: int, per: int, gaps: list[int]
    ) -> None:
        rate = Rate(times=times, per=MICROSECOND * per, burst=burst)
        spacing, now, used_up_to = rate.spacing // MICROSECOND, 0, 0
        starts: list[int] = []
        for gap in gaps:
            now += gap
            while max(used_up_to, now) - now <= (burst - 1) * spacing:
                used_up_to = max(used_up_to, now) + spacing
                starts.append(now)

        for window in (1, spacing, per, 3 * per):
            most = max((sum(first <= one < first + window for one in starts) for first in starts), default=0)
            assert most <= rate.most_within(MICROSECOND * window)


class TestOrder:
    def test_an_order_knows_whether_it_has_a_rate(self) -> None:
        rate = Rate(times=1, per=SECOND)

        assert not Order(limits={"a": Limit(running=1)}).has_rates
        assert Order(limits={"a": Limit(running=1), "b": Limit(rate=rate)}).has_rates
