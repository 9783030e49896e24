"""Signs that a page has more to say once its scripts have run."""

import time

import pytest

from scanlane.domain.undecoded import signs

SHELL = '<body><div id="root"></div><script src="/main.js"></script></body>'


class TestShells:
    @pytest.mark.parametrize(
        "markup",
        [
            SHELL,
            "<body><div id=app></div><script>boot()</script></body>",
            "<body><div id='__next'><p>Loading</p></div><script src=a.js></script><style>"
            + "p{}" * 500
            + "</style></body>",
            "<body><noscript>You need to enable JavaScript to run it.</noscript><script src=a.js></script></body>",
        ],
    )
    def test_a_page_that_scripts_are_to_write_is_a_shell(self, markup: str) -> None:
        assert signs(markup.encode(), links=0, decoded=0, emails=0).is_shell

    @pytest.mark.parametrize(
        "markup",
        [
            SHELL.replace("</div>", "<p>" + "Bread and rolls every day. " * 30 + "</p></div>"),
            "<body><div id=content></div><script src=a.js></script></body>",
            '<body><div id="root"></div></body>',
            "",
        ],
    )
    def test_a_page_with_text_or_without_scripts_is_none(self, markup: str) -> None:
        assert not signs(markup.encode(), links=0, decoded=0, emails=0).is_shell

    def test_a_page_that_leads_on_or_says_an_address_is_none(self) -> None:
        assert not signs(SHELL.encode(), links=30, decoded=0, emails=0).is_shell
        assert not signs(SHELL.encode(), links=0, decoded=0, emails=1).is_shell


class TestWaitingAddresses:
    @pytest.mark.parametrize(
        "markup",
        [
            "<p>This email address is being protected from spambots. You need JavaScript enabled to view it.</p>",
            '<a href="mailto:">write</a>',
            "<a href='mailto:#'>write</a>",
            """<a href="#" onclick="decodeMail('xyz')">write</a>""",
            """<a href="javascript:linkTo_UnCryptMailto(17)">write</a>""",
            '<span class="spamspan">x</span>',
        ],
    )
    def test_an_address_that_waits_for_a_script_is_counted(self, markup: str) -> None:
        assert signs(markup.encode(), links=50, decoded=0, emails=3).waiting == 1

    def test_what_was_decoded_waits_no_more(self) -> None:
        markup = b'<a href="mailto:">a</a><a href="mailto:">b</a>'

        assert signs(markup, links=0, decoded=1, emails=1).waiting == 1
        assert not signs(markup, links=0, decoded=2, emails=2).any

    @pytest.mark.parametrize(
        "markup",
        [
            '<a href="mailto:info@harbour-bakery.example">write</a>',
            '<a href="mailto:?subject=Look at this">share</a>',
            '<a href="#" onclick="openMenu()">menu</a>',
            '<a href="/contact">write</a>',
        ],
    )
    def test_ordinary_links_do_not_wait(self, markup: str) -> None:
        assert signs(markup.encode(), links=0, decoded=0, emails=0).waiting == 0


class TestFooters:
    @pytest.mark.parametrize(
        "markup", ['<div id="footer"></div>', "<footer> </footer>", "<div class=site-footer></div>"]
    )
    def test_an_empty_place_for_a_footer_is_noticed(self, markup: str) -> None:
        assert signs(markup.encode(), links=20, decoded=0, emails=0).lacks_footer

    def test_a_footer_with_something_in_it_is_not_missed(self) -> None:
        assert not signs(b"<footer><p>Harbour Bakery</p></footer>", links=20, decoded=0, emails=0).any


@pytest.mark.parametrize(
    "piece", [b"<", b"<script", b"<noscript>", b"mailto:", b'onclick="', b'onclick="mail', b"footer", b"id=", b"<svg>"]
)
def test_a_flood_takes_no_time(piece: bytes) -> None:
    started = time.process_time()

    signs(piece * (2_000_000 // len(piece)), links=0, decoded=0, emails=0)

    assert time.process_time() - started < 0.5
