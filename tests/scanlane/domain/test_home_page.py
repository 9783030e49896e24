"""What a home page says about its website."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanlane.domain import html
from scanlane.domain.home_page import MOST_ICONS, Feed, HomePage, Icon, read_home
from scanlane.domain.parked_pages import is_parked
from scanlane.domain.socials import Profile

HOME = "https://bakery.example/"
PAGE = """<!doctype html><html lang="en_GB"><head>
<title>  Harbour
 Bakery </title>
<meta name="description" content=" Bread &amp; cakes since 1904 ">
<meta name="generator" content="WordPress 6.5.2">
<link rel="canonical" href="/welcome">
<link rel="shortcut icon" href="/favicon.ico">
<link rel="icon" type="image/svg+xml" sizes="any" href="icon.svg">
<link rel="apple-touch-icon" sizes="180x180" href="//cdn.bakery.example/touch.png">
<link rel="icon" href="data:image/png;base64,AAAA">
<link rel="alternate" type="application/rss+xml" title="News" href="/feed/">
<link rel="alternate" type="application/feed+json" href="/feed.json">
<link rel="alternate" hreflang="de" href="/de/">
<script type="application/ld+json">{"@type": "Bakery", "sameAs": ["https://www.instagram.com/harbourbakery/"]}</script>
</head><body><p>Open every day.</p>
<a href="https://facebook.com/harbourbakery">Facebook</a><a href="https://www.facebook.com/harbourbakery/">again</a>
<a href="https://www.facebook.com/sharer/sharer.php?u=x">Share</a></body></html>"""


def read(head: str, **given: object) -> HomePage:
    """A page with that head."""
    return read_home(f"<html><head>{head}</head><body><p>Bread</p></body></html>".encode(), HOME, **given)  # type: ignore[arg-type]


class TestReadHome:
    def test_everything_is_read_in_one_go(self) -> None:
        page = read_home(PAGE.encode(), HOME, "text/html", headers={"server": "nginx"}, cookies=("PHPSESSID",))

        assert page.title == "Harbour Bakery"
        assert page.description == "Bread & cakes since 1904"
        assert page.language == "en-GB"
        assert page.canonical == HOME + "welcome"
        assert page.generator == "WordPress 6.5.2"
        assert page.icons == (
            Icon(HOME + "favicon.ico", "icon", None),
            Icon(HOME + "icon.svg", "icon", "any"),
            Icon("https://cdn.bakery.example/touch.png", "apple-touch-icon", "180x180"),
        )
        assert page.feeds == (
            Feed(HOME + "feed/", "application/rss+xml", "News"),
            Feed(HOME + "feed.json", "application/feed+json", None),
        )
        assert page.socials == (
            Profile("facebook", "https://facebook.com/harbourbakery"),
            Profile("instagram", "https://instagram.com/harbourbakery"),
        )
        assert [one.name for one in page.technologies] == ["nginx", "WordPress", "PHP"]
        assert not page.parked

    @pytest.mark.parametrize(
        ("head", "title"),
        [
            ("<title></title><meta property='og:title' content='Bakery'>", "Bakery"),
            ("<meta property='og:site_name' content='Bakery'>", "Bakery"),
            ("<title>a</title><meta property='og:title' content='b'>", "a"),
            ("", None),
        ],
    )
    def test_a_title_is_found_elsewhere_when_there_is_none(self, head: str, title: str | None) -> None:
        assert read(head).title == title

    def test_a_description_is_found_elsewhere_when_there_is_none(self) -> None:
        assert (
            read("<meta name=description content=' '><meta property='og:description' content='b'>").description == "b"
        )

    @pytest.mark.parametrize(
        ("markup", "headers", "language"),
        [
            ('<html lang="DE">', {}, "de"),
            ('<html lang="pt-br">', {}, "pt-BR"),
            ('<html lang="zh-hans-cn">', {}, "zh-hans-CN"),
            ('<html lang="{{ lang }}"><meta property="og:locale" content="fr_FR">', {}, "fr-FR"),
            ('<meta http-equiv="Content-Language" content="nl, en">', {}, "nl"),
            ("<p>", {"content-language": "it"}, "it"),
            ("<p>", {}, None),
        ],
    )
    def test_the_language_is_a_tag(self, markup: str, headers: dict[str, str], language: str | None) -> None:
        assert read_home(markup.encode(), HOME, headers=headers).language == language

    def test_addresses_are_resolved_against_the_base(self) -> None:
        page = read('<base href="/shop/"><link rel="icon" href="a.png"><link rel="canonical" href="b">')

        assert page.icons == (Icon(HOME + "shop/a.png", "icon", None),)
        assert page.canonical == HOME + "shop/b"

    def test_a_page_may_list_only_so_many(self) -> None:
        icons = "".join(f'<link rel="icon" href="/{number}.png">' for number in range(100))

        assert len(read(icons).icons) == MOST_ICONS

    def test_long_texts_are_cut(self) -> None:
        page = read(f"<title>{'t' * 9999}</title><meta name=description content='{'d ' * 9999}'>")

        assert len(page.title or "") == 300
        assert len(page.description or "") == 1000

    def test_other_encodings_are_read(self) -> None:
        assert read_home(
            "<title>B\u00e4cker</title>".encode("cp1252"), HOME, "text/html; charset=iso-8859-1"
        ).title == ("B\u00e4cker")

    @given(st.binary(max_size=300), st.text(max_size=30))
    def test_no_bytes_make_it_fail(self, body: bytes, href: str) -> None:
        read_home(body, HOME)
        read(f'<base href="{href}"><link rel="icon" href="{href}"><link rel="canonical" href="{href}">')


class TestIsParked:
    @pytest.mark.parametrize(
        "page",
        [
            '<script src="https://www.sedoparking.com/a.js"></script>',
            '<iframe src="//www.hugedomains.com/domain_profile.cfm?d=bakery"></iframe>',
            "<title>bakery.example</title><h1>This domain is for sale!</h1>",
            "<title>The domain bakery.example is for sale</title>",
            "<p>Diese Domain steht zum Verkauf.</p>",
            "<p>The domain <b>bakery.example</b> is parked free, courtesy of its registrar.</p>",
            "<h1>Buy this domain</h1>",
        ],
    )
    def test_a_page_that_offers_its_own_domain_is_parked(self, page: str) -> None:
        assert is_parked(html.parse(page))

    @pytest.mark.parametrize(
        "page",
        [
            "<h1>Bread for sale</h1><p>In the public domain.</p>",
            "<title>Domain Homes</title><h1>Houses of the domain: ten are for sale</h1>",
            "<h1>Our domain is bread.</h1><p>Cakes are for sale on Sundays.</p>",
            "<h1>We sell domains</h1>" + "<p>The domain is for sale, and much is said about each of them.</p>" * 60,
            "<p>The domain is for sale.</p>" + '<a href="/x">x</a>' * 60,
            "",
        ],
    )
    def test_any_other_is_not(self, page: str) -> None:
        assert not is_parked(html.parse(page))
