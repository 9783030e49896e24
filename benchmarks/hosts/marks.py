"""Marks that a worker leaves outside the database: when it fenced itself, and when each attempt was at work."""

import os
import time
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from benchmarks.chaos.history import Change, History

FENCED, WORKING, NOT_WORKING = "fenced", "working", "not-working"
Attempt = tuple[UUID, int]


def marks_beside(outside: Path) -> Path:
    """Where the marks stand: beside the file of the outside effects."""
    return outside.with_name("marks")


def mark(place: Path, what: str, who: UUID, token: int = 0) -> None:
    """Add one line. All machines share the kernel, hence the clock, with the database server."""
    # One write in append mode is whole, also beside other processes.
    descriptor = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{what} {who} {token} {time.time():.6f}\n".encode())
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Marks:
    """When each worker fenced itself, and when each attempt went to work or left it, in seconds since the epoch."""

    fenced: dict[UUID, float] = field(default_factory=dict)
    moments: dict[Attempt, list[tuple[float, bool]]] = field(default_factory=dict)

    def is_working(self, attempt: Attempt, at: float) -> bool:
        """Whether the attempt was at work at that moment."""
        before = [is_working for moment, is_working in self.moments.get(attempt, ()) if moment <= at]
        return bool(before) and before[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fences:
    """Whether workers stopped in time.

    fenced_late    workers that had not fenced themselves when the first of their rows was freed
    stopped_late   attempts that were still at work when their row was freed; jobs that refuse to stop aside
    margins        seconds from each worker's fence to the first of its rows being freed, in ascending order
    """

    fenced_late: int
    stopped_late: int
    margins: list[float]


def read_marks(place: Path) -> Marks:
    """Read the marks of a run that is over."""
    marks = Marks()
    for line in place.read_text(encoding="utf-8").splitlines() if place.exists() else ():
        what, who, token, at = line.split()
        if what == FENCED:
            marks.fenced[UUID(who)] = float(at)
        else:
            marks.moments.setdefault((UUID(who), int(token)), []).append((float(at), what == WORKING))
    return marks


def fences(history: History, marks: Marks, stubborn: Set[UUID]) -> Fences:
    """Compare the marks with the moments at which the ledger saw rows being freed."""
    freed = [change for change in history.changes if change.is_rescue]
    first = _first_freed(freed)
    late = [attempt for attempt, at in _attempts(freed).items() if marks.is_working(attempt, at)]
    margins = {worker: at - marks.fenced[worker] for worker, at in first.items() if worker in marks.fenced}
    return Fences(
        fenced_late=sum(1 for worker in first if margins.get(worker, -1.0) < 0),
        stopped_late=sum(1 for job, _ in late if job not in stubborn),
        margins=sorted(round(margin, 3) for margin in margins.values()),
    )


def _first_freed(freed: list[Change]) -> Mapping[UUID, float]:
    first: dict[UUID, float] = {}
    for change in freed:
        if change.old_worker is not None:
            first.setdefault(change.old_worker, change.at.timestamp())
    return first


def _attempts(freed: list[Change]) -> Mapping[Attempt, float]:
    return {(change.job_id, change.old_token or 0): change.at.timestamp() for change in freed}
