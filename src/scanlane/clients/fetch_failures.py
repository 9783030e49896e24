"""The translation of the HTTP library's errors into the crawler's own."""

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp

from scanlane.clients.address_guard import RefusedSocket
from scanlane.clients.name_resolution import HostNotFound
from scanlane.clients.website_errors import (
    AddressRefused,
    ConnectionRefused,
    DeadlinePassed,
    DnsFailed,
    FetchFailed,
    PageUnreachable,
    TlsFailed,
    UnusableUrl,
)
from scanlane.domain.urls import Url


@contextmanager
def translated(url: Url, *, seconds: float) -> Iterator[None]:
    """Let only FetchFailed and its kin out of the block; cancellation passes untouched."""
    try:
        yield
    except FetchFailed:
        raise
    except TimeoutError as error:
        raise DeadlinePassed(f"{url.netloc} did not answer within {seconds:g} seconds.") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise _failure(url, error) from error


def _failure(url: Url, error: Exception) -> FetchFailed:
    match error:
        case aiohttp.ClientConnectorDNSError(os_error=HostNotFound()):
            return DnsFailed(f"{url.host} has no address on the internet (DNS).", temporary=False)
        case aiohttp.ClientConnectorDNSError():
            return DnsFailed(f"{url.host} cannot be resolved: no name server answered (DNS).")
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return TlsFailed(f"{url.netloc} offers no trustworthy encrypted connection (TLS).")
        case aiohttp.ClientConnectorError() if RefusedSocket.SIGN in str(error.os_error):
            return AddressRefused(f"{url.netloc} is refused: {_refusal(error.os_error)}.")
        case aiohttp.InvalidURL():
            return UnusableUrl(f"{url} cannot be fetched.")
        case aiohttp.ClientConnectorError(os_error=ConnectionRefusedError()):
            return ConnectionRefused(f"{url.netloc} cannot be reached: {_reason(error.os_error)}.")
        case aiohttp.ClientConnectorError():
            return PageUnreachable(f"{url.netloc} cannot be reached: {_reason(error.os_error)}.")
        case aiohttp.ClientPayloadError() | aiohttp.ServerDisconnectedError() | ConnectionError():
            return PageUnreachable(f"{url.netloc} broke the connection off.")
        case _:
            return PageUnreachable(f"{url.netloc} answered with something that is not HTTP.")


def _refusal(error: OSError) -> str:
    cause = error.__cause__
    return cause.message if isinstance(cause, AddressRefused) else AddressRefused().message.rstrip(".")


def _reason(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno else "no connection"
