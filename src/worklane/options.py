"""How a worker behaves."""

from dataclasses import dataclass
from datetime import timedelta

from worklane.quarantine import Quarantine


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """How a worker behaves. `polls=False` runs only the rows it is handed by `start_now` and `take`.

    `quarantine` runs rows that have killed processes somewhere else; without one, a worker that has nothing else to do
    runs them alone. `alone` is for the quarantine itself: nothing but such rows, one at a time, until none has come
    for `alone_for`.
    """

    concurrency: int = 4
    polls: bool = True
    poll_every: timedelta = timedelta(seconds=1)
    rescue_every: timedelta = timedelta(seconds=1)
    rescue_limit: int = 500
    grace: timedelta = timedelta(seconds=10)
    quarantine: Quarantine | None = None
    quarantines_at_once: int = 8
    alone: bool = False
    alone_for: timedelta = timedelta(seconds=10)
