"""How deep a queue is, as values that were just read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Stage(StrEnum):
    """Where a row of a queue stands. A suspect waits to be run alone, for its process died under it before."""

    WAITING = "waiting"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    SUSPECT = "suspect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """One queue's rows that are not finished, by stage and kind.

    `capped` names the stages whose rows were not all counted: of these, there may be more. `oldest_waiting` is how
    long the oldest waiting row has been due, None if none waits; always None if the queue does not know (`knows_age`).
    """

    queue: str
    counts: Mapping[tuple[Stage, str], int]
    capped: frozenset[Stage] = frozenset()
    oldest_waiting: timedelta | None = None
    knows_age: bool = True
