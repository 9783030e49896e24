"""The one spelling of a URL."""

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanlane.domain.urls import host_of, join, normalise, origin, path_of

PAGE = "https://bakery.example/shop/bread"


class TestNormalise:
    @pytest.mark.parametrize(
        ("written", "spelled"),
        [
            ("HTTPS://Bakery.Example", "https://bakery.example/"),
            ("https://bakery.example:443/a", "https://bakery.example/a"),
            ("http://bakery.example:443/a", "http://bakery.example:443/a"),
            ("https://bakery.example/a/../b/./c", "https://bakery.example/b/c"),
            ("https://bakery.example/../../a", "https://bakery.example/a"),
            ("https://bakery.example/a/b/..", "https://bakery.example/a/"),
            ("https://bakery.example/%7Ebaker/%c3%a9", "https://bakery.example/~baker/%C3%A9"),
            ("https://bakery.example/é?q=ü", "https://bakery.example/%C3%A9?q=%C3%BC"),
            ("https://bakery.example/a#b?c", "https://bakery.example/a"),
            ("https://bakery.example/a?", "https://bakery.example/a"),
            ("https://bakery.example?a=1", "https://bakery.example/?a=1"),
            ("https://bakery.example/a?b=1&utm_source=x&fbclid=y&c=2", "https://bakery.example/a?b=1&c=2"),
            ("https://bakery.example/a;jsessionid=AB12?b=1", "https://bakery.example/a?b=1"),
            ("https://bakery.example/a?PHPSESSID=abc", "https://bakery.example/a"),
            ("https://bakery.example/a?sid=0123456789abcdef0123", "https://bakery.example/a"),
            ("https://bakery.example/a;sid=4f?b=1", "https://bakery.example/a?b=1"),
            ("https://bakery.example/(S(55mfgh55vgblurtywsityvjq))/a", "https://bakery.example/a"),
            ("https://bakery.example/a?xtcsid=0123456789abcdef0123", "https://bakery.example/a"),
            ("https://bakery.example/a?sid=12", "https://bakery.example/a?sid=12"),
        ],
    )
    def test_spellings_of_one_page_become_one(self, written: str, spelled: str) -> None:
        assert normalise(written) == spelled

    @pytest.mark.parametrize(
        "written",
        [
            "ftp://bakery.example/",
            "//bakery.example/",
            "/a",
            "",
            "https://",
            "https://user@bakery.example/",
            "https://user:word@bakery.example/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://[::1",
            "https://bakery.example:99999/",
            "https://bakery.example/\ud800",
            "https://bakery.example/" + "a" * 2000,
            "https://bakery.example/" + "é" * 500,
            "https://bakery.example/?" + "&".join(f"a{n}=1" for n in range(7)),
            "https://bakery.example/bread/bread/bread",
            "https://bakery.example/x/bread/rolls/bread/rolls",
            "https://bakery.example/" + "/".join(map(str, range(13))),
        ],
    )
    def test_what_should_not_be_fetched_has_no_spelling(self, written: str) -> None:
        assert normalise(written) is None

    @given(st.text(max_size=60))
    def test_a_spelling_is_its_own_spelling_and_nothing_raises(self, text: str) -> None:
        for written in (text, "https://bakery.example/" + text, "https://" + text):
            spelled = normalise(written)

            assert spelled is None or normalise(spelled) == spelled


class TestJoin:
    @pytest.mark.parametrize(
        ("reference", "url"),
        [
            ("butter", "https://bakery.example/shop/butter"),
            ("../contact", "https://bakery.example/contact"),
            ("../../../contact", "https://bakery.example/contact"),
            ("/contact", "https://bakery.example/contact"),
            ("?page=2", "https://bakery.example/shop/bread?page=2"),
            ("//other.example/a", "https://other.example/a"),
            (" \n/con\ntact\t", "https://bakery.example/contact"),
            ("/our bread", "https://bakery.example/our%20bread"),
            ("\\\\other.example\\a", "https://other.example/a"),
            ("https:\\\\other.example", "https://other.example/"),
            ("", PAGE),
            ("#top", PAGE),
        ],
    )
    def test_references_are_read_as_browsers_read_them(self, reference: str, url: str) -> None:
        assert join(PAGE, reference) == url

    @pytest.mark.parametrize("reference", ["http://[", "mailto:info@bakery.example", "javascript:void(0)", "x" * 3000])
    def test_rubbish_leads_nowhere(self, reference: str) -> None:
        assert join(PAGE, reference) is None


class TestParts:
    def test_a_spelled_url_can_be_taken_apart(self) -> None:
        url = "http://[::1]:8000/a?b=c"

        assert (origin(url), host_of(url), path_of(url)) == ("http://[::1]:8000", "[::1]", "/a?b=c")


class TestPlainReferences:
    """References that need no spelling take a short way; it must lead where the long one does."""

    @pytest.mark.parametrize("reference", ["/a/b/a/b/a/b", "a/a/a/x", "/" + "x" * 2000, "x" * 1990])
    def test_what_is_refused_is_refused(self, reference: str) -> None:
        base = "https://bakery.example/"

        assert join(base, reference) is None
        assert normalise(base + reference.lstrip("/")) is None

    @pytest.mark.parametrize("reference", ["/", "/team", "team/", "team/a.html", "b-2.php", "~ada", ""])
    @pytest.mark.parametrize("base", ["https://bakery.example/", "http://bakery.example:8080/a/b.html?x=/1"])
    def test_the_others_lead_to_the_same_page(self, base: str, reference: str) -> None:
        assert join(base, reference) == normalise(urljoin(base, reference))
