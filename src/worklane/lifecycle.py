"""The life of a piece of work: its statuses, and which may follow which. Pure: no clock, no database."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from worklane.backoff import Backoff
from worklane.claim import Claim
from worklane.errors import IllegalMove
from worklane.outcome import Done, GiveUp, JsonValue, Outcome, Retry, Snooze

# A row under which so many processes have died is a suspect: from then on it runs alone.
SUSPECT_AFTER = 2
# Nothing else can be the cause if its process dies then, too. Once may be a kill, a stop or an outage that hit it.
LONE_CRASHES = 2
MAX_CRASHES = SUSPECT_AFTER + LONE_CRASHES
CONVICTED = f"{LONE_CRASHES} processes died while it ran alone, after {SUSPECT_AFTER} in which others ran, too"


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
    """What becomes of a claimed row. `run_after` is given when, and only when, the row goes back to waiting.

    `refund` is 1 where the attempt shall not count, else 0.
    """

    status: Status
    result: JsonValue = None
    error: str | None = None
    run_after: timedelta | None = None
    refund: int = 0


COMPLETE = Settlement(status=Status.COMPLETE)


def settlement(outcome: Outcome, claim: Claim, backoff: Backoff, *, max_attempts: int | None = None) -> Settlement:
    """Turn an answer and an attempt into the next status. `max_attempts` replaces the row's own."""
    match outcome:
        case Done(result=None):
            return COMPLETE
        case Done(result=result):
            return Settlement(status=Status.COMPLETE, result=result)
        case GiveUp(reason=reason):
            return Settlement(status=Status.FAILED, error=reason)
        case Snooze(after=after, reason=reason):
            return Settlement(status=Status.PENDING, error=reason, run_after=after, refund=1)
        case Retry(reason=reason) if claim.failures >= (max_attempts or claim.max_attempts):
            return Settlement(status=Status.FAILED, error=reason)
        case Retry(reason=reason, after=after):
            wait = backoff.delay(claim.failures) if after is None else after
            return Settlement(status=Status.PENDING, error=reason, run_after=wait)


def check_move(before: Status, after: Status) -> None:
    """Raise IllegalMove unless `after` may follow `before`."""
    if after not in MOVES[before]:
        raise IllegalMove(f"{after} may not follow {before}")
