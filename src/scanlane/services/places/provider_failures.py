"""What becomes of work to which a provider of places gave no answer."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.clients.places.errors import AuthError, PlacesFailed, QuotaExceeded, Transient
from scanlane.stores.queue_pauses import pause_queue
from worklane.outcome import GiveUp, Outcome, Retry, Snooze

# Soon after somebody resumes the queue. A quarantine does not look at pauses: it asks no more often than this.
A_REFUSED_KEY_RESTS = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pausing(Snooze):
    """The provider answers nobody: no other row need try. `lasting`: for so long; None: until somebody resumes it."""

    lasting: timedelta | None = None


def outcome_of(error: PlacesFailed) -> Outcome:
    """The answer of work that met this error. Ten thousand rows do not fail because a key was refused."""
    match error:
        case AuthError():
            return Pausing(after=A_REFUSED_KEY_RESTS, reason=error.message)
        case QuotaExceeded(retry_after=wait):
            return Pausing(after=wait, reason=error.message, lasting=wait)
        case Transient():
            return Retry(reason=error.message)
    return GiveUp(error.message)


async def pause_if_told(session: AsyncSession, queue: str, outcome: Outcome) -> None:
    """Pause the queue where the outcome says so, together with the row that is put back."""
    if isinstance(outcome, Pausing):
        await pause_queue(session, queue, reason=outcome.reason or queue, span=outcome.lasting)
