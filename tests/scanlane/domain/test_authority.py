"""Hosts, read strictly."""

import pytest

from scanlane.domain.authority import UnusableHost, is_address, is_local, owned_domain, read_host, without_www


class TestReadHost:
    @pytest.mark.parametrize(
        ("written", "host"),
        [
            ("Bakery.Example.", "bakery.example"),
            ("bäckerei.example", "xn--bckerei-5wa.example"),
            ("bakery。example", "bakery.example"),
            ("192.0.2.1", "192.0.2.1"),
            ("[2001:DB8::0]", "[2001:db8::]"),
        ],
    )
    def test_a_host_has_one_spelling(self, written: str, host: str) -> None:
        assert read_host(written) == host

    @pytest.mark.parametrize(
        "written", ["", "a b", "a..b", "-a.example", "a%2e", "1.2.3", "0x1", "[::1", "[::1%1]", "[1]"]
    )
    def test_anything_else_is_none(self, written: str) -> None:
        with pytest.raises(UnusableHost):
            read_host(written)


class TestKinds:
    def test_addresses_are_told_from_names(self) -> None:
        assert is_address("192.0.2.1")
        assert is_address("[::1]")
        assert not is_address("1.example")

    def test_addresses_and_this_machine_are_local(self) -> None:
        assert all(map(is_local, ("127.0.0.1", "[::1]", "localhost", "shop.localhost")))
        assert not is_local("localhost.example")


class TestOwnership:
    @pytest.mark.parametrize(
        ("host", "owned"),
        [
            ("a.b.bakery.example", "bakery.example"),
            ("www.bakery.co.uk", "bakery.co.uk"),
            ("bakery.github.io", "bakery.github.io"),
            ("github.io", "github.io"),
            ("192.0.2.1", "192.0.2.1"),
            ("localhost", "localhost"),
        ],
    )
    def test_one_owner_holds_everything_below_a_registered_domain(self, host: str, owned: str) -> None:
        assert owned_domain(host) == owned

    @pytest.mark.parametrize(("host", "rest"), [("www.bakery.example", "bakery.example"), ("www.com", "www.com")])
    def test_www_is_no_part_of_a_name_unless_it_is_the_name(self, host: str, rest: str) -> None:
        assert without_www(host) == rest
