"""Whose numbering rules a page follows."""

import pytest

from scanlane.domain.regions import region_of


class TestRegionOf:
    @pytest.mark.parametrize(
        ("hosts", "language", "countries", "region"),
        [
            (["bakery.de"], "en", ["AT"], "AT"),
            (["bakery.co.uk"], "de", [], "GB"),
            (["bakery.com", "bakery.ch"], "en-US", [], "CH"),
            (["bakery.com"], "en-CA", [], "CA"),
            (["bakery.com"], "nb", [], "NO"),
            (["bakery.io"], "", [], None),
            (["127.0.0.1"], "", [], None),
        ],
    )
    def test_address_then_host_then_language(
        self, hosts: list[str], language: str, countries: list[str], region: str | None
    ) -> None:
        assert region_of(hosts, language, countries) == region
