"""Which addresses a crawler may connect to."""

import socket

import pytest

from scanlane.clients.address_guard import (
    AddressGuard,
    RefusedSocket,
    UnusableNetwork,
    is_public,
    parse_networks,
    refuse_private,
)
from scanlane.clients.own_addresses import find_own_addresses
from scanlane.clients.website_errors import AddressRefused
from scanlane.domain.sites import UnusableWebsite, parse_site

PUBLIC = (
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "168.63.129.15",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2400:cb00::1",
    "2606:4700:4700::1111",
    "2a00:1450::1",
)

NOT_PUBLIC = (
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.175.48.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2620:4f:8000::1",
    "3ffe::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2a00:1450::5efe:7f00:1",
    "2a00:1450::200:5efe:7f00:1",
)

NO_ADDRESS = (
    "",
    "localhost",
    "127.1",
    "0x7f.0.0.1",
    "2130706433",
    "0177.0.0.1",
    "1.2.3.4 ",
    "2400::1%1",
    "[::1]",
    "１.1.1.1",
)


class TestIsPublic:
    @pytest.mark.parametrize("ip", PUBLIC)
    def test_the_internet_is_public(self, ip: str) -> None:
        assert is_public(ip)

    @pytest.mark.parametrize("ip", NOT_PUBLIC)
    def test_special_addresses_and_those_that_embed_another_are_not(self, ip: str) -> None:
        assert not is_public(ip)

    @pytest.mark.parametrize("ip", NO_ADDRESS)
    def test_what_is_no_plain_address_is_not(self, ip: str) -> None:
        assert not is_public(ip)


class TestCheck:
    @pytest.mark.parametrize("port", [80, 443, 8000, 8080, 8443, 8999])
    def test_public_addresses_pass_on_the_ports_of_the_web(self, port: int) -> None:
        AddressGuard(own_addresses=()).check(("8.8.8.8", port))

    @pytest.mark.parametrize("port", [0, 22, 25, 53, 3306, 5432, 6379, 7999, 9000, 9200, 11211])
    def test_other_ports_of_public_addresses_are_refused(self, port: int) -> None:
        with pytest.raises(AddressRefused, match=f"port {port}"):
            AddressGuard(own_addresses=()).check(("8.8.8.8", port))

    @pytest.mark.parametrize("ip", NOT_PUBLIC)
    def test_other_addresses_are_refused(self, ip: str) -> None:
        with pytest.raises(AddressRefused, match="not a public address"):
            AddressGuard(own_addresses=()).check((ip, 80))

    def test_every_port_of_an_allowed_network_passes(self) -> None:
        guard = AddressGuard(parse_networks("127.0.0.0/8, fd00::/8"))

        guard.check(("127.0.0.1", 5432))
        guard.check(("fd00::1", 22, 0, 0))
        assert guard.allows("127.1.2.3")
        assert not guard.allows("8.8.8.8")

    @pytest.mark.parametrize("ip", ["::ffff:127.0.0.1", "128.0.0.0", "10.0.0.1", "::1"])
    def test_an_allowed_network_allows_nothing_else(self, ip: str) -> None:
        guard = AddressGuard(parse_networks("127.0.0.0/8"))

        assert not guard.allows(ip)

    def test_addresses_with_a_scope_are_refused_even_in_an_allowed_network(self) -> None:
        guard = AddressGuard(parse_networks("fe80::/10"))

        with pytest.raises(AddressRefused):
            guard.check(("fe80::1", 80, 0, 2))

    def test_the_machines_own_public_address_is_refused(self) -> None:
        guard = AddressGuard(own_addresses=["8.8.4.4"])

        with pytest.raises(AddressRefused):
            guard.check(("8.8.4.4", 80))

    def test_own_addresses_are_found_without_sending_anything(self) -> None:
        assert all(
            socket.inet_pton(socket.AF_INET6 if ":" in ip else socket.AF_INET, ip) for ip in find_own_addresses()
        )


class TestSocketFactory:
    def test_a_checked_address_gets_its_socket(self) -> None:
        guard = AddressGuard(parse_networks("127.0.0.0/8"))

        with guard.socket_factory((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 9))) as made:
            assert made.family == socket.AF_INET

    def test_a_refused_one_gets_an_error_that_connection_code_understands(self) -> None:
        with pytest.raises(RefusedSocket, match=RefusedSocket.SIGN) as caught:
            AddressGuard().socket_factory((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80)))

        assert isinstance(caught.value, OSError)


class TestParseNetworks:
    @pytest.mark.parametrize(
        ("text", "networks"),
        [
            ("", []),
            (" , ", []),
            ("127.0.0.0/8,10.1.0.0/16", ["127.0.0.0/8", "10.1.0.0/16"]),
            (" 192.168.1.7 , fd00::/8 ", ["192.168.1.7/32", "fd00::/8"]),
            ("10.1.2.3/16", ["10.1.0.0/16"]),
        ],
    )
    def test_a_list_of_networks_is_read(self, text: str, networks: list[str]) -> None:
        assert [str(network) for network in parse_networks(text)] == networks

    @pytest.mark.parametrize("text", ["rubbish", "127.0.0.0/33", "127.0.0.1-9", "localhost", "10.0.0.0/8;::1"])
    def test_rubbish_is_named(self, text: str) -> None:
        with pytest.raises(UnusableNetwork, match="is not a network") as caught:
            parse_networks(f"10.0.0.0/8,{text}")

        assert caught.value.field == "allow_networks"


class TestRefusePrivate:
    @pytest.mark.parametrize(
        "website",
        [
            "http://10.0.0.1/",
            "127.0.0.1:9100",
            "[::1]",
            "http://8.8.8.8:22/",
            "localhost",
            "http://intern.localhost:8000/",
        ],
    )
    def test_an_address_that_the_guard_would_refuse_is_refused_early(self, website: str) -> None:
        with pytest.raises(UnusableWebsite, match="cannot be scanned"):
            refuse_private(parse_site(website), ())

    @pytest.mark.parametrize("website", ["bakery.example", "http://8.8.8.8/"])
    def test_names_and_public_addresses_are_left_to_the_guard(self, website: str) -> None:
        refuse_private(parse_site(website), ())

    def test_an_allowed_network_may_be_scanned(self) -> None:
        for website in ("127.0.0.1:9100", "localhost:9100"):
            refuse_private(parse_site(website), parse_networks("127.0.0.0/8"))
