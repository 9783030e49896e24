"""Any story of the status lane: the owner adds places, and wants finished ones scanned again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis.stateful import precondition, rule

from tests.worklane.model.life import FEW, Life, pick
from tests.worklane.model.paper import PaperRow, PlacesOnPaper
from tests.worklane.model.place_audit import PlaceAuditor
from tests.worklane.model.place_lane import COLUMN
from worklane.lifecycle import TERMINAL, Status


class PlaceLife(Life):
    """One story of places."""

    def __init__(self) -> None:
        super().__init__()
        self.paper = PlacesOnPaper()
        self.auditor = PlaceAuditor()

    @precondition(lambda self: len(self.paper.rows) < 5)
    @rule()
    def a_row_comes(self) -> None:
        row_id = UUID(int=len(self.paper.rows) + 1)
        self.run(self.lane.add(row_id))
        self.paper.rows[row_id] = PaperRow(
            id=row_id, tenant="", subject=str(row_id), priority=0, max_attempts=3, run_at=self.paper.now
        )

    @precondition(lambda self: any(row.status in TERMINAL for row in self.paper.rows.values()))
    @rule(which=FEW)
    def the_owner_wants_it_again(self, which: int) -> None:
        row = pick([row for row in self.paper.rows.values() if row.status in TERMINAL], which)
        self.run(self.lane.reset(row.id))
        row.status, row.run_at = Status.PENDING, self.paper.now

    def on_paper(self) -> set[tuple[Any, ...]]:
        return {
            (row.id, COLUMN.word(row.status), row.attempt, row.crashes, row.token, row.worker, _waits_until(row))
            for row in self.paper.rows.values()
        }


def _waits_until(row: PaperRow) -> timedelta | None:
    """What stands beside a claimed row that waits for its next attempt."""
    return row.run_at if row.token and row.worker is None else None
