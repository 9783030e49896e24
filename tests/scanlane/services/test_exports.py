"""Exports ask for a page when its turn has come, and keep none."""

import io
import json
import tracemalloc
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import openpyxl
import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.domain.table_formats import FileFormat
from scanlane.domain.xlsx import Xlsx
from scanlane.errors import BadInput
from scanlane.models import Contact, Domain
from scanlane.services.exports import A_PAGE, COLUMNS, USUAL_COLUMNS, Wanted, export, pages_of, read_columns
from scanlane.session.async_session import make_engine, make_sessions
from scanlane.stores.contact_lists import ContactFilter, ContactView
from scanlane.stores.keyset import LONGEST_PAGE, Listed
from tests.conftest import Database

MOMENT = datetime(2026, 11, 24, 12, 30, 1, 234567, tzinfo=UTC)


def view(number: int) -> ContactView:
    """A contact."""
    return ContactView(
        id=UUID(int=number),
        domain_id=UUID(int=1),
        domain="shop.example",
        website="https://shop.example/",
        kind="email",
        value=f"info{number}@shop.example",
        type="role",
        relation="own",
        score=80,
        network=None,
        obfuscated=False,
        found_on="https://shop.example/contact",
        first_seen_at=MOMENT,
        last_seen_at=MOMENT,
    )


class Shelf:
    """A list of contacts that counts who asks: `pages` pages of `size`."""

    def __init__(self, *, pages: int, size: int) -> None:
        self.asked: list[str | None] = []
        self._pages = pages
        self._size = size

    async def read_page(self, cursor: str | None) -> Listed[ContactView]:
        """The page after a cursor."""
        self.asked.append(cursor)
        number = int(cursor or 0)
        more = str(number + 1) if number + 1 < self._pages else None
        return Listed([view(number * self._size + place) for place in range(self._size)], more)


class TestExport:
    @pytest.mark.parametrize("format", list(FileFormat))
    async def test_no_page_is_asked_for_before_its_turn(self, format: FileFormat) -> None:
        shelf = Shelf(pages=50, size=100)
        pieces = export(shelf.read_page, Wanted(format=format))
        asked = []

        async for _ in pieces:
            asked.append(len(shelf.asked))

        # Between two pieces one page at most, except for pieces that are still being compressed.
        assert asked[0] == 1
        assert shelf.asked == [None, *map(str, range(1, 50))]
        if format is not FileFormat.XLSX:
            assert asked[-2:] == [50, 50]
            assert all(later - earlier <= 1 for earlier, later in pairwise(asked))

    @pytest.mark.parametrize("format", list(FileFormat))
    async def test_memory_does_not_grow_with_the_rows(self, format: FileFormat) -> None:
        few, many = await _peak(format, pages=4), await _peak(format, pages=40)

        assert many < few * 1.5

    async def test_all_columns_of_a_row_stand_in_the_wanted_order(self) -> None:
        columns = tuple(reversed(COLUMNS))

        pieces = [
            piece
            async for piece in export(
                Shelf(pages=1, size=1).read_page, Wanted(format=FileFormat.JSONL, columns=columns)
            )
        ]

        document = json.loads(b"".join(pieces))
        assert list(document) == list(columns)
        assert document["first_seen_at"] == "2026-11-24T12:30:01.234567Z"
        assert document["domain_id"] == str(UUID(int=1))

    @pytest.mark.parametrize("format", list(FileFormat))
    async def test_while_somebody_reads_slowly_no_connection_is_held(
        self, database: Database, format: FileFormat
    ) -> None:
        engine = make_engine(database.options)
        sessions = make_sessions(engine)
        await _put_contacts(sessions, 2 * A_PAGE + 1)
        sizes: list[int] = []
        held: list[int] = []

        async def read_page(cursor: str | None) -> Listed[ContactView]:
            page = await pages_of(sessions, ContactFilter(), tenant="harbour")(cursor)
            sizes.append(len(page.items))
            return page

        async for _ in export(read_page, Wanted(format=format)):
            held.append(engine.pool.checkedout())  # type: ignore[attr-defined]
        await engine.dispose()

        assert sizes == [A_PAGE, A_PAGE, 1]
        assert A_PAGE <= LONGEST_PAGE
        assert set(held) == {0}


