"""When what a provider said is to be forgotten."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, DateTime, Interval, cast, func, literal, null


def expires_after(keep: timedelta | None) -> ColumnElement[datetime | None]:
    """The database's clock that much later; null for ever."""
    if keep is None:
        return cast(null(), DateTime(timezone=True))
    return func.worklane_now() + cast(literal(keep), Interval)
