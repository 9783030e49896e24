"""Places out of the operator's own file, whatever its columns are called."""

import json
from pathlib import Path

import pytest

from scanlane.clients.places.errors import InvalidRequest, NotFound
from scanlane.clients.places.file import FilePlaces
from scanlane.domain.places import PlaceQuery, PlaceRef, PlaceStub

ROWS = [
    {"id": "1", "name": "Harbour Bakery", "category": "Bakery", "city": "Northhaven", "website": "harbour.example"},
    {"id": "2", "name": "Hill Bread", "category": "bakery", "city": "Southhaven", "lat": 59.9, "lng": 5.3},
    {"id": "3", "name": "Hill Dental", "category": "dentist", "city": "Northhaven", "country": "EX"},
    {"id": "4", "website": "nameless.example"},
]


async def found(places: FilePlaces, text: str, area: str | None = None) -> list[PlaceStub]:
    """Everything that a search finds."""
    stubs, cursor = list[PlaceStub](), None
    while True:
        page = await places.search(PlaceQuery.read(text, area), cursor)
        stubs += page.places
        if (cursor := page.next_cursor) is None:
            return stubs


def written(folder: Path, text: str, name: str = "places.json") -> FilePlaces:
    """A provider over such a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return FilePlaces(path, page_size=2)


class TestSearch:
    @pytest.mark.parametrize("whole", [ROWS, {"places": ROWS}])
    async def test_every_word_is_in_the_name_the_category_or_the_city(self, tmp_path: Path, whole: object) -> None:
        places = written(tmp_path, json.dumps(whole))

        assert [str(one.ref) for one in await found(places, "BAKERY")] == ["file:1", "file:2"]
        assert [str(one.ref) for one in await found(places, "bakery northhaven")] == ["file:1"]
        assert [str(one.ref) for one in await found(places, "l")] == ["file:2", "file:3"]
        assert await found(places, "nameless") == []

    async def test_an_area_restricts(self, tmp_path: Path) -> None:
        places = written(tmp_path, json.dumps(ROWS))

        assert [one.ref.id for one in await found(places, "h", "northhaven, EX")] == ["3"]
        assert [one.ref.id for one in await found(places, "h", "59.9,5.3,100")] == ["2"]
        assert [one.ref.id for one in await found(places, "h", "50,5,51,6")] == []

    async def test_pages_follow_each_other(self, tmp_path: Path) -> None:
        places = written(tmp_path, json.dumps([{"name": f"Bakery {number}"} for number in range(5)]))

        assert [one.name for one in await found(places, "bakery")] == [f"Bakery {number}" for number in range(5)]

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    async def test_columns_of_a_table_are_guessed(self, tmp_path: Path, delimiter: str) -> None:
        header = ["Business Name", "Web-Site", "Phone Number", "Street address", "ZIP", "Town", "Place ID"]
        row = [
            "Harbour Bakery",
            "https://harbour.example",
            "+1 202 555 0123; 555 0124",
            "Quay 4",
            "1040",
            "Northhaven",
            "x",
        ]
        lines = [delimiter.join(f'"{cell}"' for cell in cells) for cells in (header, row)]
        places = written(tmp_path, "\ufeff" + "\r\n".join(lines), "places.csv")

        (stub,) = await found(places, "harbour")
        said = await places.details(stub.ref, staged=stub.raw)

        assert str(said.ref) == "file:x"
        assert (said.name, said.website) == ("Harbour Bakery", "https://harbour.example")
        assert said.phones == ("+1 202 555 0123", "555 0124")
        assert (said.street, said.postcode, said.city) == ("Quay 4", "1040", "Northhaven")
        assert said.address == "Quay 4, 1040 Northhaven"

    async def test_without_an_id_a_record_is_named_by_what_it_says(self, tmp_path: Path) -> None:
        one, other = {"name": "Harbour Bakery"}, {"name": "Hill Bakery"}

        first = await found(written(tmp_path, json.dumps([one, other])), "bakery")
        second = await found(written(tmp_path, json.dumps([other, one])), "bakery")

        assert {stub.ref for stub in first} == {stub.ref for stub in second}
        assert len({stub.ref for stub in first}) == 2

    async def test_the_sample_answers_where_there_is_no_file(self) -> None:
        stubs = await found(FilePlaces(None), "bakery", "Harbour Town")

        assert [stub.name for stub in stubs] == ["Harbour Bakery", "Harbour Bakery Old Town"]


class TestDetails:
    async def test_they_are_what_was_staged_though_the_file_has_changed(self, tmp_path: Path) -> None:
        places = written(tmp_path, json.dumps(ROWS))
        (stub,) = await found(places, "harbour")
        written(tmp_path, "[]")

        assert (await places.details(stub.ref, staged=stub.raw)).website == "harbour.example"

    async def test_where_nothing_is_staged_the_file_is_read(self, tmp_path: Path) -> None:
        places = written(tmp_path, json.dumps(ROWS))

        assert (await places.details(PlaceRef.parse("file:2"), staged={})).name == "Hill Bread"
        with pytest.raises(NotFound):
            await places.details(PlaceRef.parse("file:9"), staged={})

    async def test_a_record_without_a_name_is_no_business(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidRequest, match="the place has no name"):
            await FilePlaces(None).details(PlaceRef.parse("file:4"), staged=ROWS[3])


class TestUnusableFiles:
    @pytest.mark.parametrize("text", ["[", "{}", '{"places": 1}', "[" * 100_000, 'name\n"unclosed'])
    async def test_one_that_cannot_be_read_says_so_in_one_line(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(InvalidRequest, match="neither JSON nor CSV") as raised:
            await found(written(tmp_path, text), "bakery")

        assert "\n" not in raised.value.message

    async def test_one_that_is_not_there_or_not_text(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidRequest, match="No such file"):
            await found(FilePlaces(tmp_path / "none.json"), "bakery")
        (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(InvalidRequest, match="UTF-8"):
            await found(FilePlaces(tmp_path / "bytes.csv"), "bakery")
