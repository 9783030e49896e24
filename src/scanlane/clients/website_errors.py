"""What can go wrong with one request to a website; each error is one sentence for the job's owner.

FetchFailed
├── PageUnreachable        the connection fails or breaks off
│   ├── DnsFailed          the host has no address
│   ├── ConnectionRefused  the host has an address, but no server at it
│   ├── TlsFailed          no trustworthy encrypted connection
│   └── DeadlinePassed     it takes too long
├── AddressRefused         the host's address is not one that the crawler may connect to
├── ServerBusy             429 or 503; knows how long to wait
│   └── HostPaused         nobody asks the host now, for it was busy a short while ago
├── Blocked                a challenge page instead of the page
├── NotAPage               a content type or encoding that holds no text
├── BodyTooLarge           more bytes than one page may have
├── TooManyRedirects       a chain of redirects without an end
└── UnusableUrl            a URL that is not fetched at all
"""

from datetime import timedelta

from scanlane.domain.page_codes import PageCode
from scanlane.errors import AppError


class FetchFailed(AppError):
    """The page could not be fetched."""

    status = 502
    temporary = False
    code: str = PageCode.FAILED


class PageUnreachable(FetchFailed):
    """The server does not answer."""

    temporary = True
    code = PageCode.UNREACHABLE


class DnsFailed(PageUnreachable):
    """The host name cannot be resolved."""

    code = PageCode.DNS

    def __init__(self, message: str | None = None, *, temporary: bool = True) -> None:
        super().__init__(message)
        self.temporary = temporary


class ConnectionRefused(PageUnreachable):
    """Nothing answers at the server's address."""

    code = PageCode.REFUSED


class TlsFailed(PageUnreachable):
    """There is no trustworthy encrypted connection to the server."""

    temporary = False
    code = PageCode.TLS


class DeadlinePassed(PageUnreachable):
    """The server took too long to answer."""

    code = PageCode.TIMEOUT


class AddressRefused(FetchFailed):
    """The address is not a public one, and the operator has not allowed its network."""

    status = 422
    code = PageCode.ADDRESS_REFUSED


class ServerBusy(FetchFailed):
    """The server asks to be left alone for a while."""

    temporary = True
    code = PageCode.BUSY

    def __init__(self, message: str | None = None, *, http_status: int = 503, retry_after: timedelta | None) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.retry_after = retry_after


class HostPaused(ServerBusy):
    """The host is left alone for a while, by everybody; nothing was sent. `retry_after` says until when."""


class Blocked(FetchFailed):
    """The server shows a challenge to robots instead of the page."""

    code = PageCode.BLOCKED

    def __init__(self, message: str | None = None, *, http_status: int = 403) -> None:
        super().__init__(message)
        self.http_status = http_status


class NotAPage(FetchFailed):
    """The answer is not a text page."""

    code: str = PageCode.NOT_A_PAGE

    def __init__(self, message: str | None = None, *, content_type: str = "") -> None:
        super().__init__(message)
        self.content_type = content_type


class BodyTooLarge(FetchFailed):
    """The answer is larger than a page may be."""

    code = PageCode.TOO_LARGE


class TooManyRedirects(FetchFailed):
    """The page only ever redirects elsewhere."""

    code = PageCode.REDIRECT_LOOP


class UnusableUrl(FetchFailed):
    """The address is not one that can be fetched."""

    code = PageCode.UNUSABLE_URL
