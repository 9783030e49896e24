from dataclasses import FrozenInstanceError, dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from worklane.backoff import Backoff
from worklane.claim import Claim
from worklane.lifecycle import Status, settlement
from worklane.outcome import Done, Retry


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled(Done):
    """Done, with pages to save."""

    pages: tuple[str, ...] = ()


class TestOutcome:
    def test_done_may_be_subclassed_to_carry_values_to_save(self) -> None:
        claim = Claim(row_id=UUID(int=1), kind="crawl", token=1, attempt=1)

        settled = settlement(Crawled(result=1, pages=("/",)), claim, Backoff())

        assert (settled.status, settled.result) == (Status.COMPLETE, 1)

    def test_an_answer_cannot_be_changed(self) -> None:
        answer = Retry(reason="busy", after=timedelta(seconds=1))

        with pytest.raises(FrozenInstanceError):
            answer.reason = "idle"  # type: ignore[misc]

    def test_equal_answers_are_equal(self) -> None:
        assert Done(result=[1]) == Done(result=[1])
        assert Done(result=[1]) != Crawled(result=[1])
