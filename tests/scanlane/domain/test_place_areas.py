"""Areas: circles, rectangles, names; and the two places where longitudes are not what they seem."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanlane.domain.place_areas import Circle, NamedArea, Rectangle, UnusableArea, read_area


class TestReadArea:
    @pytest.mark.parametrize(
        ("text", "area"),
        [
            (None, None),
            (" ", None),
            ("59.9, 5.3, 1000", Circle(59.9, 5.3, 1000)),
            ("59,5,60,6", Rectangle(59, 5, 60, 6)),
            ("-10,179,10,-179", Rectangle(-10, 179, 10, -179)),
            ("Northhaven,  Exampleland", NamedArea("Northhaven, Exampleland")),
            ("1040", NamedArea("1040")),
        ],
    )
    def test_is_told_by_its_numbers(self, text: str | None, area: object) -> None:
        assert read_area(text) == area

    @pytest.mark.parametrize(
        "text",
        [
            "1,2", "1,2,3,4,5", "91,0,100", "0,181,100", "0,0,0", "0,0,50001", "0,0,nan", "nan,0,100",
            "60,5,59,6", "59,5,59,6", "59,5,60,181", "0,0,inf", "x" * 201, "a\x00b",
        ],
    )  # fmt: skip
    def test_what_is_no_area_is_refused_in_one_line(self, text: str) -> None:
        with pytest.raises(UnusableArea) as raised:
            read_area(text)

        assert "\n" not in str(raised.value)


class TestCircle:
    @given(st.floats(-90, 90), st.floats(-180, 180), st.floats(1, 50_000), st.floats(0, 6.28), st.floats(0, 0.98))
    def test_its_rectangle_has_every_point_of_it(
        self, latitude: float, longitude: float, radius: float, angle: float, share: float
    ) -> None:
        import math

        circle = Circle(latitude, longitude, radius)
        away = radius / 6_371_000 * share
        here = math.radians(latitude)
        there = math.asin(math.sin(here) * math.cos(away) + math.cos(here) * math.sin(away) * math.cos(angle))
        aside = math.atan2(
            math.sin(angle) * math.sin(away) * math.cos(here), math.cos(away) - math.sin(here) * math.sin(there)
        )
        point = math.degrees(there), (longitude + math.degrees(aside) + 180) % 360 - 180

        assert circle.contains(*point)
        assert circle.rectangle().contains(*point)

    def test_a_point_beyond_the_radius_is_outside(self) -> None:
        circle = Circle(59.9, 5.3, 1000)

        assert circle.contains(59.9 + 0.0089, 5.3)
        assert not circle.contains(59.9 + 0.0091, 5.3)


class TestRectangle:
    def test_one_across_the_date_line_is_two(self) -> None:
        assert Rectangle(-10, 179, 10, -179).parts() == (Rectangle(-10, 179, 10, 180), Rectangle(-10, -180, 10, -179))
        assert Rectangle(-10, -179, 10, 179).parts() == (Rectangle(-10, -179, 10, 179),)
