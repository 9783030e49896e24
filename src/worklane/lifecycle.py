"""The life of a piece of work: its statuses, and which may follow which. Pure: no clock, no database."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from worklane.backoff import Backoff
from worklane.claim import Claim
from worklane.errors import IllegalMove
from worklane.outcome import Done, GiveUp, JsonValue, Outcome, Retry

MAX_CRASHES = 3


class Status(StrEnum):
    """Where a job is in its life."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE = frozenset({Status.PENDING, Status.RUNNING})
TERMINAL = frozenset({Status.COMPLETE, Status.FAILED, Status.CANCELLED})

MOVES: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.RUNNING, Status.CANCELLED}),
    Status.RUNNING: frozenset(Status) - {Status.RUNNING},
    Status.COMPLETE: frozenset(),
    Status.FAILED: frozenset(),
    Status.CANCELLED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What becomes of a claimed row. `run_after` is given when, and only when, the row goes back to waiting."""

    status: Status
    result: JsonValue = None
    error: str | None = None
    run_after: timedelta | None = None


def settlement(outcome: Outcome, claim: Claim, backoff: Backoff) -> Settlement:
    """Turn an answer and an attempt into the next status."""
    match outcome:
        case Done(result=result):
            return Settlement(status=Status.COMPLETE, result=result)
        case GiveUp(reason=reason):
            return Settlement(status=Status.FAILED, error=reason)
        case Retry(reason=reason) if claim.failures >= claim.max_attempts:
            return Settlement(status=Status.FAILED, error=reason)
        case Retry(reason=reason, after=after):
            wait = backoff.delay(claim.failures) if after is None else after
            return Settlement(status=Status.PENDING, error=reason, run_after=wait)


def check_move(before: Status, after: Status) -> None:
    """Raise IllegalMove unless `after` may follow `before`."""
    if after not in MOVES[before]:
        raise IllegalMove(f"{after} may not follow {before}")
