import itertools
from datetime import timedelta
from uuid import UUID

import pytest

from worklane.backoff import Backoff
from worklane.claim import Claim
from worklane.errors import IllegalMove, WorklaneError
from worklane.lifecycle import ACTIVE, MOVES, TERMINAL, Settlement, Status, check_move, settlement
from worklane.outcome import Done, GiveUp, Retry

BACKOFF = Backoff(base=timedelta(seconds=10), factor=3, jitter=0)


def claim(*, attempt: int = 1, max_attempts: int = 3, crashes: int = 0) -> Claim:
    return Claim(row_id=UUID(int=1), kind="crawl", token=1, attempt=attempt, max_attempts=max_attempts, crashes=crashes)


class TestSettlement:
    def test_finished_work_is_complete_with_its_result(self) -> None:
        settled = settlement(Done(result={"emails": 2}), claim(), BACKOFF)

        assert settled == Settlement(status=Status.COMPLETE, result={"emails": 2})

    def test_given_up_work_has_failed_whatever_the_attempt(self) -> None:
        settled = settlement(GiveUp("gone"), claim(attempt=1), BACKOFF)

        assert settled == Settlement(status=Status.FAILED, error="gone")

    def test_a_retry_waits_for_the_backoff_of_its_failures(self) -> None:
        settled = settlement(Retry(reason="busy"), claim(attempt=2), BACKOFF)

        assert settled == Settlement(status=Status.PENDING, error="busy", run_after=timedelta(seconds=30))

    def test_a_retry_may_say_when_itself(self) -> None:
        settled = settlement(Retry(reason="busy", after=timedelta(0)), claim(), BACKOFF)

        assert settled.run_after == timedelta(0)

    def test_a_retry_after_the_last_attempt_has_failed(self) -> None:
        settled = settlement(Retry(reason="busy", after=timedelta(0)), claim(attempt=3), BACKOFF)

        assert settled == Settlement(status=Status.FAILED, error="busy")

    def test_crashes_of_the_process_use_up_no_attempt(self) -> None:
        settled = settlement(Retry(reason="busy"), claim(attempt=4, crashes=2), BACKOFF)

        assert (settled.status, settled.run_after) == (Status.PENDING, timedelta(seconds=30))


class TestMoves:
    def test_a_status_is_either_active_or_terminal(self) -> None:
        assert set(Status) == ACTIVE | TERMINAL
        assert not ACTIVE & TERMINAL
        assert set(MOVES) == set(Status)

    def test_nothing_leaves_a_terminal_status(self) -> None:
        refused = [
            (before, after) for before, after in itertools.product(TERMINAL, Status) if _is_refused(before, after)
        ]

        assert len(refused) == len(TERMINAL) * len(Status)

    def test_only_waiting_work_can_start(self) -> None:
        assert [before for before in Status if Status.RUNNING in MOVES[before]] == [Status.PENDING]

    def test_a_refused_move_names_both_statuses(self) -> None:
        with pytest.raises(IllegalMove, match="running may not follow complete"):
            check_move(Status.COMPLETE, Status.RUNNING)

    def test_an_error_without_words_speaks_its_docstring(self) -> None:
        assert str(IllegalMove()) == "This status may not follow that one."
        assert str(WorklaneError("my own words")) == "my own words"


def _is_refused(before: Status, after: Status) -> bool:
    try:
        check_move(before, after)
    except IllegalMove:
        return True
    return False
