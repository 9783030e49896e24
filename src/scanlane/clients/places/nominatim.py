"""Where a town is, by Nominatim."""

from collections import OrderedDict
from datetime import timedelta

from scanlane.clients.places.api_http import ApiHttp, base_url
from scanlane.clients.places.errors import AuthError, InvalidRequest, QuotaExceeded, Transient
from scanlane.clients.places.gate import Gate
from scanlane.domain.place_areas import Rectangle

BASE = "https://nominatim.openstreetmap.org"
BUSY = timedelta(seconds=60)
REMEMBERED = 500


class Nominatim:
    """Turns names of areas into rectangles, and remembers them."""

    def __init__(self, http: ApiHttp, *, gate: Gate, base: str = BASE) -> None:
        self._http = http
        self._gate = gate
        self._base = base_url(base)
        self._known: OrderedDict[str, Rectangle] = OrderedDict()

    async def rectangle(self, name: str) -> Rectangle:
        """The rectangle around the area that fits best. Raises PlacesFailed."""
        key = name.casefold()
        if key not in self._known:
            self._known[key] = await self._ask(name)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return self._known[key]

    async def _ask(self, name: str) -> Rectangle:
        await self._gate.passed()
        answer = await self._http.get(self._base / "search", query={"q": name, "format": "jsonv2", "limit": "1"})
        match answer.status:
            case 200:
                return _read(answer.json(), name)
            case 429 | 509:
                raise QuotaExceeded("Nominatim has answered enough for now", retry_after=answer.retry_after or BUSY)
            case 401 | 403:
                raise AuthError(f"Nominatim answers {answer.status}: it does not let this installation in")
            case 400:
                raise InvalidRequest(f"Nominatim does not understand {name!r}")
            case status:
                raise Transient(f"Nominatim answers {status}")


def _read(said: object, name: str) -> Rectangle:
    if not isinstance(said, list):
        raise Transient("Nominatim answers with something that is no list")
    if not said:
        raise InvalidRequest(f"there is no area called {name!r} on OpenStreetMap")
    try:
        south, north, west, east = (float(one) for one in said[0]["boundingbox"])
        return Rectangle(south, west, north, east)
    except (ValueError, TypeError, KeyError, IndexError):
        raise Transient("Nominatim answers with an area that has no corners") from None
