"""What a piece of work may answer: Done, Retry or GiveUp. Subclass Done to carry values to `save`."""

from dataclasses import dataclass
from datetime import timedelta

from worklane.json_value import JsonValue

__all__ = ["Done", "GiveUp", "JsonValue", "Outcome", "Retry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The work is finished; `result` is kept with the row."""

    result: JsonValue = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """The work should be tried again: `after` that time, or after the usual backoff."""

    reason: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Trying again would not help."""

    reason: str


Outcome = Done | Retry | GiveUp
