"""The dates of sitemaps and feeds as moments: W3C dates of every precision, RFC 822, and what people write instead."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_DATE = 64
# Systems that know no date write the first day of their calendar (0001-01-01); the web is younger.
FIRST_YEAR = 1980
FARTHEST_ZONE = 15

_LENIENT = re.compile(
    r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?"
    r"(?:[T\s]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,12}))?)?)?"
    r"\s*(?:Z|UTC|GMT|(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})?)?",
    re.IGNORECASE | re.ASCII,
)


def moment(text: str) -> datetime | None:
    """The moment that a date names, in UTC; the start of the day, month or year if it is no more exact.

    A time without a zone is taken for UTC (W3C NOTE-datetime, RFC 822). None if the text is no date, or lies before
    FIRST_YEAR.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _unusual(text)
    if found.year < FIRST_YEAR:
        return None
    if found.tzinfo is UTC:
        return found
    return _in_utc(found)


def _unusual(text: str) -> datetime | None:
    if len(text) > LONGEST_DATE:
        return None
    parts = _LENIENT.fullmatch(text.strip())
    try:
        found = _in_utc(_assembled(parts) if parts else parsedate_to_datetime(text))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return found if found is not None and found.year >= FIRST_YEAR else None


def _assembled(parts: re.Match[str]) -> datetime:
    year, month, day = (int(parts[name] or 1) for name in ("year", "month", "day"))
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    micro = int((parts["fraction"] or "").ljust(6, "0")[:6])
    local = datetime(year, month, day, hour, minute, min(second, 59), micro, UTC)
    if int(parts["hours"] or 0) > FARTHEST_ZONE:
        raise ValueError("no zone is that far from UTC")
    ahead = timedelta(hours=int(parts["hours"] or 0), minutes=int(parts["minutes"] or 0))
    return local + ahead if parts["sign"] == "-" else local - ahead


def _in_utc(found: datetime) -> datetime | None:
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        return None
