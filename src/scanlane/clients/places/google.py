"""Google Places API (New), version 1, over REST.

The wire format is that of its discovery document (revision 20261101). The first of its interfaces, under
maps.googleapis.com, is not spoken: no new project can be given a key for it.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from yarl import URL

from scanlane.clients.places.api_http import ApiHttp, base_url
from scanlane.clients.places.errors import AuthError, InvalidRequest, Moved
from scanlane.clients.places.google_answers import document_of, read_place, read_ref, read_stub
from scanlane.domain.place_areas import Circle, NamedArea, Rectangle
from scanlane.domain.places import PlaceDetails, PlacePage, PlaceQuery, PlaceRef, PlaceStub, Retention

BASE = "https://places.googleapis.com"
PAGE_SIZE = 20

# Coordinates may be kept for 30 days; of everything else only the id may be kept at all. A day is what the pipeline
# needs to come from a place to the website that it is about.
RETENTION = Retention(keep=timedelta(days=1), keep_location=timedelta(days=30), attribution="Google Maps")

# The dearest field of a mask sets the price of the request. Searches ask for Pro fields only; details for what
# Enterprise has, and for nothing of its "Atmosphere" (reviews and amenities), which costs more again.
SEARCH_FIELDS = (
    "id",
    "displayName",
    "formattedAddress",
    "location",
    "types",
    "primaryType",
    "businessStatus",
    "pureServiceAreaBusiness",
)
SEARCH_MASK = ",".join([*(f"places.{field}" for field in SEARCH_FIELDS), "nextPageToken"])
DETAIL_FIELDS = (
    *SEARCH_FIELDS,
    "primaryTypeDisplayName",
    "addressComponents",
    "googleMapsUri",
    "attributions",
    "movedPlace",
    "movedPlaceId",
    "websiteUri",
    "nationalPhoneNumber",
    "internationalPhoneNumber",
    "regularOpeningHours",
    "rating",
    "userRatingCount",
)
DETAIL_MASK = ",".join(DETAIL_FIELDS)


class GooglePlaces:
    """Places by Google. The key goes into a header, and nowhere else."""

    name = "google"

    def __init__(self, http: ApiHttp, *, key: str | None, base: str = BASE, retention: Retention = RETENTION) -> None:
        self._http = http
        self._key = (key or "").strip()
        self._base = base_url(base)
        self.retention = retention

    async def search(self, query: PlaceQuery, cursor: str | None) -> PlacePage:
        """Text Search; up to 20 places a page. A place outside a circle is left out, one without location is not."""
        asked = {**_question(query), **({"pageToken": cursor} if cursor else {})}
        url = self._base / "v1" / "places:searchText"
        answer = await self._http.post(url, document=asked, headers=self._headers(SEARCH_MASK))
        said = document_of(answer, secret=self._key)
        token = said.get("nextPageToken")
        return PlacePage(tuple(_listed(said, query)), token if isinstance(token, str) and token else None)

    async def details(self, ref: PlaceRef, *, staged: Mapping[str, object]) -> PlaceDetails:
        """Place Details. Raises Moved where the business is at another place now."""
        del staged
        url = self._place(ref)
        said = document_of(await self._http.get(url, headers=self._headers(DETAIL_MASK)), secret=self._key)
        new = read_ref(said.get("movedPlaceId"))
        if new is not None and new != ref:
            raise Moved(ref, new)
        return read_place(said, ref)

    def _place(self, ref: PlaceRef) -> URL:
        if ref.provider != self.name:
            raise InvalidRequest(f"{ref} is not a place of Google's")
        return self._base / "v1" / "places" / ref.id

    def _headers(self, mask: str) -> dict[str, str]:
        if not self._key:
            raise AuthError("Google needs a key: set SCANLANE_PLACES_API_KEY")
        return {"X-Goog-Api-Key": self._key, "X-Goog-FieldMask": mask}


def _question(query: PlaceQuery) -> dict[str, object]:
    asked: dict[str, object] = {
        "textQuery": query.text,
        "pageSize": PAGE_SIZE,
        "includePureServiceAreaBusinesses": True,
    }
    match query.area:
        case NamedArea(name):
            asked["textQuery"] = f"{query.text} in {name}"
        case Rectangle() as rectangle:
            asked["locationRestriction"] = {"rectangle": _corners(rectangle)}
        case Circle() as circle:
            # Google restricts to rectangles only; with a circle it would merely prefer what lies within.
            asked["locationRestriction"] = {"rectangle": _corners(circle.rectangle())}
    return asked


def _corners(rectangle: Rectangle) -> dict[str, object]:
    return {
        "low": {"latitude": rectangle.south, "longitude": rectangle.west},
        "high": {"latitude": rectangle.north, "longitude": rectangle.east},
    }


def _listed(said: Mapping[str, object], query: PlaceQuery) -> Iterator[PlaceStub]:
    places = said.get("places")
    for place in places if isinstance(places, list) else []:
        found = read_stub(place) if isinstance(place, dict) else None
        if found is None:
            continue
        stub, point = found
        if not isinstance(query.area, Circle) or point is None or query.area.contains(*point):
            yield stub
