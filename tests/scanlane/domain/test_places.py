"""Refs and searches as people write them."""

import pytest

from scanlane.domain.place_areas import Circle, NamedArea
from scanlane.domain.places import PlaceQuery, PlaceRef, UnusableQuery, UnusableRef


class TestPlaceRef:
    @pytest.mark.parametrize("text", ["google:ChIJ_x-1", "osm:node/1", "osm:relation/99", "file:a b:c", "overture:08f"])
    def test_a_ref_is_read_and_written_the_same(self, text: str) -> None:
        assert str(PlaceRef.parse(f" {text} ")) == text

    @pytest.mark.parametrize(
        "text",
        [
            "", "google", "google:", ":x", "Google:x", "google:a b", "google:../x", "google:a/b", "google:a?b",
            "osm:1", "osm:node/0", "osm:node/-1", "osm:point/1", "osm:node/1;out", "file:", "file:a\x00b",
            "file:\ud800", "file:" + "x" * 400,
        ],
    )  # fmt: skip
    def test_what_names_no_place_is_refused_in_one_short_line(self, text: str) -> None:
        with pytest.raises(UnusableRef) as raised:
            PlaceRef.parse(text)

        assert "\n" not in str(raised.value)
        assert len(str(raised.value)) < 200


class TestPlaceQuery:
    def test_words_and_an_area_are_read(self) -> None:
        assert PlaceQuery.read("  coffee \n roaster ", " ") == PlaceQuery("coffee roaster")
        assert PlaceQuery.read("coffee", "1,2,300") == PlaceQuery("coffee", Circle(1, 2, 300))
        assert PlaceQuery.read("coffee", "Northhaven") == PlaceQuery("coffee", NamedArea("Northhaven"))

    @pytest.mark.parametrize("text", ["", " \t", "x" * 201, "a\x00b", "\ud800"])
    def test_nothing_to_search_for_is_refused(self, text: str) -> None:
        with pytest.raises(UnusableQuery):
            PlaceQuery.read(text)
