"""What people type as a website, and what becomes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanlane.domain.sites import Site, UnusableWebsite, parse_site
from scanlane.errors import BadInput


class TestParseSite:
    @pytest.mark.parametrize(
        ("typed", "name", "start_url"),
        [
            ("bakery.example", "bakery.example", "https://bakery.example/"),
            ("  bakery.example\n", "bakery.example", "https://bakery.example/"),
            ("BAKERY.Example.", "bakery.example", "https://bakery.example/"),
            ("www.bakery.example", "bakery.example", "https://www.bakery.example/"),
            ("//bakery.example/x", "bakery.example", "https://bakery.example/x"),
            ("https://www.Bakery.example/contact#top", "bakery.example", "https://www.bakery.example/contact"),
            ("http://bakery.example:80", "bakery.example", "http://bakery.example/"),
            ("bakery.example:80", "bakery.example", "http://bakery.example/"),
            ("bakery.example:8443", "bakery.example:8443", "https://bakery.example:8443/"),
            ("http://bakery.example:443/", "bakery.example:443", "http://bakery.example:443/"),
            ("127.0.0.1:9100", "127.0.0.1:9100", "http://127.0.0.1:9100/"),
            ("localhost:8000/shop", "localhost:8000", "http://localhost:8000/shop"),
            ("http://[2001:DB8::0:1]:8080/", "[2001:db8::1]:8080", "http://[2001:db8::1]:8080/"),
            ("bäckerei.example", "xn--bckerei-5wa.example", "https://xn--bckerei-5wa.example/"),
            ("xn--bckerei-5wa.example", "xn--bckerei-5wa.example", "https://xn--bckerei-5wa.example/"),
            ("straße.example", "xn--strae-oqa.example", "https://xn--strae-oqa.example/"),
            ("under_score.bakery.example", "under_score.bakery.example", "https://under_score.bakery.example/"),
        ],
    )
    def test_every_spelling_has_one_name_and_one_start(self, typed: str, name: str, start_url: str) -> None:
        site = parse_site(typed)

        assert (site.name, site.start_url) == (name, start_url)

    @pytest.mark.parametrize(
        ("typed", "registrable"),
        [
            ("shop.bakery.example", "bakery.example"),
            ("www.bakery.co.uk", "bakery.co.uk"),
            ("bakery.github.io", "bakery.github.io"),
            ("127.0.0.1:9100", "127.0.0.1"),
            ("localhost", "localhost"),
        ],
    )
    def test_the_registered_domain_bounds_the_scan(self, typed: str, registrable: str) -> None:
        assert parse_site(typed).registrable == registrable

    @pytest.mark.parametrize("typed", ["bakery.example", "http://127.0.0.1:9100/a?b=c", "bäckerei.example", "[::1]:80"])
    def test_the_start_url_names_the_same_site_again(self, typed: str) -> None:
        site = parse_site(typed)

        assert parse_site(site.start_url) == site

    @pytest.mark.parametrize(
        ("typed", "reason"),
        [
            ("", "empty"),
            (" \t\n", "empty"),
            ("a\0b.example", "cannot be seen"),
            ("a\x1b[31m.example", "cannot be seen"),
            ("a\u2028b.example", "cannot be seen"),
            ("a\ud800.example", "cannot be seen"),
            ("x" * 2001, "longer than 2000"),
            ("not a site", "a space"),
            ("bakery", "holds a dot"),
            ("file:///etc/passwd", "starts with file:"),
            ("FTP://bakery.example", "starts with ftp:"),
            ("javascript:alert(1)", "starts with javascript:"),
            ("data:text/html,x", "starts with data:"),
            ("mailto:info@bakery.example", "starts with mailto:"),
            ("http:bakery.example", "starts with http:"),
            ("info@bakery.example", "holds an @"),
            ("https://info:bread@bakery.example/", "holds an @"),
            ("https://bakery.example\\@other.example/", "a character that no address has"),
            ("bakery.example:0", "port"),
            ("bakery.example:65536", "port"),
            ("bakery.example:bread", "port"),
            ("bakery.example:８０", "port"),
            ("https://:80/", "names no host"),
            ("https:///path", "names no host"),
            ("-bakery.example", "malformed"),
            ("bakery..example", "malformed"),
            (".example", "malformed"),
            ("bak%65ry.example", "malformed"),
            ("a" * 64 + ".example", "malformed"),
            (".".join(["a" * 60] * 5), "too long"),
            ("xn--\u00e4.example", "malformed"),
            ("xn--a.example", "malformed"),
            ("http://[::1", "malformed"),
            ("http://[fe80::1%25eth0]/", "IPv6 address is malformed"),
            ("http://[::ffff:1.2.3]/", "IPv6 address is malformed"),
        ],
    )
    def test_anything_else_is_refused_with_the_reason(self, typed: str, reason: str) -> None:
        with pytest.raises(UnusableWebsite, match=reason) as caught:
            parse_site(typed)

        assert isinstance(caught.value, BadInput)
        assert caught.value.field == "website"
        assert caught.value.message.isprintable()

    @pytest.mark.parametrize(
        "typed", ["2130706433", "0x7f000001", "0x7f.1", "017700000001", "127.1", "127.0.0.01", "1.2.3.4.5", "a.b.0x1"]
    )
    def test_numbers_that_some_libraries_take_for_addresses_are_refused(self, typed: str) -> None:
        for spelled in (typed, f"http://{typed}/", f"http://{typed}:80/"):
            with pytest.raises(UnusableWebsite, match="is a number, not a name"):
                parse_site(spelled)

    def test_digits_of_other_scripts_become_the_address_that_they_look_like(self) -> None:
        assert parse_site("http://①②⑦.⓪.⓪.①/").name == "127.0.0.1"

    def test_the_refusal_does_not_repeat_a_password(self) -> None:
        with pytest.raises(UnusableWebsite) as caught:
            parse_site("https://baker:sourdough@bakery.example/")

        assert "sourdough" not in caught.value.message

    def test_a_long_text_is_not_repeated_in_full(self) -> None:
        with pytest.raises(UnusableWebsite) as caught:
            parse_site("x " * 500)

        assert len(caught.value.message) < 300

    @given(st.text(max_size=40), st.sampled_from(("", "http://", "https://", "//", "http://[", "bakery.example:")))
    def test_no_text_makes_it_fail_in_another_way(self, text: str, start: str) -> None:
        try:
            site = parse_site(start + text)
        except UnusableWebsite as refused:
            assert refused.field == "website"  # noqa: PT017
        else:
            assert parse_site(site.start_url) == site

    def test_a_site_is_a_value(self) -> None:
        assert parse_site("https://bakery.example/") == Site(
            "bakery.example", "https://bakery.example/", "bakery.example"
        )
