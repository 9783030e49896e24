"""One worker process of a machine: `python -m benchmarks.hosts.worker ORDER`; the fault suite's, leaving marks."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from benchmarks.chaos.work import ChaosWork, Given, PlainChaosWork
from benchmarks.chaos.worker import Order, begin, tell
from benchmarks.hosts.marks import FENCED, NOT_WORKING, WORKING, mark, marks_beside

from worklane import events
from worklane.executor import AnyWork
from worklane.outcome import Outcome
from worklane.work import Report

MODULE = "benchmarks.hosts.worker"


@dataclass
class MarkedWork(ChaosWork):
    """The work of the fault suite, which marks when it is at work; not while it waits for a portion to be kept."""

    async def perform(self, given: Given, report: Report[int]) -> Outcome:
        """Perform between two marks."""
        attempt = _Attempt(marks_beside(self.outside), given, report)
        attempt.mark(WORKING)
        try:
            return await super().perform(given, attempt)
        finally:
            attempt.mark(NOT_WORKING)


class _Attempt:
    """A report that marks how long it takes."""

    def __init__(self, marks: Path, given: Given, report: Report[int]) -> None:
        self._marks = marks
        self._given = given
        self._report = report

    def mark(self, what: str) -> None:
        mark(self._marks, what, self._given.job_id, self._given.token)

    async def keep(self, portion: int, *, progress: float | None = None) -> None:
        # A write that is cancelled takes its time to give up a connection nobody answers on; no work is done meanwhile.
        self.mark(NOT_WORKING)
        await self._report.keep(portion, progress=progress)
        self.mark(WORKING)

    async def progress(self, fraction: float) -> None:
        self.mark(NOT_WORKING)
        await self._report.progress(fraction)
        self.mark(WORKING)


def marked_works(order: Order) -> Sequence[AnyWork]:
    """The works of the fault suite, the one with portions leaving marks."""
    outside = Path(order.outside)
    return [MarkedWork(outside), PlainChaosWork(outside)]


def teller(outside: Path) -> events.Listener:
    """The fault suite's listener, which marks a fence."""

    def tell_and_mark(event: events.Event) -> None:
        if isinstance(event, events.Fenced):
            mark(marks_beside(outside), FENCED, UUID(event.worker))
        tell(event)

    return tell_and_mark


def main() -> None:
    """Read the order and work."""
    order = Order(**json.loads(sys.argv[1]))
    begin(order, module=MODULE, make_works=marked_works, listener=teller(Path(order.outside)))


if __name__ == "__main__":
    main()
