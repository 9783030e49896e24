"""The authority part of a URL (RFC 3986, 3.2) as a crawler accepts it: strict hosts, and what they belong to. Pure."""

import ipaddress
import re
from functools import lru_cache

import idna

from scanlane.domain.public_suffixes import owners_suffixes

LONGEST_HOST = 253
LOCALHOST = "localhost"

# Site builders and hosts that give each customer a name of its own, and are not (yet) in the Public Suffix List.
_HOSTS_OF_CUSTOMERS = (
    "bigcartel.com business.site canva.site eatbu.com editmysite.com godaddysites.com homepage.t-online.de jimdo.com "
    "jimdofree.com jimdosite.com jouwweb.nl localwebsites.com mozello.com mystrikingly.com notion.site site123.me "
    "squarespace.com strikingly.com tumblr.com typepad.com ueniweb.com webador.com webador.de webnode.com webnode.page "
    "weebly.com weeblysite.com wixstudio.io wordpress.com zohosites.com zyrosite.com"
).split()

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class UnusableHost(ValueError):
    """The text is no host; the message says why, as the end of a sentence."""


@lru_cache(maxsize=8192)
def read_host(text: str) -> str:
    """The host in lower case and ASCII (IDNA), IPv6 addresses in brackets. Raises UnusableHost.

    An IPv4 address is four plain decimal numbers; every other way of writing one (decimal, octal, hexadecimal, short)
    is refused, for libraries disagree about what it means (WHATWG URL, "ends in a number").
    """
    if text.startswith("["):
        return _read_ipv6(text)
    if len(text) > LONGEST_HOST:
        raise UnusableHost("its host name is too long")
    host = _to_ascii(text).removesuffix(".")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return _read_ipv4(host)
    if len(host) > LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise UnusableHost("its host name is malformed")
    return host


def is_address(host: str) -> bool:
    """Whether the host, as read_host returns it, is an IP address."""
    return host.startswith("[") or _NUMBER.fullmatch(host.rpartition(".")[2]) is not None


def is_local(host: str) -> bool:
    """Whether the host is an IP address or this machine, hence has no registrable domain."""
    return is_address(host) or host == LOCALHOST or host.endswith("." + LOCALHOST)


def without_www(host: str) -> str:
    """The host without a leading `www.`."""
    rest = host.removeprefix("www.")
    return rest if "." in rest or rest == LOCALHOST else host


@lru_cache(maxsize=8192)
def owned_domain(host: str) -> str:
    """The part of the host that one owner holds: `shop.example.co.uk` -> `example.co.uk`. Addresses: themselves.

    Customers of a hosting provider count as separate owners (the private section of the Public Suffix List, and more).
    """
    if is_local(host):
        return host
    domain, suffix = owners_suffixes(*_HOSTS_OF_CUSTOMERS).split(host)
    if suffix:
        return f"{domain}.{suffix}" if domain else host
    return ".".join(host.split(".")[-2:])


def _to_ascii(text: str) -> str:
    if text.isascii() and "xn--" not in text.lower():
        return text.lower()
    try:
        return idna.encode(text, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise UnusableHost("its host name is malformed") from None


def _read_ipv4(host: str) -> str:
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        raise UnusableHost("its host is a number, not a name; write an IPv4 address as 192.0.2.1") from None


def _read_ipv6(text: str) -> str:
    try:
        if not text.endswith("]") or "%" in text:
            raise ValueError
        return f"[{ipaddress.IPv6Address(text[1:-1]).compressed}]"
    except ValueError:
        raise UnusableHost("its IPv6 address is malformed") from None
