"""Why a URL of a scan gave no page, as one word for programs; the sentence beside it is for people. Pure."""

from enum import StrEnum


class PageCode(StrEnum):
    """The reasons. A status of HTTP that is an error has a word of its own: see `http_code`."""

    DNS = "dns"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TLS = "tls"
    ADDRESS_REFUSED = "address_refused"
    BUSY = "busy"
    BLOCKED = "blocked"
    ROBOTS = "robots"
    ROBOTS_UNREADABLE = "robots_unreadable"
    NOT_A_PAGE = "not_a_page"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    UNUSABLE_URL = "unusable_url"
    REDIRECTED = "redirected"
    REDIRECTED_AWAY = "redirected_away"
    REDIRECT_LOOP = "redirect_loop"
    DUPLICATE = "duplicate"
    SOFT_404 = "soft_404"
    GUESS = "guess"
    PART = "part"
    FAILED = "failed"


def http_code(status: int) -> str:
    """The word for a status of HTTP that is an error: http_404."""
    return f"http_{status}"
