"""What an answer must look like before its body is read."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from scanlane.clients.website_errors import Blocked, BodyTooLarge, NotAPage, ServerBusy, UnusableUrl
from scanlane.domain.challenges import wall_by_body, wall_by_headers
from scanlane.domain.urls import Url, join

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_TEXT_TYPES = frozenset(
    {
        "text/html",
        "text/plain",
        "text/xml",
        "application/xhtml+xml",
        "application/xml",
        "application/rss+xml",
        "application/atom+xml",
    }
)
_LONGEST_WAIT = timedelta(days=1)

Headers = Mapping[str, str]


def redirect_target(url: Url, status: int, headers: Headers) -> str | None:
    """Where the answer redirects to; None when it is no redirect. Raises UnusableUrl for a target nobody may fetch."""
    location = headers.get("Location")
    if status not in REDIRECTS or location is None:
        return None
    # Servers send the raw bytes of non-ASCII targets; the HTTP library hands them on as surrogates.
    text = location.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    target = join(str(url), text)
    if target is None:
        raise UnusableUrl(f"{url} redirects to an address that cannot be fetched.")
    return target


def refuse_unfriendly(url: Url, status: int, headers: Headers, start: bytes = b"") -> None:
    """Raise Blocked for a challenge, ServerBusy when the server asks for patience. `start`: that of the body."""
    wall = wall_by_headers(status, headers) or wall_by_body(status, start)
    if wall is not None:
        raise Blocked(f"{url.netloc} shows a challenge to robots ({wall}) instead of the page.", http_status=status)
    if status in (429, 503):
        wait = retry_after(headers, now=datetime.now(UTC))
        raise ServerBusy(f"{url.netloc} is busy (status {status}).", http_status=status, retry_after=wait)


def refuse_unreadable(url: Url, headers: Headers, *, largest: int) -> None:
    """Raise NotAPage or BodyTooLarge when the headers alone show that the body is not worth reading."""
    content_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if content_type and content_type not in _TEXT_TYPES and url.path != "/robots.txt":
        shown = content_type[:60] if content_type.isprintable() else "unreadable"
        raise NotAPage(f"The answer is no text page but {shown}.", content_type=shown)
    encoding = headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise NotAPage("The answer is encoded in a way that was not asked for.", content_type=content_type)
    length = headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > largest:
        raise BodyTooLarge(f"The page is larger than {largest} bytes.")


def retry_after(headers: Headers, *, now: datetime) -> timedelta | None:
    """The Retry-After header as a duration of at most one day (RFC 9110, 10.2.3); None when missing or rubbish."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:10]), _LONGEST_WAIT.total_seconds()))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(aware - now, timedelta()), _LONGEST_WAIT)
