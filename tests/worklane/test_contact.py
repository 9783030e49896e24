"""Whom a worker may declare dead, before, during and after an outage that hits all alike."""

from collections.abc import Iterable

import pytest

from worklane.contact import Contact

EVERY, DEAD_AFTER = 2.0, 6.0


def contact(beats: Iterable[float] = (), *, failure: float | None = None, again: Iterable[float] = ()) -> Contact:
    """A worker that beat at these times, could not at that one, and beat again afterwards."""
    made = Contact(every=EVERY, dead_after=DEAD_AFTER)
    for time in beats:
        made.beat(time)
    if failure is not None:
        made.fail(failure)
    for time in again:
        made.beat(time)
    return made


def may_bury(judge: Contact, *, last_beat: float, now: float) -> bool:
    silence = judge.silence_of_the_dead(now)
    return silence is not None and now - last_beat > silence


class TestInQuietTimes:
    def test_a_worker_that_has_just_come_declares_nobody_dead(self) -> None:
        assert contact([0]).silence_of_the_dead(1.9) is None

    def test_after_one_interval_it_takes_the_usual_silence(self) -> None:
        assert contact([0]).silence_of_the_dead(2.0) == DEAD_AFTER

    def test_before_its_first_beat_it_declares_nobody_dead(self) -> None:
        assert contact().silence_of_the_dead(100) is None


class TestAnOutage:
    def test_while_it_lasts_nobody_is_declared_dead(self) -> None:
        assert contact([0, 2, 4], failure=6).silence_of_the_dead(100) is None

    @pytest.mark.parametrize("last_beat", [0.5, 3.0, 4.0, 5.9])
    def test_right_after_it_nobody_is_who_had_beaten_before_it(self, last_beat: float) -> None:
        judge = contact([0, 2, 4], failure=6, again=[20])

        assert not may_bury(judge, last_beat=last_beat, now=20.1)
        assert may_bury(judge, last_beat=last_beat, now=22)

    @pytest.mark.parametrize("last_beat", [-2.0, -0.1])
    def test_right_after_it_those_are_who_had_missed_a_beat_before_it(self, last_beat: float) -> None:
        judge = contact([0, 2, 4], failure=4.5, again=[7])

        assert may_bury(judge, last_beat=last_beat, now=7.1)

    def test_nobody_is_sooner_than_without_one(self) -> None:
        judge = contact([0, 2, 4], failure=4.1, again=[4.2])

        assert not may_bury(judge, last_beat=-0.2, now=5.7)
        assert may_bury(judge, last_beat=-0.2, now=5.9)

    def test_a_second_one_before_all_could_beat_again_tells_no_more_than_the_first(self) -> None:
        judge = contact([0, 2, 4], failure=5, again=[20])
        judge.fail(20.5)
        judge.beat(30)

        assert not may_bury(judge, last_beat=0.5, now=30.1)
        assert may_bury(judge, last_beat=-0.5, now=30.1)
