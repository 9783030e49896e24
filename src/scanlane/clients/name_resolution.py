"""Name resolution for the crawler: asynchronous, impatient, and remembering what each host resolved to."""

import socket
from contextlib import suppress

from aiodns import error as dns_errors
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import AsyncResolver
from pycares import ARES_FLAG_NOSEARCH

MOST_REMEMBERED = 10_000
_NOT_FOUND = frozenset({dns_errors.ARES_ENOTFOUND, dns_errors.ARES_ENODATA})


class HostNotFound(OSError):
    """The name exists nowhere, or has no address: trying again will not help soon."""


class RememberingResolver(AbstractResolver):
    """Resolves names, by aiodns unless another resolver is given, and can say afterwards what a host resolved to."""

    def __init__(self, resolver: AbstractResolver | None = None) -> None:
        # Without NOSEARCH an unknown public name would be tried again under the machine's own search domains.
        self._resolver = resolver or AsyncResolver(timeout=4, tries=2, flags=ARES_FLAG_NOSEARCH)
        self._addresses: dict[str, tuple[str, ...]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a host. Raises HostNotFound, or OSError when no name server answers."""
        try:
            found = await self._resolver.resolve(host, port, family)
        except OSError as error:
            raise (HostNotFound(str(error)) if _is_final(error) else error) from error
        if len(self._addresses) < MOST_REMEMBERED:
            self._addresses[host] = tuple(one["host"] for one in found)
        return found

    def addresses(self, host: str) -> tuple[str, ...]:
        """What the host resolved to the last time; empty when it never was."""
        return self._addresses.get(host, ())

    async def close(self) -> None:
        """Let go of the name servers' sockets."""
        with suppress(OSError):
            await self._resolver.close()


def _is_final(error: OSError) -> bool:
    cause = error.__cause__
    if isinstance(cause, dns_errors.DNSError):
        return bool(cause.args) and cause.args[0] in _NOT_FOUND
    return isinstance(error, socket.gaierror) and error.errno == socket.EAI_NONAME
