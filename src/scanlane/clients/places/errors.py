"""Why a provider gave no answer; each error is one sentence.

PlacesFailed
├── NotFound          it knows no such place, or no longer
├── Moved             the place has another ref now
├── InvalidRequest    it will never answer this request
├── AuthError         it does not let this installation in; only the operator can change that
├── QuotaExceeded     it has answered enough for now; knows how long to wait
└── Transient         it may well answer in a moment
"""

from datetime import timedelta

from scanlane.domain.places import PlaceRef
from scanlane.errors import AppError

LONGEST_MESSAGE = 300


class PlacesFailed(AppError):
    """The provider of places did not answer."""

    status = 502

    def __init__(self, message: str | None = None) -> None:
        super().__init__(None if message is None else " ".join(message.split())[:LONGEST_MESSAGE])


class NotFound(PlacesFailed):
    """The provider knows no such place."""

    status = 404


class Moved(PlacesFailed):
    """The place is called otherwise now."""

    status = 404

    def __init__(self, old: PlaceRef, new: PlaceRef) -> None:
        super().__init__(f"{old} has moved to {new}")
        self.new_ref = new


class InvalidRequest(PlacesFailed):
    """The provider does not understand the request."""

    status = 422


class AuthError(PlacesFailed):
    """The provider does not let this installation in."""


class QuotaExceeded(PlacesFailed):
    """The provider has answered enough for now."""

    status = 503

    def __init__(self, message: str | None = None, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Transient(PlacesFailed):
    """The provider does not answer at the moment."""

    status = 503
