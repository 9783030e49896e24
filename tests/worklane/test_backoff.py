from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from worklane.backoff import Backoff

MINUTE = timedelta(minutes=1)


class TestDelay:
    def test_each_failure_multiplies_the_wait(self) -> None:
        backoff = Backoff(base=timedelta(seconds=1), factor=3, jitter=0)

        waits = [backoff.delay(failures).total_seconds() for failures in (1, 2, 3, 4)]

        assert waits == [1, 3, 9, 27]

    def test_the_wait_is_capped(self) -> None:
        backoff = Backoff(base=MINUTE, cap=timedelta(minutes=5), jitter=0)

        assert backoff.delay(1_000_000) == timedelta(minutes=5)

    def test_a_steep_factor_does_not_overflow(self) -> None:
        assert Backoff(factor=1e12, jitter=0).delay(1_000_000) == timedelta(hours=1)

    def test_the_dice_move_it_by_the_jitter_at_most(self) -> None:
        backoff = Backoff(base=MINUTE, jitter=0.2)

        waits = [backoff.delay(1, chance=chance).total_seconds() for chance in (0, 0.5, 1)]

        assert waits == [48, 60, 72]

    @given(failures=st.integers(-5, 10_000), factor=st.floats(1, 10))
    def test_no_wait_leaves_its_bounds(self, failures: int, factor: float) -> None:
        backoff = Backoff(base=MINUTE, factor=factor, cap=timedelta(hours=1), jitter=0.2)

        wait = backoff.delay(failures)

        assert MINUTE * 0.8 <= wait <= timedelta(hours=1) * 1.2
