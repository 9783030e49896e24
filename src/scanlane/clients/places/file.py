"""Places out of a file that the operator has, JSON or CSV; without one, out of the sample that comes along."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from scanlane.clients.places.errors import InvalidRequest, NotFound
from scanlane.domain.place_areas import Area, NamedArea
from scanlane.domain.place_records import read_details, ref_of
from scanlane.domain.places import (
    PlaceDetails,
    PlacePage,
    PlaceQuery,
    PlaceRef,
    Retention,
    UnusableDetails,
)

LARGEST = 64 * 1024 * 1024
PAGE_SIZE = 100

Record = Mapping[str, object]


class FilePlaces:
    """Places of a file. JSON: a list of objects, or an object with the list as "places". CSV: a header line first."""

    name = "file"

    def __init__(self, path: Path | None, *, retention: Retention | None = None, page_size: int = PAGE_SIZE) -> None:
        self._path = path
        self._page_size = page_size
        self.retention = retention or Retention()

    async def search(self, query: PlaceQuery, cursor: str | None) -> PlacePage:
        """Records with every word of the query in their name, category or city, within the area."""
        start = int(cursor) if cursor and cursor.isdecimal() else 0
        found = [one.stub for one in await self._details() if _fits(one, query)]
        end = start + self._page_size
        return PlacePage(tuple(found[start:end]), str(end) if end < len(found) else None)

    async def details(self, ref: PlaceRef, *, staged: Mapping[str, object]) -> PlaceDetails:
        """What the search has staged, whatever became of the file; the file's record where nothing is staged."""
        if staged:
            try:
                return read_details(ref, staged)
            except UnusableDetails as error:
                raise InvalidRequest(str(error)) from None
        for details in await self._details():
            if details.ref == ref:
                return details
        raise NotFound(f"{self._called} has no record {ref}")

    async def _details(self) -> list[PlaceDetails]:
        records = await asyncio.to_thread(self._read)
        return list(_usable(records))

    @property
    def _called(self) -> str:
        return "the sample file" if self._path is None else str(self._path)

    def _read(self) -> list[Record]:
        try:
            body = self._bytes()
        except OSError as error:
            raise InvalidRequest(f"{self._called} cannot be read: {error.strerror or type(error).__name__}") from None
        if len(body) > LARGEST:
            raise InvalidRequest(f"{self._called} is larger than {LARGEST} bytes")
        try:
            text = body.decode("utf-8-sig")
            is_json = text.lstrip()[:1] in ("[", "{")
            return _json_records(text) if is_json else _csv_records(text)
        except (ValueError, RecursionError, csv.Error) as error:
            raise InvalidRequest(f"{self._called} is neither JSON nor CSV in UTF-8: {error}") from None

    def _bytes(self) -> bytes:
        if self._path is None:
            return (files("scanlane.demo") / "places.json").read_bytes()
        with self._path.open("rb") as file:
            return file.read(LARGEST + 1)


def _json_records(text: str) -> list[Record]:
    said = json.loads(text)
    records = said.get("places") if isinstance(said, dict) else said
    if not isinstance(records, list):
        raise ValueError('there is no list of places, neither at the top nor as "places"')
    return [one for one in records if isinstance(one, dict)]


def _csv_records(text: str) -> list[Record]:
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return [{name: value for name, value in row.items() if name and value} for row in rows]


def _usable(records: list[Record]) -> Iterator[PlaceDetails]:
    for record in records:
        try:
            yield read_details(ref_of(record), record)
        except UnusableDetails:
            continue


def _fits(place: PlaceDetails, query: PlaceQuery) -> bool:
    said = " ".join(part for part in (place.name, place.category, place.city) if part).casefold()
    return all(word in said for word in query.text.casefold().split()) and _lies_in(place, query.area)


def _lies_in(place: PlaceDetails, area: Area | None) -> bool:
    match area:
        case None:
            return True
        case NamedArea(name):
            parts = (place.address, place.city, place.region, place.country, place.postcode)
            where = " ".join(part for part in parts if part).casefold()
            return all(word in where for word in name.casefold().replace(",", " ").split())
        case shape:
            point = place.latitude, place.longitude
            return point[0] is not None and point[1] is not None and shape.contains(point[0], point[1])
