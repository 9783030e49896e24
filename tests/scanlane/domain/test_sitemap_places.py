"""Where sitemaps lie."""

import pytest

from scanlane.domain.sitemap_places import COMMON_PATHS, MOST_LINKED, linked_sitemaps

HOME = "https://bakery.example/shop/"


class TestLinkedSitemaps:
    @pytest.mark.parametrize(
        ("page", "expected"),
        [
            ('<link rel="sitemap" type="application/xml" href="/maps/all.xml">', ["maps/all.xml"]),
            ("<LINK REL='Sitemap alternate' HREF=map>", ["shop/map"]),
            ('<a href="/sitemap.xml">Sitemap</a>', ["sitemap.xml"]),
            ('<a href="sitemap_de.xml.gz">x</a>', ["shop/sitemap_de.xml.gz"]),
            ('<a href="/site-map-2.xml?x=1">y</a>', ["site-map-2.xml?x=1"]),
            ('<a href="/sitemap.xml">x</a><link rel=sitemap href="/b.xml">', ["b.xml", "sitemap.xml"]),
            ('<a href="/sitemap.xml">x</a><a href="/sitemap.xml#y">y</a>', ["sitemap.xml"]),
            ('<base href="/de/"><a href="sitemap.xml">x</a>', ["de/sitemap.xml"]),
            ('<a href="/sitemap">x</a><a href="/sitemap.html">y</a><a href="/feed.xml">z</a>', []),
            ('<a href="/sitemap-guide/page.xml">x</a>', []),
            ('<link rel="sitemap"><link rel=sitemap href=""><a href="javascript:sitemap.xml">x</a>', []),
            ("<!-- <a href=/sitemap.xml> -->", []),
            ("", []),
        ],
    )  # fmt: skip
    def test_relations_come_before_file_names(self, page: str, expected: list[str]) -> None:
        assert linked_sitemaps(page.encode(), HOME) == [f"https://bakery.example/{path}" for path in expected]

    def test_a_page_of_links_gives_a_few(self) -> None:
        page = "".join(f'<a href="/sitemap{number}.xml">x</a>' for number in range(999))

        assert len(linked_sitemaps(page.encode(), HOME)) == MOST_LINKED


class TestCommonPaths:
    def test_the_most_frequent_come_first_and_each_once(self) -> None:
        assert COMMON_PATHS[:2] == ("/sitemap.xml", "/sitemap_index.xml")
        assert COMMON_PATHS[-1] == "/wp-sitemap.xml"
        assert len(set(COMMON_PATHS)) == len(COMMON_PATHS) == 16
