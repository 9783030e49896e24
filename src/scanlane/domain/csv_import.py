"""Tables in CSV files, as spreadsheets and other programs write them: encoding, delimiter, rows. Pure."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from scanlane.errors import BadInput

DELIMITERS = ",;\t|"
# Rows that are looked at before anything is decided.
SAMPLE_ROWS = 200
# In characters, and in cells as spreadsheets have them at most.
LONGEST_ROW = 1 << 18
MOST_CELLS = 16_384

# UTF-32 stands before UTF-16: the mark of the one begins with that of the other.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FORMATS = (
    (b"PK\x03\x04", "an Excel workbook or another archive; save it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook; save it as CSV"),
    (b"\x1f\x8b", "compressed; send it unpacked"),
    (b"%PDF", "a PDF document"),
)
_ASCII = bytes(range(128))
_HEAD = 1000
_TOO_LONG = "it is too long; is a quotation mark not closed?"
_SEP = re.compile(r"\Asep=([,;\t|])\s*\Z", re.IGNORECASE)


class UnusableTable(BadInput):
    """This is not a table that can be read."""

    def __init__(self, message: str | None = None, *, field: str = "body") -> None:
        super().__init__(message, field=field)


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` counts from 1 as spreadsheets do, blank rows and the header included."""

    number: int
    cells: tuple[str, ...]
    error: str | None = None

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return self.error is None and not any(cell.strip() for cell in self.cells)


def read_encoding(chunks: Iterable[bytes]) -> str:
    """The codec of a whole file: by its mark, UTF-16 by its zeros, UTF-8, or Windows-1252. Raises UnusableTable.

    A UTF-8 file with few broken characters stays one: as Windows-1252 all its other letters would be wrong.
    """
    pieces = iter(chunks)
    first = next(pieces, b"")
    for magic, words in _OTHER_FORMATS:
        if first.startswith(magic):
            raise UnusableTable(f"the file is {words}")
    for mark, codec in _MARKS:
        if first.startswith(mark):
            return codec
    return _by_zeros(first[:_HEAD]) or _by_letters(first, pieces)


def _by_zeros(head: bytes) -> str | None:
    """Which half of the letters is zero (UTF-16 without a mark); None: there are no zeros."""
    if 0 not in head:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if min(even, odd) * 10 > max(even, odd) or max(even, odd) * 4 < len(head):
        raise UnusableTable("the file is not text")
    return "utf-16-be" if even > odd else "utf-16-le"


def _by_letters(first: bytes, rest: Iterable[bytes]) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    damaged = foreign = 0
    for piece in (first, *rest):
        damaged += decoder.decode(piece).count("\ufffd")
        foreign += len(piece.translate(None, _ASCII))
    damaged += decoder.decode(b"", final=True).count("\ufffd")
    return "utf-8" if damaged == 0 or damaged * 8 < foreign else "cp1252"


def guess_delimiter(lines: Iterable[str]) -> str:
    """The delimiter with which most rows have the same number of cells; a comma when all have one.

    A first line `sep=;`, as Excel reads and writes it, decides.
    """
    sample = list(islice(lines, SAMPLE_ROWS))
    said = _SEP.match(sample[0]) if sample else None
    if said:
        return said[1]
    scores = {delimiter: _evenness(sample, delimiter) for delimiter in DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0, 0) else ","


def _evenness(sample: Iterable[str], delimiter: str) -> tuple[int, int]:
    """In tenths, how many rows have the usual width; and that width. Nothing when it is 1, or no usual one."""
    widths = [len(row.cells) for row in read_rows(sample, delimiter) if not row.is_blank]
    if not widths:
        return 0, 0
    width, times = Counter(widths).most_common(1)[0]
    return (times * 10 // len(widths), width) if width > 1 and times * 2 >= len(widths) else (0, 0)


def read_rows(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    """The rows of a file, given by its lines with their ends. One that cannot be read says so, and the next follows."""
    source = _OneRow(lines)
    reader = csv.reader(source, delimiter=delimiter, skipinitialspace=True)
    number = 0
    while True:
        number += 1
        source.characters = 0
        try:
            yield _row(number, next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(number, (), f"cannot be read: {_in_plain_words(error)}")


def lines_of(text: TextIO) -> Iterator[str]:
    """The lines of a file with their ends; of one that no row can hold, as much as it takes to see that."""
    while line := text.readline(LONGEST_ROW + 1):
        yield line
        while len(line) > LONGEST_ROW and not line.endswith(("\n", "\r")):
            line = text.readline(LONGEST_ROW + 1)


def _row(number: int, cells: list[str]) -> Row:
    if len(cells) > MOST_CELLS:
        return Row(number, (), f"cannot be read: it has more than {MOST_CELLS} cells")
    return Row(number, tuple(cells))


class _OneRow:
    """The lines of one row, until they are too long: a row of millions of cells would fill the memory."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.characters = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.characters += len(line)
        if self.characters > LONGEST_ROW:
            raise csv.Error(_TOO_LONG)
        return line


def _in_plain_words(error: csv.Error) -> str:
    return _TOO_LONG if "field larger" in str(error) else str(error)


def is_separator_line(row: Row) -> bool:
    """Whether the row only says what the delimiter is."""
    return row.number == 1 and bool(row.cells) and row.cells[0].lower() == "sep=" and not any(row.cells[1:])
