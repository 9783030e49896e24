"""Pages behind frames and forwarding."""

import time

import pytest

from scanlane.domain.embedded_links import embedded_links


class TestEmbeddedLinks:
    @pytest.mark.parametrize(
        ("body", "address"),
        [
            (b'<meta http-equiv="refresh" content="0; url=/en/">', "/en/"),
            (b"<META content=\"5;URL='/en/'\" HTTP-EQUIV=Refresh>", "/en/"),
            (b"<frame name=menu src=menu.html>", "menu.html"),
            (b'<iframe src="/form?a=1&amp;b=2"></iframe>', "/form?a=1&b=2"),
        ],
    )
    def test_frames_and_forwarding_are_found(self, body: bytes, address: str) -> None:
        assert [link.href for link in embedded_links(body)] == [address]

    @pytest.mark.parametrize(
        "body", [b"", b'<meta name="refresh">', b'<meta name="a" content="url=/en/">', b"<frameset>"]
    )
    def test_other_elements_are_not(self, body: bytes) -> None:
        assert embedded_links(body) == []

    @pytest.mark.parametrize(
        "piece", [b"<meta ", b"<frame ", b"<meta http-equiv=refresh ", b"<meta url=", b"<iframe src="]
    )
    def test_a_flood_takes_no_time(self, piece: bytes) -> None:
        started = time.process_time()

        embedded_links(piece * (2_000_000 // len(piece)))

        assert time.process_time() - started < 0.5
