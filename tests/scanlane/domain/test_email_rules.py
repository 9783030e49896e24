"""What looks like an address and is none."""

import pytest

from scanlane.domain.email_rules import address


class TestAddress:
    @pytest.mark.parametrize(
        ("local", "domain"),
        [
            ("info", "bakery-fixture.de"),
            ("first.last+tag", "mail.bakery-fixture.co.uk"),
            ("o'brien", "bakery-fixture.ie"),
            ("info", "harbour-bakery.example"),
            ("info", "bakery.test"),
            ("info", "bakery-fixture.museum"),
            ("info", "bakery-fixture.com.py"),
            ("info", "xn--bckerei-fixture-0nb.de"),
        ],
    )
    def test_ordinary_addresses_pass(self, local: str, domain: str) -> None:
        assert address(local, domain) == f"{local}@{domain}"

    @pytest.mark.parametrize(
        ("local", "domain"),
        [
            ("logo", "2x.png"),
            ("sprite", "3x.min.css"),
            ("icon", "bakery-fixture.svg"),
            ("pkg", "1.2.3"),
            ("library", "v4.17.21"),
            ("lodash", "4.17.21-beta.de"),
            ("info", "bakery-fixture.nosuchsuffix"),
            ("info", "localhost"),
            ("info", "bakery-fixture.compost"),
            ("info", "www.bakery-fixture.de"),
            ("git", "bakery-fixture.de"),
            ("0123456789abcdef0123456789abcdef", "o42.ingest.sentry.io"),
            ("0123456789abcdef0123456789abcdef", "bakery-fixture.de"),
            ("info", "-bakery-fixture.de"),
            ("in..fo", "bakery-fixture.de"),
            ("", "bakery-fixture.de"),
            ("info", ""),
            ("a" * 65, "bakery-fixture.de"),
            ("info", "a" * 64 + ".de"),
            ("info", "co.uk"),
        ],
    )
    def test_look_alikes_do_not(self, local: str, domain: str) -> None:
        assert address(local, domain) is None

    def test_wide_letters_become_plain(self) -> None:
        assert address("ｉｎｆｏ", "bakery-fixture.de") == "info@bakery-fixture.de"
