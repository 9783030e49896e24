"""Reading a page: title, origin, links, and that nothing a server sends can break or stall it."""

import time

import pytest

from scanlane.domain import pages
from scanlane.domain.pages import RawLink
from tests.scanlane.domain.hostile_pages import MARKUP, SIGNS, hostile_page
from tests.scanlane.domain.sample_pages import URL, reading

SECONDS_FOR_ANY_PAGE = 1.0
SIZE = 2_000_000


def filled(shape: str, size: int = SIZE) -> str:
    """The shape, again and again."""
    return shape * (size // len(shape))


class TestReading:
    def test_links_are_returned_as_written_with_their_words(self) -> None:
        markup = '<a href="../team?a=1&amp;b=2" rel="nofollow">The <b>team</b></a><area href="/map">'

        links = reading(markup).links

        assert links == (
            RawLink("../team?a=1&b=2", "The team", "nofollow", hidden=False),
            RawLink("/map", "", "", hidden=False),
        )

    def test_a_link_that_no_visitor_sees_is_marked(self) -> None:
        links = reading('<div style="display:none"><a href="/pot">x</a></div><a href="/shop">y</a>').links

        assert [(link.href, link.hidden) for link in links] == [("/pot", True), ("/shop", False)]

    def test_the_title_is_one_line(self) -> None:
        read = pages.read(b"<title>\n  Harbour\n  Bakery </title>", URL)

        assert read.title == "Harbour Bakery"

    @pytest.mark.parametrize(
        ("head", "base"),
        [
            ("", URL),
            ('<base href="/shop/">', "https://www.harbour-bakery.example/shop/"),
            ('<base href="https://cdn.example/x">', "https://cdn.example/x"),
            ('<base href="http://[broken">', URL),
        ],
    )
    def test_the_base_of_links_is_the_page_or_what_it_declares(self, head: str, base: str) -> None:
        assert pages.read(head.encode(), URL).base == base

    @pytest.mark.parametrize("kind", ["text/plain; charset=utf-8", "text/vcard", "Text/Markdown"])
    def test_text_without_markup_is_read_as_text(self, kind: str) -> None:
        read = pages.read(b"EMAIL:info@harbour-bakery.example\n<b>", URL, kind)

        assert [sighting.value for sighting in read.findings.emails] == ["info@harbour-bakery.example"]


class TestDeclaredHosts:
    @pytest.mark.parametrize(
        "markup",
        [
            '<link rel="canonical" href="https://www.harbour-bakery.example/x">',
            '<meta property="og:url" content="https://harbour-bakery.example/">',
            '<script type="application/ld+json">{"@type":"Bakery","url":"https://harbour-bakery.example"}</script>'.replace(
                "Bakery", "LocalBusiness"
            ),
        ],
    )
    def test_a_page_says_where_it_lives(self, markup: str) -> None:
        assert pages.read(markup.encode(), "http://127.0.0.1/").declared_hosts == {"harbour-bakery.example"}

    def test_a_page_may_say_nothing(self) -> None:
        assert pages.read(b"<p>x", "http://127.0.0.1/").declared_hosts == frozenset()


class TestAnythingGoesIn:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"\x00" * 1000,
            bytes(range(256)) * 50,
            b"\xff\xfe\x00",
            b"<",
            b"<a href=",
            b"<!doctype",
            b"\xef\xbb\xbf",
        ],
    )
    @pytest.mark.parametrize(
        "kind", [None, "text/html", "text/plain", "application/json", "text/html; charset=punycode"]
    )
    def test_rubbish_is_an_empty_reading(self, body: bytes, kind: str | None) -> None:
        read = pages.read(body, URL, kind)

        assert read.findings.emails == ()

    @pytest.mark.parametrize(
        "shape",
        [
            "@", "a@", "a@b.de", "info@host.de ", "a.", "(", "<", "<!--", "<div>", "<b>x@y.de", "(at)", " at ",
            "a at b dot c ", "1 ", "Tel: 030 1234567 ", "(030) ", "<p a=b@c.de>", "<a href=x>",
            "<a href=mailto:a@b.de>x</a>", "<p hidden>a", "<i itemprop=email>", "<script>a@b.de</script>",
            "<style>.a{display:none}</style>", "<bdo dir=rtl>",
            "<i data-cfemail=5a33343c351a323528382f2874373f>", '<i onclick="mail(1)">', "\u200ba", "&#64;",
            "<wbr>a<!-- -->", "<link rel=canonical href=http://a.de/>", '<a href="tel:+49301234567">x</a>',
        ],
    )  # fmt: skip
    def test_no_flood_of_anything_takes_long(self, shape: str) -> None:
        body = filled(shape).encode()[:SIZE]

        started = time.process_time()
        pages.read(body, URL)

        assert time.process_time() - started < SECONDS_FOR_ANY_PAGE

    @pytest.mark.parametrize(
        "code",
        ['"', '"\\', "/*", "/*\n", "=/[", "=/a", "[", "(", "atob(", "'a'+", "a+='x@y.de';", "a=a+a;", "l[1]='a';", "`",
         "document.write('a@b.de');", "1,", "user:'a',domain:'b.de',", "mail('a','b.de');",
         "a.split('').reverse().join('')"],
    )  # fmt: skip
    @pytest.mark.parametrize("size", [190_000, SIZE])
    def test_no_flood_in_a_script_takes_long(self, code: str, size: int) -> None:
        body = f'<script>a="aaaaaaaa"; "@";{filled(code, size)}'.encode()

        started = time.process_time()
        pages.read(body, URL)

        assert time.process_time() - started < SECONDS_FOR_ANY_PAGE

    def test_many_scripts_share_one_allowance(self) -> None:
        sums = "x='a'+"
        one = f"<script>'@';{filled(sums, 190_000)}</script>"
        body = filled(one).encode()

        started = time.process_time()
        pages.read(body, URL)

        assert time.process_time() - started < SECONDS_FOR_ANY_PAGE

    @pytest.mark.parametrize("code", ["[", '{"email":"a@b.de"},', ", ", '"a@b.de",'])
    def test_no_flood_in_structured_data_takes_long(self, code: str) -> None:
        body = f'<script type="application/ld+json">[{filled(code)}'.encode()

        started = time.process_time()
        pages.read(body, URL)

        assert time.process_time() - started < SECONDS_FOR_ANY_PAGE


class TestLinearTime:
    @pytest.mark.parametrize("shape", [*MARKUP, *SIGNS])
    def test_four_times_the_page_takes_four_times_as_long(self, shape: str) -> None:
        small, large = (hostile_page(shape, size) for size in (250_000, 1_000_000))

        quadratic = 16 * _seconds(small)

        # Half of what quadratic time would be; the rest is for what a first look at anything costs.
        assert _seconds(large) < quadratic / 2 + 0.05


def _seconds(body: bytes) -> float:
    """The CPU that reading takes at the better of two times."""
    spent = []
    for _ in range(2):
        started = time.process_time()
        pages.read(body, URL)
        spent.append(time.process_time() - started)
    return min(spent)
