"""CSV files as people have them: encodings, delimiters, headers, columns, and rows that cannot be used."""

import codecs
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanlane.domain.csv_import import (
    LONGEST_ROW,
    Row,
    UnusableTable,
    guess_delimiter,
    lines_of,
    read_encoding,
    read_rows,
)
from scanlane.domain.website_columns import Columns, Layout, read_layout, site_of_row
from scanlane.errors import BadInput


def lines(text: str) -> list[str]:
    """The lines of a file, as Python's own reader of text files gives them."""
    return list(io.StringIO(text, newline=""))


def layout(text: str, **wanted: str) -> Layout:
    """How that file is read."""
    return read_layout(list(read_rows(lines(text), guess_delimiter(lines(text)))), Columns(**wanted))


def sites(text: str, **wanted: str) -> list[str | None]:
    """What the rows of that file name; None for nothing, "!" for an error."""
    found = layout(text, **wanted)
    named = []
    for row in list(read_rows(lines(text), guess_delimiter(lines(text))))[found.skip :]:
        try:
            site = site_of_row(row, found)
            named.append(site.name if site else None)
        except BadInput:
            named.append("!")
    return named


class TestEncoding:
    @pytest.mark.parametrize(
        ("body", "codec"),
        [
            (b"website\nexample.com", "utf-8"),
            ("bücher.example".encode(), "utf-8"),
            (codecs.BOM_UTF8 + b"website", "utf-8-sig"),
            ("website\nbücher.example".encode("utf-16"), "utf-16"),
            (codecs.BOM_UTF16_BE + "website".encode("utf-16-be"), "utf-16"),
            ("website\nexample.com".encode("utf-32"), "utf-32"),
            (codecs.BOM_UTF32_BE + "website".encode("utf-32-be"), "utf-32"),
            ("website\nexample.com".encode("utf-16-le"), "utf-16-le"),
            ("website\nexample.com".encode("utf-16-be"), "utf-16-be"),
            ("Bäckerei;bäcker.example".encode("latin-1"), "cp1252"),
            (b"", "utf-8"),
        ],
    )
    def test_it_is_told_by_the_bytes(self, body: bytes, codec: str) -> None:
        assert read_encoding([body]) == codec

    def test_a_letter_cut_between_two_pieces_is_no_damage(self) -> None:
        body = ("ü" * 100).encode()

        assert read_encoding([body[:3], body[3:4], body[4:]]) == "utf-8"

    def test_one_broken_character_does_not_spoil_all_others(self) -> None:
        assert read_encoding(["bücher.example\n".encode() * 50 + b"\xff"]) == "utf-8"

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"PK\x03\x04....", "Excel"),
            (b"\xd0\xcf\x11\xe0....", "Excel"),
            (b"\x1f\x8b....", "compressed"),
            (b"%PDF-1.7", "PDF"),
            (bytes(range(256)) * 4, "not text"),
        ],
    )
    def test_what_is_no_text_is_refused_in_words(self, body: bytes, said: str) -> None:
        with pytest.raises(UnusableTable, match=said) as refused:
            read_encoding([body])

        assert refused.value.field == "body"


class TestDelimiter:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_it_is_the_one_that_all_rows_share(self, delimiter: str) -> None:
        rows = [["Name", "Website"], ["A, the first", "a.example"], ["B; other", "b.example"]]
        text = "".join(delimiter.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)

        assert guess_delimiter(lines(text)) == delimiter

    def test_a_single_column_has_none(self) -> None:
        assert guess_delimiter(lines("https://a.example/?x=1,2\nhttps://b.example/;y\nhttps://c.example\n")) == ","

    def test_excel_may_say_it_in_the_first_line(self) -> None:
        assert guess_delimiter(lines("sep=|\na,b|c\n")) == "|"


class TestRows:
    def test_they_are_numbered_as_in_a_spreadsheet(self) -> None:
        rows = list(read_rows(lines('a,"two\nlines"\n\nlast,x\n'), ","))

        assert [(row.number, row.cells) for row in rows] == [(1, ("a", "two\nlines")), (2, ()), (3, ("last", "x"))]
        assert [row.is_blank for row in rows] == [False, True, False]

    def test_a_cell_without_end_spoils_its_row_only(self) -> None:
        long = '"' + "x" * 140_000 + "\n"

        first, second, third = read_rows(lines(f"a\n{long}b.example\n"), ",")

        assert (first.cells, third.cells) == (("a",), ("b.example",))
        assert second.error is not None

    @given(st.text(max_size=300), st.sampled_from(",;\t|"))
    def test_any_text_is_read_without_an_error(self, text: str, delimiter: str) -> None:
        assert [row.number for row in read_rows(lines(text), delimiter)] == list(
            range(1, 1 + len(list(read_rows(lines(text), delimiter))))
        )


