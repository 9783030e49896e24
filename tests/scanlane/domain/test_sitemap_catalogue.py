"""Shapes that sitemaps have in the wild, each by name: which addresses they list, and what is wrong with them."""

import gzip

import pytest

from scanlane.domain.sitemaps import Limits, NotASitemap, SitemapReader
from tests.scanlane.domain.sitemap_markup_cases import BROKEN, NAMESPACES, PLAIN
from tests.scanlane.domain.sitemap_other_cases import ENCODINGS, FEEDS, LOCS, PACKED, PACKING, REFUSED, TEXT
from tests.scanlane.domain.sitemap_shapes import MAP, A, B, C, Case, pages

CASES = [*PLAIN, *ENCODINGS, *PACKING, *BROKEN, *NAMESPACES, *LOCS, *FEEDS, *TEXT]

# The shapes that none of four other packages reads right.
READ_BY_NO_OTHER = (
    "gzip twice",
    "raw ampersand",
    "undefined entity",
    "relative loc",
    "loc without scheme",
    "relative child in an index",
    "no-break space around loc",
    "zero-width space around loc",
    "upper-case tags",
    "RSS item without title",
    "RSS with atom:link in the item",
    "RSS with a guid only",
    "RSS with an empty description",
    "RSS with an entity of HTML",
    "RSS 1.0",
    "Atom self and alternate",
    "two documents concatenated",
    "PHP warning before the XML",
    "invalid byte",
)


def read(body: bytes, url: str = MAP) -> tuple[SitemapReader, list[str]]:
    """The reader at its end, and the addresses it gave."""
    reader = SitemapReader(url)
    entries = reader.feed(body) + reader.close()
    return reader, [entry.loc for entry in entries]


class TestCatalogue:
    @pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
    def test_every_shape_gives_its_addresses_and_warnings(self, case: Case) -> None:
        reader, locs = read(case.body, case.url)

        assert locs == case.locs
        assert set(case.warnings) <= set(reader.warnings)
        assert reader.entries == len(case.locs)

    def test_names_are_unique_and_hold_the_shapes_that_no_other_package_reads(self) -> None:
        names = [case.name for case in CASES]

        assert len(names) == len(set(names)) >= 200
        assert set(READ_BY_NO_OTHER) <= set(names)

    @pytest.mark.parametrize("case", [case for case in CASES if not case.warnings], ids=lambda case: case.name)
    def test_a_shape_that_is_right_is_not_called_broken(self, case: Case) -> None:
        reader, _ = read(case.body, case.url)

        assert not {"truncated_xml", "too_broken", "unknown_root", "damaged_gzip"} & (
            set(reader.warnings) - _known(case)
        )


def _known(case: Case) -> set[str]:
    return {"damaged_gzip"} if "damaged" in case.name else set()


class TestRefusal:
    @pytest.mark.parametrize(("body", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
    def test_what_is_no_sitemap_is_an_error_with_a_reason(self, body: bytes, reason: str) -> None:
        with pytest.raises(NotASitemap) as refusal:
            read(body)

        assert refusal.value.reason == reason


class TestLimits:
    def test_more_entries_than_the_limit_are_left_out(self) -> None:
        reader = SitemapReader(MAP, limits=Limits(most_entries=2))

        entries = reader.feed(pages(A, B, C)) + reader.close()

        assert [entry.loc for entry in entries] == [A, B]
        assert reader.is_full
        assert "over_50000" in reader.warnings

    def test_exactly_as_many_entries_as_the_limit_are_no_fault(self) -> None:
        reader = SitemapReader(MAP, limits=Limits(most_entries=2))

        assert len(reader.feed(pages(A, B)) + reader.close()) == 2
        assert not reader.is_full
        assert reader.warnings == ()

    @pytest.mark.parametrize("pack", [bytes, gzip.compress])
    def test_a_body_over_the_limit_keeps_what_came_before(self, pack: type[bytes]) -> None:
        reader = SitemapReader(MAP, limits=Limits(largest_body=200))

        entries = reader.feed(pack(pages(A, *[B] * 100))) + reader.close()

        assert entries[0].loc == A
        assert len(entries) < 10
        assert reader.is_full
        assert "over_50mb" in reader.warnings

    def test_bytes_are_counted_as_they_came_and_unpacked(self) -> None:
        reader, _ = read(PACKED)

        assert reader.bytes_raw == len(PACKED)
        assert reader.bytes_decoded == len(pages(A, B))
