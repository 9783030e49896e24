from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from worklane.periodic import COUNTED_AT_MOST, Due, Every, Periodic, due

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def hourly(*, run_at_start: bool = False) -> Periodic:
    return Periodic(name="report", schedule=Every(HOUR), kind="report", run_at_start=run_at_start)


class TestEvery:
    def test_slots_are_counted_from_the_epoch_whenever_a_process_started(self) -> None:
        assert Every(HOUR).latest(NOON + 17 * MINUTE) == NOON
        assert Every(timedelta(seconds=7)).latest(datetime(1970, 1, 1, 0, 0, 20, tzinfo=UTC)).second == 14

    def test_the_moment_of_a_slot_belongs_to_it(self) -> None:
        assert Every(HOUR).latest(NOON) == NOON
        assert Every(HOUR).latest(NOON - timedelta(microseconds=1)) == NOON - HOUR

    def test_another_timezone_makes_no_difference(self) -> None:
        there = NOON.astimezone(ZoneInfo("Asia/Kolkata"))

        assert Every(HOUR).latest(there) == NOON
        assert Every(HOUR).following(there) == NOON + HOUR

    @pytest.mark.parametrize("seconds", [0, -5, 0.5])
    def test_an_interval_below_a_second_is_refused(self, seconds: float) -> None:
        with pytest.raises(ValueError, match="once a second at most"):
            Every(timedelta(seconds=seconds))


class TestDue:
    def test_a_task_that_was_never_seen_leaves_a_mark_and_does_not_run(self) -> None:
        assert due(hourly(), newest=None, now=NOON + MINUTE) == Due(slot=NOON, missed=0, runs=False)

    def test_a_task_that_runs_at_its_start_runs_once_and_not_its_history(self) -> None:
        assert due(hourly(run_at_start=True), newest=None, now=NOON + MINUTE) == Due(slot=NOON, missed=0, runs=True)

    def test_nothing_is_due_between_two_slots(self) -> None:
        assert due(hourly(), newest=NOON, now=NOON + 59 * MINUTE) is None

    def test_the_next_slot_is_due_however_late(self) -> None:
        late = NOON + HOUR + 59 * MINUTE

        assert due(hourly(), newest=NOON, now=late) == Due(slot=NOON + HOUR, missed=0, runs=True)

    def test_missed_slots_become_one_run_and_are_counted(self) -> None:
        assert due(hourly(), newest=NOON, now=NOON + 5 * HOUR) == Due(slot=NOON + 5 * HOUR, missed=4, runs=True)

    def test_counting_ends_somewhere(self) -> None:
        slot = due(hourly(), newest=NOON - timedelta(days=3650), now=NOON)

        assert slot == Due(slot=NOON, missed=COUNTED_AT_MOST, runs=True)

    def test_a_clock_that_went_back_makes_nothing_due_again(self) -> None:
        assert due(hourly(), newest=NOON, now=NOON - 3 * HOUR) is None


class TestPeriodic:
    def test_a_run_is_a_job_about_the_task(self) -> None:
        task = Periodic(
            name="nightly", schedule=Every(HOUR), kind="report", payload={"a": 1}, tenant="t", columns={"user_id": "u"}
        )

        assert task.job() == {
            "type": "report",
            "subject": "nightly",
            "tenant": "t",
            "payload": {"a": 1},
            "max_attempts": 3,
            "priority": 0,
            "user_id": "u",
        }
