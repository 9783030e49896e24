"""What a piece of work may answer: Done, Retry, Snooze or GiveUp. Subclass Done to carry values to `save`."""

from dataclasses import dataclass
from datetime import timedelta

from worklane.json_value import JsonValue

__all__ = ["Done", "GiveUp", "JsonValue", "Outcome", "Retry", "Snooze"]


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
class Snooze:
    """It is too early for this work: look again after that time. No attempt is used, however often."""

    after: timedelta
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Trying again would not help."""

    reason: str


Outcome = Done | Retry | Snooze | GiveUp
