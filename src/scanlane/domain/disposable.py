"""Domains of throw-away mailboxes: the public list of the package disposable-email-domains, and the operator's own."""

from collections.abc import Iterable
from functools import cache

from scanlane.domain.suppression_keys import host_suffixes


@cache
def public_list() -> frozenset[str]:
    """The public list, lower case; read when it is first needed."""
    from disposable_email_domains import blocklist

    return frozenset(blocklist)


def is_disposable(domain: str, own: frozenset[str] = frozenset()) -> bool:
    """Whether the domain, or one above it, hands out throw-away mailboxes. `own`: the operator's additions."""
    return any(name in own or name in public_list() for name in host_suffixes(domain.lower()))


def read_list(lines: Iterable[str]) -> frozenset[str]:
    """A list of domains, one a line, with # comments."""
    names = (line.partition("#")[0].strip().lower().removeprefix("@") for line in lines)
    return frozenset(name for name in names if name)
