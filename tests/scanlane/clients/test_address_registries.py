"""The address guard against the published lists, row by row: the first and the last of a block, and its neighbours."""

import ipaddress
from pathlib import Path

import pytest

from scanlane.clients.address_guard import AddressGuard, is_public
from scanlane.clients.own_addresses import find_own_addresses
from scanlane.clients.website_errors import AddressRefused

# IANA IPv4 Special-Purpose Address Registry (RFC 6890), every row; then multicast (RFC 5771).
IPV4_ROWS = (
    "0.0.0.0/8",
    "0.0.0.0/32",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.0.0/29",
    "192.0.0.8/32",
    "192.0.0.9/32",
    "192.0.0.10/32",
    "192.0.0.170/32",
    "192.0.0.171/32",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.88.99.2/32",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "240.0.0.0/4",
    "255.255.255.255/32",
    "224.0.0.0/4",
)

# IANA IPv6 Special-Purpose Address Registry, every row; then the retired 6bone (RFC 3701), site-local (RFC 3879),
# multicast (RFC 4291), IPv4-compatible (RFC 4291) and IPv4-translated (RFC 2765) addresses.
IPV6_ROWS = (
    "::1/128",
    "::/128",
    "::ffff:0:0/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "100:0:0:1::/64",
    "2001::/23",
    "2001::/32",
    "2001:1::1/128",
    "2001:1::2/128",
    "2001:1::3/128",
    "2001:2::/48",
    "2001:3::/32",
    "2001:4:112::/48",
    "2001:10::/28",
    "2001:20::/28",
    "2001:30::/28",
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "3ffe::/16",
    "fec0::/10",
    "ff00::/8",
    "::/96",
    "::ffff:0:0:0/96",
)

# What smokescreen, safeurl and the lists of server-side request forgery refuse beside the registries' rows: services
# that a machine's provider answers at, and addresses that carry an IPv4 address inside.
SERVICES = ("168.63.129.16", "169.254.169.254", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")
CARRIERS = (
    "::127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::10.0.0.1",
    "64:ff9b:1:ffff::7f00:1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "2001:0:7f00:1::1",
    "2001::f5ff:fffe",
    "2a00:1450::5efe:127.0.0.1",
    "2a00:1450::200:5efe:10.0.0.1",
)

NEVER_AN_ADDRESS: tuple[object, ...] = (
    None,
    True,
    0,
    134744072,
    8.8,
    b"8.8.8.8",
    bytearray(b"8.8.8.8"),
    ["8.8.8.8"],
    ("8.8.8.8", 80),
    {},
    pytest.param(object(), id="an object"),
    ipaddress.IPv4Address("8.8.8.8"),
    "",
    " ",
    "8.8.8.8 ",
    " 8.8.8.8",
    "8.8.8.8\n",
    "8.8.8.8\x00",
    "8.8.8.8.",
    "8.8.8.8/32",
    "8.8.8.8:80",
    "8.8.8",
    "8.8",
    "134744072",
    "0x8.8.8.8",
    "0x08080808",
    "010.8.8.8",
    "08.8.8.8",
    "8.8.8.256",
    "8.8.8.-8",
    "+8.8.8.8",
    "8.8.8.8e0",
    "⑧.⑧.⑧.⑧",
    "８.８.８.８",
    "8。8。8。8",
    "٨.٨.٨.٨",
    "[2606:4700::1]",
    "2606:4700::1%eth0",
    "2606:4700::1%25",
    "2606:4700:::1",
    "2606:4700::1::1",
    "2606:4700::10000",
    "2606:4700::１",
    "2606:4700::0x1",
    "localhost",
    "example.org",
    "\ud800",
    "9" * 100_000,
    ":" * 100_000,
)

_SPECIAL = tuple(map(ipaddress.ip_network, (*IPV4_ROWS, *IPV6_ROWS, "168.63.129.16/32")))
_UNICAST = ipaddress.IPv6Network("2000::/3")


def neighbours(row: str) -> list[str]:
    """The addresses right before and right after a block, as far as no other row has them."""
    network = ipaddress.ip_network(row)
    kind = type(network.network_address)
    largest = int(kind("255.255.255.255" if network.version == 4 else "f" * 4 + ":ffff" * 7))
    numbers = (int(network.network_address) - 1, int(network.broadcast_address) + 1)
    found = [kind(number) for number in numbers if 0 <= number <= largest]
    unicast = [address for address in found if address.version == 4 or address in _UNICAST]
    return [str(address) for address in unicast if not any(address in special for special in _SPECIAL)]


class TestTheRegistries:
    @pytest.mark.parametrize("row", IPV4_ROWS + IPV6_ROWS)
    def test_the_first_and_the_last_address_of_a_row_are_not_public(self, row: str) -> None:
        network = ipaddress.ip_network(row)
        middle = network.network_address + (network.num_addresses // 2)

        assert not any(is_public(str(one)) for one in (network.network_address, middle, network.broadcast_address))

    @pytest.mark.parametrize("row", IPV4_ROWS + IPV6_ROWS)
    def test_what_lies_next_to_a_row_is_public(self, row: str) -> None:
        assert all(map(is_public, neighbours(row)))

    def test_the_neighbours_are_many_enough_to_mean_something(self) -> None:
        assert len({one for row in IPV4_ROWS + IPV6_ROWS for one in neighbours(row)}) >= 35

    @pytest.mark.parametrize("ip", SERVICES + CARRIERS)
    def test_services_of_a_provider_and_carriers_of_other_addresses_are_not_public(self, ip: str) -> None:
        assert not is_public(ip)

    @pytest.mark.parametrize("ip", ["2606:4700:4700:0:0:0:0:1111", "2606:4700:4700::1111", "2606:4700:4700::0000:1111"])
    def test_every_spelling_of_a_public_ipv6_address_is_public(self, ip: str) -> None:
        assert is_public(ip)

    @pytest.mark.parametrize("text", NEVER_AN_ADDRESS, ids=lambda text: repr(text)[:30])
    def test_anything_else_is_not_public_and_raises_nothing(self, text: object) -> None:
        assert is_public(text) is False  # type: ignore[arg-type]


class TestOwnAddresses:
    def test_every_interface_counts_not_only_the_one_that_leads_out(self, tmp_path: Path) -> None:
        (tmp_path / "fib_trie").write_text(
            "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 1.2.3.0\n        /24 link UNICAST\n"
            "     |-- 1.2.3.4\n        /32 host LOCAL\n     |-- 1.2.3.255\n        /32 link BROADCAST\n"
            "     |-- 5.6.7.8\n        /32 host LOCAL\n"
        )
        (tmp_path / "if_inet6").write_text("26064700470000000000000000001111 04 40 00 82     eth1\nrubbish\n")

        found = find_own_addresses(tmp_path)

        assert found >= {"1.2.3.4", "5.6.7.8", "2606:4700:4700::1111"}
        assert not found & {"1.2.3.0", "1.2.3.255"}

    def test_a_system_without_these_files_says_what_it_would_send_from(self, tmp_path: Path) -> None:
        find_own_addresses(tmp_path / "missing")

    @pytest.mark.parametrize("spelling", ["2606:4700::1", "2606:4700:0:0:0:0:0:1", "2606:4700::0001"])
    def test_no_spelling_of_an_own_address_passes(self, spelling: str) -> None:
        with pytest.raises(AddressRefused):
            AddressGuard(own_addresses=["2606:4700::1"]).check((spelling, 80))
