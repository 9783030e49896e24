"""A server that speaks the Places API (New), version 1: the wire format of its discovery document.

Google's own client package is what it is checked with (test_fake_google.py).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.scanlane.clients.places.serving import served

KEY = "AIzaFakeKeyOfTheTests"
# By its wire name; a subset of the real one, which no test needs in full. google.maps.places_v1 knows each of them.
FIELDS = frozenset(
    "name id displayName types primaryType primaryTypeDisplayName nationalPhoneNumber internationalPhoneNumber "
    "formattedAddress postalAddress addressComponents plusCode location viewport rating googleMapsUri websiteUri "
    "reviews regularOpeningHours utcOffsetMinutes timeZone photos businessStatus priceLevel attributions "
    "userRatingCount takeout delivery editorialSummary pureServiceAreaBusiness movedPlace movedPlaceId".split()
)
# Enumerations have numbers for clients that ask for them ("$alt=json;enum-encoding=int").
BUSINESS_STATUS = {"OPERATIONAL": 1, "CLOSED_TEMPORARILY": 2, "CLOSED_PERMANENTLY": 3, "FUTURE_OPENING": 4}
PAGING = frozenset({"pageToken", "pageSize", "maxResultCount"})
QUERY = frozenset(
    "textQuery languageCode regionCode rankPreference includedType openNow minRating priceLevels strictTypeFiltering "
    "locationBias locationRestriction includePureServiceAreaBusinesses includeFutureOpeningBusinesses".split()
)
ASKED = QUERY | PAGING

Place = dict[str, Any]


@dataclass
class Seen:
    """One request: its path, the headers that matter, its document."""

    path: str
    key: str | None
    mask: str | None
    document: Mapping[str, Any]


@dataclass
class FakeGoogle:
    """Its places by id. `failures`: answers that come instead, one after the other.

    A closed `gate` holds answers back, all but the first `free` ones.
    """

    url: str = ""
    places: dict[str, Place] = field(default_factory=dict)
    failures: list[web.Response] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    key: str = KEY
    free: int = 0
    _pages: dict[str, tuple[str, int]] = field(default_factory=dict)

    async def saw(self, requests: int) -> None:
        """Wait until so many requests have come."""
        async with asyncio.timeout(10):
            while len(self.seen) < requests:
                self.asked.clear()
                await self.asked.wait()

    async def get_place(self, request: web.Request) -> web.StreamResponse:
        """GET /v1/places/{id}."""
        if refused := await self._refused(request, {}):
            return refused
        paths, complaint = _mask(request)
        if complaint is not None:
            return complaint
        place = self.places.get(request.match_info["id"])
        if place is None:
            return failure(404, "NOT_FOUND", "The Place ID is no longer valid. Please refresh cached Place IDs")
        return _answer(request, _masked(place, paths))

    async def search_text(self, request: web.Request) -> web.StreamResponse:
        """POST /v1/places:searchText."""
        asked = await request.json()
        if refused := await self._refused(request, asked):
            return refused
        paths, complaint = _mask(request, prefix="places.", beside=frozenset({"nextPageToken"}))
        if complaint is not None:
            return complaint
        if unknown := set(asked) - ASKED:
            return failure(400, "INVALID_ARGUMENT", f'Invalid JSON payload received. Unknown name "{unknown.pop()}"')
        if not asked.get("textQuery"):
            return failure(400, "INVALID_ARGUMENT", "Empty text_query.")
        return self._page(request, asked, paths)

    def _page(self, request: web.Request, asked: Mapping[str, Any], paths: frozenset[str]) -> web.Response:
        question = json.dumps({name: asked[name] for name in sorted(QUERY & set(asked))})
        start, size = 0, int(asked.get("pageSize") or asked.get("maxResultCount") or 20)
        if token := asked.get("pageToken"):
            before, start = self._pages.get(token, (None, 0))
            if before != question:
                return failure(400, "INVALID_ARGUMENT", "Request contains an invalid argument: page_token.")
        found = [place for place in self.places.values() if _matches(place, asked)]
        part, rest = found[start : start + min(size, 20)], found[start + min(size, 20) :]
        said: dict[str, Any] = {}
        if part and paths - {"nextPageToken"}:
            said["places"] = [_masked(place, paths - {"nextPageToken"}) for place in part]
        if rest and "nextPageToken" in paths:
            token = f"page-{len(self.seen)}"
            self._pages[token] = (question, start + len(part))
            said["nextPageToken"] = token
        return _answer(request, said)

    async def _refused(self, request: web.Request, document: Mapping[str, Any]) -> web.Response | None:
        key = request.headers.get("X-Goog-Api-Key") or request.query.get("key")
        self.seen.append(Seen(request.path, key, request.headers.get("X-Goog-FieldMask"), document))
        self.asked.set()
        if len(self.seen) > self.free:
            await self.gate.wait()
        if self.failures:
            return self.failures.pop(0)
        if not key:
            return failure(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers.")
        if key != self.key:
            said = "API key not valid. Please pass a valid API key."
            return failure(400, "INVALID_ARGUMENT", said, reason="API_KEY_INVALID")
        return None


def failure(status: int, word: str, message: str, *, reason: str | None = None, **detail: Any) -> web.Response:
    """An answer in the shape of google.rpc.Status. `detail` is one more detail, as a RetryInfo is."""
    error: dict[str, Any] = {"code": status, "message": message, "status": word}
    if reason:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        error["details"] = [{"@type": kind, "reason": reason, "domain": "googleapis.com"}]
    if detail:
        error.setdefault("details", []).append({"@type": "type.googleapis.com/google.rpc.RetryInfo", **detail})
    return web.json_response({"error": error}, status=status)


def place(place_id: str, name: str, **said: Any) -> Place:
    """A whole place with everything that a business may have. A value of None takes a field away."""
    usual = {
        "name": f"places/{place_id}",
        "id": place_id,
        "displayName": {"text": name, "languageCode": "en"},
        "types": ["bakery", "food", "point_of_interest"],
        "primaryType": "bakery",
        "primaryTypeDisplayName": {"text": "Bakery", "languageCode": "en"},
        "formattedAddress": "4 Quay Street, Northhaven 1040, Exampleland",
        "addressComponents": [
            _component("4", "street_number"),
            _component("Quay Street", "route"),
            _component("Northhaven", "locality", "political"),
            _component("North Shore", "administrative_area_level_1", "political"),
            _component("Exampleland", "country", "political", short="EX"),
            _component("1040", "postal_code"),
        ],
        "location": {"latitude": 59.9, "longitude": 5.3},
        "businessStatus": "OPERATIONAL",
        "websiteUri": f"https://{place_id.lower()}.example/",
        "nationalPhoneNumber": "(202) 555-0123",
        "internationalPhoneNumber": "+1 202-555-0123",
        "rating": 4.5,
        "userRatingCount": 27,
        "regularOpeningHours": {"weekdayDescriptions": ["Monday: 7:00 AM - 5:00 PM", "Sunday: Closed"]},
        "reviews": [{"name": f"places/{place_id}/reviews/1", "rating": 5}],
        "googleMapsUri": f"https://maps.example/?cid={place_id}",
    }
    return {name: value for name, value in {**usual, **said}.items() if value is not None}


def _component(text: str, *types: str, short: str | None = None) -> dict[str, Any]:
    return {"longText": text, "shortText": short or text, "types": list(types), "languageCode": "en"}


def _mask(
    request: web.Request, *, prefix: str = "", beside: frozenset[str] = frozenset()
) -> tuple[frozenset[str], web.Response | None]:
    """The fields that were asked for, or the complaint about them."""
    said = request.headers.get("X-Goog-FieldMask") or request.query.get("fields") or request.query.get("$fields")
    if not said:
        message = "FieldMask is a required parameter. See https://cloud.google.com/apis/docs/system-parameters"
        return frozenset(), failure(400, "INVALID_ARGUMENT", message)
    known = {prefix + field for field in FIELDS} | beside
    paths = FIELDS | beside if said == "*" else frozenset(said.split(","))
    if said != "*" and (
        unknown := {path for path in paths if ".".join(path.split(".")[: _depth(prefix)]) not in known}
    ):
        message = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{unknown.pop()}'."
        return frozenset(), failure(400, "INVALID_ARGUMENT", message)
    return frozenset(path.removeprefix(prefix) for path in paths), None


def _depth(prefix: str) -> int:
    return prefix.count(".") + 1


def _masked(place: Place, paths: frozenset[str]) -> Place:
    wanted = {path.split(".")[0] for path in paths}
    return {name: value for name, value in place.items() if name in wanted}


def _matches(place: Place, asked: Mapping[str, Any]) -> bool:
    words = asked["textQuery"].partition(" in ")[0].casefold().split()
    said = " ".join([place["displayName"]["text"], *place.get("types", ())]).casefold()
    if place.get("pureServiceAreaBusiness") and not asked.get("includePureServiceAreaBusinesses"):
        return False
    return all(word in said for word in words) and _lies_in(place, asked.get("locationRestriction"))


def _lies_in(place: Place, restriction: Mapping[str, Any] | None) -> bool:
    if restriction is None or "location" not in place:
        return True
    low, high, point = restriction["rectangle"]["low"], restriction["rectangle"]["high"], place["location"]
    return all(low[axis] <= point[axis] <= high[axis] for axis in ("latitude", "longitude"))


def _answer(request: web.Request, said: Mapping[str, Any]) -> web.Response:
    if "enum-encoding=int" in request.query_string:
        said = _with_numbers(said)
    return web.json_response(said)


def _with_numbers(said: Mapping[str, Any]) -> Mapping[str, Any]:
    numbered = {
        name: [_with_numbers(one) for one in value] if name == "places" else value for name, value in said.items()
    }
    if "businessStatus" in said:
        numbered["businessStatus"] = BUSINESS_STATUS[said["businessStatus"]]
    return numbered


@asynccontextmanager
async def running_google(*places: Place) -> AsyncIterator[FakeGoogle]:
    """Such a server on a port of its own, which knows these places."""
    google = FakeGoogle(places={one["id"]: one for one in places})
    google.gate.set()
    app = web.Application()
    app.router.add_get("/v1/places/{id}", google.get_place)
    app.router.add_post("/v1/places:searchText", google.search_text)
    async with served(app) as url:
        google.url = url
        yield google
        google.gate.set()


def bakeries(number: int) -> Iterator[Place]:
    """So many places, all different."""
    for one in range(number):
        yield place(f"ChIJ{one:04}", f"Bakery {one}")