class TestHugeRows:
    def test_a_row_of_more_cells_than_spreadsheets_have_is_an_error_and_the_next_is_read(self) -> None:
        wide, after = read_rows(lines("," * 20_000 + "\na.example\n"), ",")

        assert (wide.cells, wide.error) == ((), "cannot be read: it has more than 16384 cells")
        assert after.cells == ("a.example",)

    def test_a_quotation_mark_that_is_never_closed_does_not_eat_the_memory(self) -> None:
        text = '"","' + "\n" * 30 + '","\n' * 100_000

        rows = list(read_rows(lines(text), ","))

        assert rows[0].error == "cannot be read: it is too long; is a quotation mark not closed?"
        assert max(sum(map(len, row.cells)) for row in rows) <= LONGEST_ROW

    def test_of_an_endless_line_little_more_than_a_row_is_kept(self) -> None:
        text = io.StringIO("x" * (5 * LONGEST_ROW) + "\na.example\n", newline="")

        read = list(lines_of(text))

        assert [len(line) for line in read] == [LONGEST_ROW + 1, len("a.example\n")]


class TestColumns:
    @pytest.mark.parametrize(
        ("text", "column"),
        [
            ("Name,Website\nBakery,bakery.example\n", 1),
            ("E-Mail;Firma;Homepage\ninfo@b.example;B;www.b.example\n", 2),
            ("Company Domain\tName\nb.example\tB\n", 0),
            ("URL\nhttps://b.example/x\n", 0),
            ("Name,Found at,Wob\nBakery,2026,bakery.example\nMill,2026,mill.example\n", 2),
            ("Bakery,bakery.example\nMill,mill.example\n", 1),
            ("bakery.example\n", 0),
            ("sep=;\nName;Website\nB;b.example\n", 1),
            ("\n\nName,Website\nB,b.example\n", 1),
            # The header is known, but other things stand below it.
            ("Domain,Site of the company\nFinance,b.example\nFood,c.example\n", 1),
            # Profiles of one network are links to it, not websites.
            ("Profile,Page\nhttps://facebook.com/a,a.example\nhttps://facebook.com/b,b.example\n", 1),
            ("Name,Website\n", 1),
        ],
    )
    def test_the_websites_column_is_found(self, text: str, column: int) -> None:
        assert layout(text).website == column

    @pytest.mark.parametrize(("wanted", "column"), [("Second", 1), (" second ", 1), ("2", 1), ("1", 0)])
    def test_it_may_be_named_by_header_or_number(self, wanted: str, column: int) -> None:
        assert layout("First,Second\na.example,b.example\n", website=wanted).website == column

    @pytest.mark.parametrize("wanted", ["Third", "3", "0", "-1", "99999999999999999999", "²"])
    def test_one_that_is_not_there_is_refused_and_the_others_named(self, wanted: str) -> None:
        with pytest.raises(UnusableTable, match="First, Second") as refused:
            layout("First,Second\na.example,b.example\n", website=wanted)

        assert refused.value.field == "column"

    def test_when_nothing_looks_like_a_website_somebody_has_to_say(self) -> None:
        with pytest.raises(UnusableTable, match="Name, Price") as refused:
            layout("Name,Price\nBread,1.50\nRoll,0.40\n")

        assert refused.value.field == "column"

    def test_e_mail_addresses_are_no_websites_unless_asked(self) -> None:
        with pytest.raises(UnusableTable):
            layout("Name,E-Mail\nBakery,info@bakery.example\n")

        assert sites("Name,E-Mail\nBakery,info@bakery.example\n", email="E-Mail") == ["bakery.example"]

    def test_a_file_of_nothing_is_refused(self) -> None:
        for text in ("", "\n\n", "sep=;\n", " , ,\n"):
            with pytest.raises(UnusableTable, match="no rows"):
                layout(text)


class TestSites:
    def test_a_header_is_not_a_row_and_a_first_website_is(self) -> None:
        assert sites("website\na.example\n") == ["a.example"]
        assert sites("a.example\nb.example\n") == ["a.example", "b.example"]

    def test_each_row_names_a_website_nothing_or_an_error(self) -> None:
        text = "website\nhttps://www.a.example/x\nnot a site\n-\nN/A\n\ninfo@b.example\nftp://c.example\n"

        assert sites(text) == ["a.example", "!", None, None, None, "!", "!"]

    def test_short_rows_name_nothing(self) -> None:
        assert sites("Name,Website\nA,a.example\nB\n") == ["a.example", None]

    def test_the_mail_domain_stands_in_for_a_missing_website(self) -> None:
        text = "Website,Mail\na.example,info@other.example\n,info@b.example; x@c.example\n,me@gmail.com\n,none\n,x\n"

        assert sites(text, email="Mail") == ["a.example", "b.example", "!", None, "!"]

    def test_a_row_that_could_not_be_read_is_an_error(self) -> None:
        with pytest.raises(BadInput, match="cannot be read"):
            site_of_row(Row(3, (), "cannot be read: x"), layout("website\na.example\n"))

    @given(st.lists(st.lists(st.text(max_size=20), max_size=4), max_size=6))
    def test_any_table_is_read_or_refused_in_words(self, table: list[list[str]]) -> None:
        rows = [Row(number, tuple(cells)) for number, cells in enumerate(table, 1)]
        found = Layout(names=(), skip=0, website=0, email=1)
        with suppress(UnusableTable):
            found = read_layout(rows, Columns())

        for row in rows:
            with suppress(BadInput):
                site_of_row(row, found)
