"""Places on the map: how one is named, what a search asks for, what a provider answers. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from scanlane.domain.place_areas import Area, read_area

LONGEST_REF = 300
LONGEST_QUERY = 200

_PROVIDER = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_IDS = {
    "google": re.compile(r"[A-Za-z0-9_-]+"),
    "osm": re.compile(r"(?:node|way|relation)/[1-9][0-9]{0,18}"),
}
_ANY_ID = re.compile(
    r"[^\s\x00-\x1f\x7f\ud800-\udfff](?:[^\x00-\x1f\x7f\ud800-\udfff]*[^\s\x00-\x1f\x7f\ud800-\udfff])?"
)


class UnusableRef(ValueError):
    """This does not name a place."""


class UnusableQuery(ValueError):
    """Nothing can be searched for with this."""


class UnusableDetails(ValueError):
    """The place has no name."""


@dataclass(frozen=True, slots=True, order=True)
class PlaceRef:
    """A provider's name and its own id of the place: "google:ChIJ...", "osm:node/1", "file:7". Raises UnusableRef."""

    provider: str
    id: str

    def __post_init__(self) -> None:
        pattern = _IDS.get(self.provider, _ANY_ID)
        fits = _PROVIDER.fullmatch(self.provider) and pattern.fullmatch(self.id) and len(str(self)) <= LONGEST_REF
        if not fits:
            shown = f"{self.provider}:{self.id}"[:80]
            raise UnusableRef(f"{shown!r} does not name a place; write google:ChIJ..., osm:node/1 or file:id")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "provider:id". Raises UnusableRef."""
        provider, _, its_id = text.strip().partition(":")
        return cls(provider, its_id)

    def __str__(self) -> str:
        return f"{self.provider}:{self.id}"


@dataclass(frozen=True, slots=True)
class PlaceQuery:
    """What a search asks for: words, and where."""

    text: str
    area: Area | None = None

    @classmethod
    def read(cls, text: str, area: str | None = None) -> Self:
        """Read what somebody typed. Raises UnusableQuery or UnusableArea, each one clear line."""
        words = " ".join(text.split())
        if not words or len(words) > LONGEST_QUERY or not words.isprintable():
            raise UnusableQuery(f"a search has 1 to {LONGEST_QUERY} printable characters")
        return cls(words, read_area(area))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceStub:
    """A place as a search lists it. `raw` is what the provider sent, as JSON."""

    ref: PlaceRef
    name: str
    address: str | None = None
    category: str | None = None
    raw: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlacePage:
    """A part of what a search finds; `next_cursor` asks for the part after it, None: there is none."""

    places: tuple[PlaceStub, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDetails:
    """A business as its provider describes it. Coordinates in degrees (WGS 84), rating 1 to 5.

    `ref` may differ from the one that was asked for: providers rename places. `phones`: the main number first.
    `opening_hours`: one text a line, in the provider's own words.
    """

    ref: PlaceRef
    name: str
    address: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    phones: tuple[str, ...] = ()
    website: str | None = None
    category: str | None = None
    opening_hours: tuple[str, ...] = ()
    rating: float | None = None
    rating_count: int | None = None
    raw: Mapping[str, object] = field(default_factory=dict)

    @property
    def stub(self) -> PlaceStub:
        """The same place as a search would list it."""
        return PlaceStub(ref=self.ref, name=self.name, address=self.address, category=self.category, raw=self.raw)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what a provider says may be kept, its coordinates apart, and whom to name beside it; None: for ever.

    A place's ref may always be kept.
    """

    keep: timedelta | None = None
    keep_location: timedelta | None = None
    attribution: str = ""