class TestColumns:
    def test_none_are_the_usual_ones(self) -> None:
        assert read_columns(None) == USUAL_COLUMNS

    def test_each_is_taken_once(self) -> None:
        assert read_columns(" value, score,value ") == ["value", "score"]

    @pytest.mark.parametrize("text", ["", ",", "value,secret", "value;score"])
    def test_others_are_refused_and_the_known_named(self, text: str) -> None:
        with pytest.raises(BadInput, match="found_on") as refused:
            read_columns(text)

        assert refused.value.field == "columns"


class TestXlsx:
    def test_what_does_not_fit_a_sheet_goes_on_in_the_next(self) -> None:
        book = Xlsx(["n"], title="Rows", rows_of_a_sheet=3)

        made = book.begin() + book.rows([[n] for n in range(5)]) + book.end()

        read = openpyxl.load_workbook(io.BytesIO(made))
        rows = {sheet.title: [row[0] for row in sheet.iter_rows(values_only=True)] for sheet in read}
        assert rows == {"Rows": ["n", 0, 1], "Rows 2": ["n", 2, 3], "Rows 3": ["n", 4]}

    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("a & <b> \"c\" 'd'", "a & <b> \"c\" 'd'"),
            ("  spaces  ", "  spaces  "),
            ("two\r\nlines", "two\nlines"),
            ("Bäckerei 🥐 日本", "Bäckerei 🥐 日本"),
            ("a\x00\x08\x0b\ud800\ufffeb", "ab"),
            ("=1+1", "=1+1"),
            ("x" * 40_000, "x" * 32_767),
        ],
    )
    def test_any_text_is_a_cell(self, text: str, read: str) -> None:
        book = Xlsx(["text"])

        made = book.begin() + book.rows([[text]]) + book.end()

        sheet = openpyxl.load_workbook(io.BytesIO(made)).active
        assert sheet is not None
        assert sheet["A2"].value == read
        assert sheet["A2"].data_type != "f"

    def test_numbers_flags_and_moments_keep_their_kind(self) -> None:
        book = Xlsx(["n", "flag", "at", "nothing"])

        made = book.begin() + book.rows([[1.5, True, MOMENT, None]]) + book.end()

        sheet = openpyxl.load_workbook(io.BytesIO(made)).active
        assert sheet is not None
        number, flag, at, nothing = next(sheet.iter_rows(min_row=2, values_only=True))
        assert (number, flag, nothing) == (1.5, True, None)
        assert abs((at - MOMENT.replace(tzinfo=None)).total_seconds()) < 0.001

    def test_a_table_may_have_more_columns_than_letters(self) -> None:
        book = Xlsx([f"c{n}" for n in range(60)])

        sheet = openpyxl.load_workbook(io.BytesIO(book.begin() + book.end())).active

        assert sheet is not None
        assert (sheet["Z1"].value, sheet["AA1"].value, sheet["BH1"].value) == ("c25", "c26", "c59")


async def _peak(format: FileFormat, *, pages: int) -> int:
    """The most memory that an export of so many pages takes at once, in bytes."""
    tracemalloc.start()
    try:
        async for _ in export(Shelf(pages=pages, size=200).read_page, Wanted(format=format)):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def _put_contacts(sessions: async_sessionmaker[AsyncSession], number: int) -> None:
    owner = Domain(tenant="harbour", name="shop.example", start_url="https://shop.example/")
    usual = {"tenant": "harbour", "kind": "email", "type": "role", "relation": "own", "score": 80}
    async with sessions.begin() as session:
        session.add(owner)
        await session.flush()
        values = [{**usual, "domain_id": owner.id, "value": f"info{n}@shop.example"} for n in range(number)]
        await session.execute(insert(Contact), values)
