"""Hosts of addresses: which are real, what their registrable domain is, by the bundled public suffix list."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

import idna

from scanlane.domain.public_suffixes import registry_suffixes

# Set aside by RFC 2606 and RFC 6761: nobody receives mail there, unless the page itself claims to live there.
RESERVED_SUFFIXES = frozenset(("example", "test", "invalid", "localhost", "local", "internal"))
RESERVED_DOMAINS = frozenset(("example.com", "example.net", "example.org", "example.edu"))

_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?\Z")


@lru_cache(maxsize=20_000)
def ascii_host(host: str) -> str:
    """The host as the DNS spells it (RFC 5890 A-labels, after UTS 46), lower case; unchanged if it has no such form."""
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return host.lower()


@lru_cache(maxsize=20_000)
def registrable(host: str) -> str:
    """The part of a host name that its owner registered, as the DNS spells it; empty without a public suffix."""
    host = ascii_host(host)
    domain, suffix = registry_suffixes().split(host)
    if suffix:
        return f"{domain}.{suffix}".lower() if domain else ""
    labels = host.lower().split(".")
    return ".".join(labels[-2:]) if len(labels) > 1 and labels[-1] in RESERVED_SUFFIXES else ""


def is_reserved(host: str) -> bool:
    """Whether the host lies in a domain that is set aside for examples."""
    labels = host.lower().split(".")
    return labels[-1] in RESERVED_SUFFIXES or ".".join(labels[-2:]) in RESERVED_DOMAINS


def is_host(host: str) -> bool:
    """Whether the text is a full host name below a known suffix."""
    labels = host.split(".")
    return len(host) <= 253 and len(labels) > 1 and all(map(_LABEL.match, labels)) and bool(registrable(host))


def host_of(url: str) -> str:
    """The host of a URL without "www." and port, as the DNS spells it; empty if it has none."""
    try:
        host = urlsplit(url.strip()[:2000]).hostname or ""
    except ValueError:
        return ""
    return ascii_host(host.rstrip(".")).removeprefix("www.")
