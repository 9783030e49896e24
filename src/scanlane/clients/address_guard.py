"""The address guard: no connection leaves for an address that is not public, unless the operator allowed its network.

It is asked for every socket, right before connecting: after DNS, after its cache, and again for each redirect.
The rules are spelled out here, because `ipaddress.is_global` changes between Python versions and lets some pass.
"""

import errno
import ipaddress
import socket
from collections.abc import Collection, Sequence
from functools import lru_cache

from aiohappyeyeballs import AddrInfoType

from scanlane.clients.own_addresses import find_own_addresses
from scanlane.clients.website_errors import AddressRefused
from scanlane.domain.authority import is_address, is_local
from scanlane.domain.sites import Site, UnusableWebsite
from scanlane.domain.urls import read_url
from scanlane.errors import BadInput

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# No text of an address is longer, not even with an IPv4 address as its end.
_LONGEST_TEXT = 45
_PUBLIC_PORTS = frozenset({80, 443, *range(8000, 9000)})

# IANA IPv4 special-purpose registry, multicast, reserved, and the metadata address of one large cloud.
_SPECIAL_IPV4 = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# Inside 2000::/3. Teredo (2001::/32) and 6to4 (2002::/16) carry an IPv4 address; NAT64 and mapped ones lie outside.
_SPECIAL_IPV6 = tuple(
    ipaddress.IPv6Network(block)
    for block in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20")
)
# RFC 5214: an interface identifier of this form carries an IPv4 address (ISATAP).
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})


class UnusableNetwork(BadInput):
    """This is not a network in CIDR notation."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message, field="allow_networks")


class AddressGuard:
    """Decides about addresses: public ones on the web's ports, and any port in the operator's allowed networks."""

    def __init__(self, allowed_networks: Sequence[Network] = (), own_addresses: Collection[str] | None = None) -> None:
        self._allowed = tuple(allowed_networks)
        given = find_own_addresses() if own_addresses is None else own_addresses
        # As numbers, not as texts: one IPv6 address has many spellings.
        self._own = frozenset(filter(None, map(_parse, given)))

    def allows(self, ip: str) -> bool:
        """Whether the operator allowed this address by network, whatever the port."""
        address = _parse(ip)
        return address is not None and any(address in network for network in self._allowed)

    def check(self, sockaddr: Sequence[object]) -> None:
        """Raise AddressRefused unless the socket address may be connected to."""
        ip, port, *rest = sockaddr
        scope_id = rest[1] if len(rest) > 1 else 0
        if not scope_id and self.allows(str(ip)):
            return
        if scope_id or _parse(str(ip)) in self._own or not is_public(str(ip)):
            raise AddressRefused(f"{ip} is not a public address, and its network is not allowed")
        if port not in _PUBLIC_PORTS:
            raise AddressRefused(f"port {port} of {ip} is not a port of public websites")

    def socket_factory(self, info: AddrInfoType) -> socket.socket:
        """Make the socket for one checked address; the hook of aiohttp's connector."""
        family, kind, protocol, _, sockaddr = info
        try:
            self.check(sockaddr)
        except AddressRefused as error:
            raise RefusedSocket(errno.EACCES, f"{RefusedSocket.SIGN}: {error.message}") from error
        return socket.socket(family=family, type=kind, proto=protocol)


class RefusedSocket(OSError):
    """A refusal as connection code expects it: the next address of the same host may still be tried."""

    SIGN = "the address guard refuses"


def is_public(ip: str) -> bool:
    """Whether this is the plain text of a public unicast address. Never raises: what is no such text is not public.

    Addresses that embed another are refused, as are zones (`%eth0`) and the short, octal and hexadecimal forms of IPv4.
    """
    return isinstance(ip, str) and len(ip) <= _LONGEST_TEXT and _is_public(ip)


@lru_cache(maxsize=4096)
def _is_public(ip: str) -> bool:
    address = _parse(ip)
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in block for block in _SPECIAL_IPV4)
    if address is None or address not in _GLOBAL_UNICAST:
        return False
    if int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        return False
    return not any(address in block for block in _SPECIAL_IPV6)


def parse_networks(text: str) -> tuple[Network, ...]:
    """Read a comma-separated list such as `127.0.0.0/8, 10.1.0.0/16`. Raises UnusableNetwork."""
    return tuple(_network(part.strip()) for part in text.split(",") if part.strip())


def refuse_private(site: Site, networks: Sequence[Network]) -> None:
    """Raise UnusableWebsite, before any work is queued, when the site is an address that the guard would refuse."""
    url = read_url(site.start_url)
    if not is_local(url.host):
        return
    # RFC 6761, section 6.3: "localhost" and every name below it is this machine.
    ip = url.host.strip("[]") if is_address(url.host) else "127.0.0.1"
    try:
        AddressGuard(networks, own_addresses=()).check((ip, url.port))
    except AddressRefused as error:
        raise UnusableWebsite(f"{site.name} cannot be scanned: {error.message}.") from error


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise UnusableNetwork(f"{text[:60]} is not a network; write it like 10.1.0.0/16") from None


def _parse(ip: str) -> Address | None:
    if "%" in ip:
        return None
    try:
        return ipaddress.ip_address(ip)
    except ValueError:
        return None
