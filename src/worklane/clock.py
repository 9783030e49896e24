"""The time of day, as a value that can be handed down. In SQL the database's own `worklane_now()` decides."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
