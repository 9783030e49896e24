import logging
from uuid import UUID

import pytest

from worklane import events
from worklane.claim import Claim

CLAIM = Claim(row_id=UUID(int=1), kind="crawl", token=7, attempt=2)
SETTLED = events.Settled(CLAIM, status="complete", seconds=1.23456)


class TestLine:
    def test_an_event_is_one_line_of_wording_and_facts(self) -> None:
        assert events.line(SETTLED) == f"settled kind=crawl row={CLAIM.row_id} attempt=2 status=complete seconds=1.235"

    def test_facts_with_spaces_are_quoted(self) -> None:
        line = events.line(events.Crashed(CLAIM, error="ValueError: no page"))

        assert line == f'work raised kind=crawl row={CLAIM.row_id} attempt=2 error="ValueError: no page"'

    def test_no_fact_can_start_a_line_of_its_own(self) -> None:
        forged = events.Crashed(CLAIM, error="x\nsettled row=2\r\nsettled row=3")

        line = events.line(forged)

        assert len(line.splitlines()) == 1

    def test_no_fact_can_close_its_quotes_and_add_another(self) -> None:
        forged = events.Crashed(CLAIM, error='no" status="complete')

        line = events.line(forged)

        assert line.endswith("error=\"no' status='complete\"")


class TestToLog:
    def test_the_level_tells_how_bad_it_is(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, logger="worklane")

        events.to_log(SETTLED)
        events.to_log(events.Fenced(worker="w", why="cannot beat"))

        assert [record.levelname for record in caplog.records] == ["INFO", "ERROR"]
