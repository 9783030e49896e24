"""Pages behind frames and forwarding."""

import time

import pytest

from scanlane.domain.embedded_links import embedded_links, embedded_scripts, loaded_parts


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
        "piece",
        [
            b"<meta ",
            b"<frame ",
            b"<meta http-equiv=refresh ",
            b"<meta url=",
            b"<iframe src=",
            b".load(",
            b"fetch('/foot",
        ],
    )
    def test_a_flood_takes_no_time(self, piece: bytes) -> None:
        started = time.process_time()

        embedded_links(piece * (2_000_000 // len(piece)))
        loaded_parts(piece * (2_000_000 // len(piece)))

        assert time.process_time() - started < 0.5


class TestLoadedParts:
    @pytest.mark.parametrize(
        ("code", "address"),
        [
            (b'$("#footer").load("/parts/footer.html #all")', "/parts/footer.html"),
            (b"fetch('footer.html').then(show)", "footer.html"),
            (b"fetch(`/includes/contact`)", "/includes/contact"),
            (b'$.get("partials/header.html", show)', "partials/header.html"),
            (b'request.open("GET", "/footer.php?lang=en", true)', "/footer.php?lang=en"),
            (b'<div data-include="/parts/footer.html"></div>', "/parts/footer.html"),
            (b"<div w3-include-html='footer.html'></div>", "footer.html"),
            (b'<div hx-get="/fragments/contact" hx-trigger=load></div>', "/fragments/contact"),
        ],
    )
    def test_what_a_script_puts_into_the_page_is_found_and_promises_contacts(self, code: bytes, address: str) -> None:
        assert [(link.href, link.text) for link in loaded_parts(code)] == [(address, "contact")]

    @pytest.mark.parametrize(
        "code",
        [
            b'fetch("/api/count?page=1")',
            b'audio.load("/sound/footsteps.mp3")',
            b'map.get("footer")(x)[0].open(name, "footer.html")',
            b'$.get(address + "footer.html")',
            b'fetch("https://metrics.example/collect")',
        ],
    )
    def test_other_requests_of_scripts_are_not(self, code: bytes) -> None:
        assert [link.href for link in loaded_parts(code) if link.href != "footer"] == []


class TestEmbeddedScripts:
    def test_the_files_of_scripts_are_listed(self) -> None:
        body = b"<script src=/a.js></script><SCRIPT async SRC='b.js?v=1&amp;w=2'></SCRIPT><script>inline()</script>"

        assert embedded_scripts(body) == ["/a.js", "b.js?v=1&w=2"]
