"""A server that plays Overpass and Nominatim. It reads the part of Overpass QL that is used, and refuses all else."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.scanlane.clients.places.serving import served

Element = dict[str, Any]
Filter = Callable[[Element], bool]

_QUERY = re.compile(
    r"\[out:json\]\[timeout:\d+\];(?:\((?P<union>.*)\)|(?P<single>[^;]+));out center tags(?: (?P<most>\d+))?;"
)
_STRING = r'"((?:[^"\\]|\\.)*)"'
_NUMBER = r"(-?[0-9.]+)"
_TYPES = ("node", "way", "relation")


class BadQuery(ValueError):
    """The query is not one."""


@dataclass
class FakeOverpass:
    """Its elements, and answers that come instead, one after the other. `areas`: what Nominatim knows, s,n,w,e."""

    url: str = ""
    elements: list[Element] = field(default_factory=list)
    areas: dict[str, list[str]] = field(default_factory=dict)
    failures: list[web.Response] = field(default_factory=list)
    area_failures: list[web.Response] = field(default_factory=list)
    status_page: str = "Rate limit: 2\n2 slots available now.\n"
    queries: list[str] = field(default_factory=list)
    agents: list[str | None] = field(default_factory=list)
    area_queries: list[Mapping[str, str]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def interpret(self, request: web.Request) -> web.StreamResponse:
        """POST /api/interpreter."""
        query = str((await request.post())["data"])
        self.queries.append(query)
        self.agents.append(request.headers.get("User-Agent"))
        self.asked.set()
        await self.gate.wait()
        if self.failures:
            return self.failures.pop(0)
        try:
            found = list(_found(query, self.elements))
        except BadQuery as error:
            return web.Response(status=400, text=f"<html>parse error: {error}</html>", content_type="text/html")
        return web.json_response({"version": 0.6, "generator": "Overpass API", "osm3s": {}, "elements": found})

    async def status(self, _: web.Request) -> web.StreamResponse:
        """GET /api/status."""
        return web.Response(text=self.status_page)

    async def find_area(self, request: web.Request) -> web.StreamResponse:
        """Nominatim's GET /search."""
        self.area_queries.append(dict(request.query))
        self.agents.append(request.headers.get("User-Agent"))
        if self.area_failures:
            return self.area_failures.pop(0)
        corners = self.areas.get(request.query["q"])
        return web.json_response([{"place_id": 1, "boundingbox": corners}] if corners else [])


def element(kind: str, number: int, name: str | None, *, at: tuple[float, float] = (59.9, 5.3), **tags: str) -> Element:
    """One element; two underscores in a tag stand for a colon."""
    said = {key.replace("__", ":"): value for key, value in tags.items()}
    if name is not None:
        said["name"] = name
    where = {"lat": at[0], "lon": at[1]}
    return {"type": kind, "id": number, "tags": said, **(where if kind == "node" else {"center": where})}


def remarked() -> web.Response:
    """A query that ran out of time: status 200, a part of the elements, and a remark."""
    remark = 'runtime error: Query timed out in "query" at line 1 after 26 seconds.'
    return web.json_response({"version": 0.6, "elements": [element("node", 1, "Half")], "remark": remark})


def _found(query: str, elements: list[Element]) -> Iterator[Element]:
    read = _QUERY.fullmatch(query)
    if read is None:
        raise BadQuery(query[:80])
    union = read["union"]
    statements = [*_statements(union)] if union is not None else [_statement(read["single"])]
    ordered = sorted(elements, key=lambda one: (_TYPES.index(one["type"]), one["id"]))
    matching = [one for one in ordered if any(all(fits(one) for fits in fitting) for fitting in statements)]
    yield from matching[: int(read["most"] or 10**9)]


def _statements(text: str) -> Iterator[list[Filter]]:
    while text:
        end = _end(text)
        yield _statement(text[:end])
        text = text[end + 1 :]


def _end(text: str) -> int:
    inside = False
    escaped = False
    for place, letter in enumerate(text):
        if letter == ";" and not inside:
            return place
        inside ^= letter == '"' and not escaped
        escaped = letter == "\\" and not escaped
    raise BadQuery("a statement has no end")


def _statement(text: str) -> list[Filter]:
    kind = re.match("node|way|relation", text)
    if kind is None:
        raise BadQuery(f"no type: {text[:40]}")
    fitting: list[Filter] = [lambda one, wanted=kind[0]: one["type"] == wanted]  # type: ignore[misc]
    rest = text[kind.end() :]
    while rest:
        for pattern, make in _FILTERS:
            read = re.match(pattern, rest)
            if read:
                fitting.append(make(*(_unquoted(part) for part in read.groups())))
                rest = rest[read.end() :]
                break
        else:
            raise BadQuery(f"no filter: {rest[:40]}")
    return fitting


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _has(key: str) -> Filter:
    return lambda one: key in one["tags"]


def _equals(key: str, value: str) -> Filter:
    return lambda one: one["tags"].get(key) == value


def _like(key: str, pattern: str) -> Filter:
    return lambda one: key in one["tags"] and re.search(pattern, one["tags"][key], re.I) is not None


def _any_like(keys: str, pattern: str) -> Filter:
    return lambda one: any(
        re.search(keys, key) and re.search(pattern, value, re.I) for key, value in one["tags"].items()
    )


def _around(radius: str, latitude: str, longitude: str) -> Filter:
    def fits(one: Element) -> bool:
        up, aside = _point(one)[0] - float(latitude), (_point(one)[1] - float(longitude)) / 2
        return ((up**2 + aside**2) ** 0.5) * 111_320 <= float(radius)

    return fits


def _within(south: str, west: str, north: str, east: str) -> Filter:
    def fits(one: Element) -> bool:
        latitude, longitude = _point(one)
        return float(south) <= latitude <= float(north) and float(west) <= longitude <= float(east)

    return fits


def _beyond(number: str) -> Filter:
    return lambda one: one["id"] > int(number)


def _named(number: str) -> Filter:
    return lambda one: one["id"] == int(number)


def _point(one: Element) -> tuple[float, float]:
    where = one.get("center", one)
    return where["lat"], where["lon"]


_FILTERS: tuple[tuple[str, Callable[..., Filter]], ...] = (
    (rf"\[{_STRING}\]", _has),
    (rf"\[{_STRING}={_STRING}\]", _equals),
    (rf"\[{_STRING}~{_STRING},i\]", _like),
    (rf"\[~{_STRING}~{_STRING},i\]", _any_like),
    (rf"\(around:{_NUMBER},{_NUMBER},{_NUMBER}\)", _around),
    (rf"\({_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}\)", _within),
    (r"\(if:id\(\)>([0-9]+)\)", _beyond),
    (r"\(([0-9]+)\)", _named),
)


@asynccontextmanager
async def running_overpass(*elements: Element) -> AsyncIterator[FakeOverpass]:
    """Such a server on a port of its own: Overpass under /api, Nominatim at the top."""
    fake = FakeOverpass(elements=list(elements))
    fake.gate.set()
    app = web.Application()
    app.router.add_post("/api/interpreter", fake.interpret)
    app.router.add_get("/api/status", fake.status)
    app.router.add_get("/search", fake.find_area)
    async with served(app) as url:
        fake.url = url
        yield fake
        fake.gate.set()
