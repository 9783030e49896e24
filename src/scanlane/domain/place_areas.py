"""Where to search for places: a circle, a rectangle, or a name that somebody else must find on the map. Pure."""

import math
from dataclasses import dataclass

LONGEST_NAME = 200
WIDEST_CIRCLE_METRES = 50_000.0
METRES_A_DEGREE = 111_320.0
EARTH_METRES = 6_371_000.0


class UnusableArea(ValueError):
    """This is not an area; write lat,lng,radius_m or south,west,north,east in degrees, or the name of a place."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Degrees (WGS 84). West is more than east where it crosses the 180th meridian."""

    south: float
    west: float
    north: float
    east: float

    def __post_init__(self) -> None:
        if not (-90 <= self.south < self.north <= 90 and _are_longitudes(self.west, self.east)):
            raise UnusableArea("south,west,north,east are degrees, and south is less than north")

    def parts(self) -> "tuple[Rectangle, ...]":
        """The same area in rectangles that do not cross the 180th meridian."""
        if self.west <= self.east:
            return (self,)
        return tuple(
            Rectangle(self.south, west, self.north, east)
            for west, east in ((self.west, 180.0), (-180.0, self.east))
            if west < east
        )

    def contains(self, latitude: float, longitude: float) -> bool:
        """Whether the point lies in it."""
        return any(
            part.south <= latitude <= part.north and part.west <= longitude <= part.east for part in self.parts()
        )


@dataclass(frozen=True, slots=True)
class Circle:
    """A centre in degrees (WGS 84) and a radius in metres."""

    latitude: float
    longitude: float
    radius: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and _are_longitudes(self.longitude)):
            raise UnusableArea("lat is -90 to 90 degrees and lng -180 to 180")
        if not 1 <= self.radius <= WIDEST_CIRCLE_METRES:
            raise UnusableArea(f"a radius is 1 to {WIDEST_CIRCLE_METRES:g} metres")

    def rectangle(self) -> Rectangle:
        """The smallest rectangle around it."""
        up = self.radius / METRES_A_DEGREE
        south, north = max(-90.0, self.latitude - up), min(90.0, self.latitude + up)
        widest = min(math.cos(math.radians(south)), math.cos(math.radians(north)))
        aside = up / widest if widest > 1e-9 else 180.0
        if aside >= 180:
            return Rectangle(south, -180.0, north, 180.0)
        return Rectangle(south, _wrapped(self.longitude - aside), north, _wrapped(self.longitude + aside))

    def contains(self, latitude: float, longitude: float) -> bool:
        """Whether the point is no farther from the centre than the radius (haversine)."""
        here, there = math.radians(self.latitude), math.radians(latitude)
        up, aside = math.sin((there - here) / 2), math.sin(math.radians(longitude - self.longitude) / 2)
        chord = up**2 + math.cos(here) * math.cos(there) * aside**2
        return 2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(chord))) <= self.radius


@dataclass(frozen=True, slots=True)
class NamedArea:
    """A town, a region, an address."""

    name: str


Area = Circle | Rectangle | NamedArea


def read_area(text: str | None) -> Area | None:
    """Read "lat,lng,radius_m", "south,west,north,east" or a name; None for nothing. Raises UnusableArea."""
    said = " ".join((text or "").split())
    if not said:
        return None
    numbers = _numbers(said)
    if numbers is None:
        if len(said) > LONGEST_NAME or not said.isprintable():
            raise UnusableArea(f"the name of an area has at most {LONGEST_NAME} printable characters")
        return NamedArea(said)
    match numbers:
        case [latitude, longitude, radius]:
            return Circle(latitude, longitude, radius)
        case [south, west, north, east]:
            return Rectangle(south, west, north, east)
    raise UnusableArea(UnusableArea.__doc__)


def _numbers(text: str) -> list[float] | None:
    parts = text.split(",")
    if len(parts) < 2:
        return None
    try:
        return [float(part) for part in parts]
    except ValueError:
        return None


def _are_longitudes(*degrees: float) -> bool:
    return all(-180 <= one <= 180 for one in degrees)


def _wrapped(longitude: float) -> float:
    return (longitude + 180) % 360 - 180
