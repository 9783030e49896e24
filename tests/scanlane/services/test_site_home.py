"""Where a website may begin."""

import pytest

from scanlane.services.site_home import candidates


class TestCandidates:
    @pytest.mark.parametrize(
        ("start", "tried"),
        [
            (
                "https://bakery.example/shop",
                [
                    "https://bakery.example/shop",
                    "http://bakery.example/shop",
                    "https://www.bakery.example/shop",
                    "http://www.bakery.example/shop",
                ],
            ),
            ("http://www.bakery.example/", ["http://www.bakery.example/", "http://bakery.example/"]),
            ("http://127.0.0.1:9100/", ["http://127.0.0.1:9100/"]),
            ("https://localhost:8443/", ["https://localhost:8443/", "http://localhost:8443/"]),
        ],
    )
    def test_encryption_is_tried_first_and_www_last(self, start: str, tried: list[str]) -> None:
        assert candidates(start) == tried
