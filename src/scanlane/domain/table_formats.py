"""Tables as files, piece by piece: CSV and JSON lines here, Excel in xlsx.py. Pure: rows in, bytes out, nothing kept.

Spreadsheets run what looks like a formula (https://owasp.org/www-community/attacks/CSV_Injection), and the values come
from strangers' pages. CSV: such a cell is put behind an apostrophe; a telephone number, "+" and digits only, computes
nothing and stays as it is. XLSX: every text is a text cell; one that looks like a formula is marked so that it stays
text when somebody edits it.
"""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

Cell = str | int | float | bool | datetime | None

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_PHONE = re.compile(r"\+[0-9]{5,20}")


class FileFormat(StrEnum):
    """The formats of exports, named as their files end."""

    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        """What HTTP calls it."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.JSONL: "application/x-ndjson",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class TableFormat(Protocol):
    """A file in the making. Call `begin`, `rows` any number of times, `end`; join what they answer."""

    def begin(self) -> bytes:
        """What comes before the rows."""
        ...

    def rows(self, rows: Sequence[Sequence[Cell]]) -> bytes:
        """The next rows; each has a cell for each column."""
        ...

    def end(self) -> bytes:
        """What comes after them."""
        ...


class Csv:
    """RFC 4180: a header, commas, quotes where needed, CR LF; UTF-8, with a mark (for Excel) if wanted."""

    def __init__(self, columns: Sequence[str], *, mark: bool = False) -> None:
        self._columns = columns
        self._mark = mark

    def begin(self) -> bytes:
        """The header."""
        return (BYTE_ORDER_MARK if self._mark else b"") + self.rows([self._columns])

    def rows(self, rows: Sequence[Sequence[Cell]]) -> bytes:
        """The next rows."""
        text = io.StringIO()
        csv.writer(text).writerows([_safe(cell) for cell in row] for row in rows)
        return text.getvalue().encode("utf-8", "replace")

    def end(self) -> bytes:
        """Nothing."""
        return b""


class JsonLines:
    """One JSON object per line."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns

    def begin(self) -> bytes:
        """Nothing."""
        return b""

    def rows(self, rows: Sequence[Sequence[Cell]]) -> bytes:
        """The next rows."""
        return "".join(f"{self._line(row)}\n" for row in rows).encode("utf-8", "replace")

    def end(self) -> bytes:
        """Nothing."""
        return b""

    def _line(self, row: Sequence[Cell]) -> str:
        said: Mapping[str, Cell] = dict(zip(self._columns, row, strict=True))
        return json.dumps(said, ensure_ascii=False, default=_moment)


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet might compute the text, when it reads or edits it, instead of showing it."""
    return _FORMULA.match(text) is not None


def _safe(cell: Cell) -> str | int | float:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str():
            return f"'{cell}" if looks_like_formula(cell) and not _PHONE.fullmatch(cell) else cell
        case datetime():
            return _moment(cell)
        case _:
            return cell


def _moment(at: object) -> str:
    assert isinstance(at, datetime)
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
