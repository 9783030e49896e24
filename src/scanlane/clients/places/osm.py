"""OpenStreetMap: Overpass knows the places, Nominatim where a town is.

Both are run by volunteers. Their policies, kept here for the whole process: one request a second, a user agent that
says who asks, results that are remembered, no mass queries (wiki.openstreetmap.org/wiki/Overpass_API and
operations.osmfoundation.org/policies/nominatim).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from scanlane.clients.places.api_http import Answer, ApiHttp, base_url, bounded
from scanlane.clients.places.errors import AuthError, InvalidRequest, NotFound, QuotaExceeded, Transient
from scanlane.clients.places.gate import Gate
from scanlane.clients.places.nominatim import Nominatim
from scanlane.clients.places.overpass_ql import After, element_query, search_query
from scanlane.domain.osm_elements import read_element
from scanlane.domain.place_areas import Circle, NamedArea, Rectangle
from scanlane.domain.places import PlaceDetails, PlacePage, PlaceQuery, PlaceRef, Retention, UnusableDetails

BASE = "https://overpass-api.de/api"
PAGE_SIZE = 200
BUSY = timedelta(seconds=60)
RETENTION = Retention(attribution="© OpenStreetMap contributors (ODbL)")

ONE_A_SECOND = Gate(timedelta(seconds=1))

Shape = Circle | Rectangle


class OsmPlaces:
    """Places by OpenStreetMap."""

    name = "osm"

    def __init__(
        self,
        http: ApiHttp,
        nominatim: Nominatim,
        *,
        base: str = BASE,
        retention: Retention = RETENTION,
        gate: Gate = ONE_A_SECOND,
        page_size: int = PAGE_SIZE,
    ) -> None:
        self._http = http
        self._nominatim = nominatim
        self._base = base_url(base)
        self._gate = gate
        self._page_size = page_size
        self.retention = retention

    async def search(self, query: PlaceQuery, cursor: str | None) -> PlacePage:
        """Named places whose name or category has the words, or whose tag is the given one ("shop=bakery")."""
        start = _Start.read(cursor) if cursor else _Start(await self._shape(query))
        asked = search_query(query.text, start.shape, after=start.after, most=self._page_size)
        elements = await self._ask(asked)
        found = tuple(details.stub for one in elements if (details := _details(one)))
        is_full = len(elements) >= self._page_size
        return PlacePage(found, _Start(start.shape, _after(elements[-1])).cursor() if is_full else None)

    async def details(self, ref: PlaceRef, *, staged: Mapping[str, object]) -> PlaceDetails:
        """The element with all its tags."""
        del staged
        if ref.provider != self.name:
            raise InvalidRequest(f"{ref} is not a place of OpenStreetMap's")
        elements = await self._ask(element_query(ref.id))
        if not elements:
            raise NotFound(f"OpenStreetMap knows no {ref.id}")
        details = _details(elements[0])
        if details is None:
            raise InvalidRequest(f"OpenStreetMap knows no name of {ref.id}")
        return details

    async def _shape(self, query: PlaceQuery) -> Shape:
        match query.area:
            case None:
                raise InvalidRequest("OpenStreetMap is searched within an area: name a town, or give coordinates")
            case NamedArea(name):
                return await self._nominatim.rectangle(name)
            case shape:
                return shape

    async def _ask(self, asked: str) -> list[Mapping[str, object]]:
        await self._gate.passed()
        answer = await self._http.post(self._base / "interpreter", form={"data": asked})
        await self._refuse(answer)
        said = answer.json()
        if not isinstance(said, dict) or not isinstance(said.get("elements"), list):
            raise Transient(f"{answer.host} answers with something that is no list of elements")
        # A query that ran out of time or memory is answered with status 200, and with whatever it had until then.
        if remark := said.get("remark"):
            raise Transient(f"Overpass stopped early: {remark}")
        return [one for one in said["elements"] if isinstance(one, dict)]

    async def _refuse(self, answer: Answer) -> None:
        match answer.status:
            case 200:
                return
            case 429:
                wait = answer.retry_after or await self._announced()
                raise QuotaExceeded("Overpass has answered enough for now", retry_after=wait)
            case 401 | 403 | 406:
                raise AuthError(f"Overpass answers {answer.status}: it does not let this installation in")
            case 400:
                raise InvalidRequest("Overpass does not understand the query")
            case status:
                raise Transient(f"Overpass answers {status}")

    async def _announced(self) -> timedelta:
        """When the next slot is free, as its status page says in words."""
        try:
            text = (await self._http.get(self._base / "status")).text()
        except Transient:
            return BUSY
        if re.search(r"^[1-9][0-9]* slots? available now", text, re.MULTILINE):
            return bounded(0)
        waits = [int(seconds) for seconds in re.findall(r"in (-?[0-9]{1,6}) seconds", text)]
        return bounded(min(waits)) if waits else BUSY


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a page begins: the area, so that it is not looked for again, and the element before the first."""

    shape: Shape
    after: After | None = None

    @classmethod
    def read(cls, cursor: str) -> "_Start":
        try:
            said = json.loads(cursor)
            numbers = [float(one) for one in said["area"]]
            return cls(Circle(*numbers) if len(numbers) == 3 else Rectangle(*numbers), After.read(said["after"]))
        except (ValueError, TypeError, KeyError):
            raise InvalidRequest("this is not where a page of a search begins") from None

    def cursor(self) -> str:
        match self.shape:
            case Circle(latitude, longitude, radius):
                area = [latitude, longitude, radius]
            case Rectangle(south, west, north, east):
                area = [south, west, north, east]
        return json.dumps({"area": area, "after": str(self.after)})


def _after(element: Mapping[str, object]) -> After:
    try:
        return After.read(f"{element.get('type')}/{element.get('id')}")
    except ValueError:
        raise Transient("Overpass answers with elements that have no id") from None


def _details(element: Mapping[str, object]) -> PlaceDetails | None:
    try:
        return read_element(element)
    except UnusableDetails:
        return None
