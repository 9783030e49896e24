"""How a domain receives mail, asked of the DNS. No mail server is ever spoken to."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import aiodns
from aiodns import error as dns_errors
from pycares import ARES_FLAG_NOSEARCH

from scanlane.domain.mail_verdicts import MailState

TIMEOUT = 3.0
TRIES = 3
MOST_HOSTS = 20

_NO_DOMAIN = frozenset({dns_errors.ARES_ENOTFOUND})
_NO_DATA = frozenset({dns_errors.ARES_ENODATA})
_NONSENSE = frozenset({dns_errors.ARES_EBADNAME, dns_errors.ARES_EBADQUERY})


@dataclass(frozen=True, slots=True)
class MailAnswer:
    """What the DNS said: the mail servers, the preferred one first, and for how many seconds it holds."""

    state: MailState
    hosts: tuple[str, ...] = ()
    ttl: int = 0


class MailDns:
    """Asks for MX records, and for addresses where there are none (RFC 5321, section 5.1). Use it as a context."""

    def __init__(self, nameservers: Sequence[str] = (), *, timeout: float = TIMEOUT, tries: int = TRIES) -> None:
        """`nameservers`: host or host:port; none: those of the machine."""
        self._resolver = aiodns.DNSResolver(
            nameservers=list(nameservers) or None, timeout=timeout, tries=tries, flags=ARES_FLAG_NOSEARCH
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the sockets."""
        with suppress(OSError):
            await self._resolver.close()

    async def ask(self, domain: str) -> MailAnswer:
        """How that domain (in ASCII) receives mail. Silence and failures of servers are UNKNOWN, never a verdict."""
        try:
            records = await self._records(domain, "MX")
        except aiodns.error.DNSError as error:
            return _failed(error)
        if not records:
            return await self._implicit(domain)
        ttl = min(record.ttl for record in records)
        servers = sorted({(record.data.priority, record.data.exchange.rstrip(".").lower()) for record in records})
        hosts = tuple(host for _, host in servers if host)[:MOST_HOSTS]
        # One MX whose host is the root: the domain takes no mail (RFC 7505).
        return MailAnswer(MailState.MX if hosts else MailState.NULL_MX, hosts, ttl)

    async def _implicit(self, domain: str) -> MailAnswer:
        """Without MX the domain's own address takes its mail."""
        try:
            for kind in ("A", "AAAA"):
                records = await self._records(domain, kind)
                if records:
                    return MailAnswer(MailState.IMPLICIT, (domain,), min(record.ttl for record in records))
        except aiodns.error.DNSError as error:
            return _failed(error)
        return MailAnswer(MailState.NO_HOST)

    async def _records(self, domain: str, kind: str) -> list[Any]:
        """The records of that kind; none where the domain has none. Raises DNSError."""
        try:
            answer = await asyncio.wait_for(self._resolver.query_dns(domain, kind), TIMEOUT * TRIES * 2)
        except TimeoutError:
            raise aiodns.error.DNSError(dns_errors.ARES_ETIMEOUT, "no answer in time") from None
        except aiodns.error.DNSError as error:
            if _number(error) in _NO_DATA:
                return []
            raise
        return [record for record in answer.answer if _is_of(record, kind)]


def _is_of(record: Any, kind: str) -> bool:
    """Aliases come with the answer, too."""
    return type(record.data).__name__ == f"{kind}RecordData"


def _failed(error: aiodns.error.DNSError) -> MailAnswer:
    gone = _number(error) in _NO_DOMAIN | _NONSENSE
    return MailAnswer(MailState.NO_DOMAIN if gone else MailState.UNKNOWN)


def _number(error: aiodns.error.DNSError) -> object:
    return error.args[0] if error.args else None
