"""Which hosts are real, and who registered them."""

import pytest

from scanlane.domain.mail_hosts import host_of, is_host, is_reserved, registrable


class TestRegistrable:
    @pytest.mark.parametrize(
        ("host", "domain"),
        [
            ("www.Bakery.co.uk", "bakery.co.uk"),
            ("mail.bakery.de", "bakery.de"),
            ("shop.harbour-bakery.example", "harbour-bakery.example"),
            ("co.uk", ""),
            ("localhost", ""),
            ("127.0.0.1", ""),
            ("bakery.nosuchsuffix", ""),
        ],
    )
    def test_it_is_one_label_below_the_public_suffix(self, host: str, domain: str) -> None:
        assert registrable(host) == domain


class TestIsReserved:
    @pytest.mark.parametrize("host", ["example.com", "www.example.org", "bakery.example", "a.test", "x.invalid"])
    def test_names_for_examples(self, host: str) -> None:
        assert is_reserved(host)

    def test_names_for_everybody_else(self) -> None:
        assert not is_reserved("bakery-example.com")


class TestIsHost:
    @pytest.mark.parametrize(
        "host", ["bakery", "a..de", "-a.de", "a-.de", "a_b.nosuch", "x" * 64 + ".de", ".de", "de."]
    )
    def test_broken_names_are_none(self, host: str) -> None:
        assert not is_host(host)


class TestHostOf:
    @pytest.mark.parametrize(
        "url", ["https://www.bakery.de/x", "http://bakery.de:8080", "//bakery.de", "HTTPS://BAKERY.DE."]
    )
    def test_scheme_port_and_www_are_dropped(self, url: str) -> None:
        assert host_of(url) == "bakery.de"

    def test_other_alphabets_are_spelled_as_the_dns_does(self) -> None:
        assert host_of("https://www.Bäckerei-fixture.de/") == "xn--bckerei-fixture-0kb.de"

    @pytest.mark.parametrize("url", ["", "/contact", "http://[broken", "mailto:x@y.de"])
    def test_no_host_is_empty(self, url: str) -> None:
        assert host_of(url) == ""
