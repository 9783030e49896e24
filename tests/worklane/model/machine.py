"""Any story of the job lane: jobs are enqueued, also twice, and called off."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.worklane.model.audit import Auditor
from tests.worklane.model.life import FEW, Life, pick, same
from tests.worklane.model.paper import Paper, PaperRow
from worklane.lifecycle import Status


class JobLife(Life):
    """One story of jobs."""

    def __init__(self) -> None:
        super().__init__()
        self.paper = Paper()
        self.auditor = Auditor()

    def a_row_comes(self) -> None:
        self.enqueue("a", "", 0)

    @rule(subject=st.sampled_from("ab"), tenant=st.sampled_from(["", "", "other"]), priority=st.integers(0, 1))
    def enqueue(self, subject: str, tenant: str, priority: int) -> None:
        active = self.paper.active(tenant, subject)
        row_id = UUID(int=len(self.paper.rows) + 1)
        values = {"id": row_id, "subject": subject, "tenant": tenant, "priority": priority, "max_attempts": 2}
        answer = self.run(self.lane.enqueue(values))
        if active is not None:
            same("enqueue", answer, (active.id, active.status, False))
            return
        same("enqueue", answer, (row_id, Status.PENDING, True))
        self.paper.rows[row_id] = PaperRow(
            id=row_id, tenant=tenant, subject=subject, priority=priority, max_attempts=2, run_at=self.paper.now
        )

    @precondition(lambda self: self.paper.rows)
    @rule(which=FEW, tenant=st.sampled_from(["", "other"]))
    def a_job_is_cancelled(self, which: int, tenant: str) -> None:
        row = self.paper.rows[pick(self.ids, which)]
        same("cancel", self.run(self.lane.cancel(row.id, tenant)), self.paper.cancel(row, tenant))

    def on_paper(self) -> set[tuple[Any, ...]]:
        return {
            (row.id, row.status.value, row.attempt, row.crashes, row.token, row.worker, row.run_at, row.progress)
            for row in self.paper.rows.values()
        }
