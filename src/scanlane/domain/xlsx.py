"""Excel workbooks (ECMA-376), written row by row. Pure: rows in, bytes out, as soon as there are some.

The parts of the archive follow each other, none is known beforehand: sheets first, what lists them last. So nothing
waits on a disk or in memory, and a download begins at once.
"""

import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from scanlane.domain.table_formats import Cell, looks_like_formula

ROWS_OF_A_SHEET = 1_048_576
# A part of 2 GiB would need an archive of the larger kind (ZIP64), which not all programs read.
BYTES_OF_A_SHEET = 1 << 30
LONGEST_TEXT = 32_767

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PLAIN, _BOLD, _MOMENT, _QUOTED = range(4)
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_HEAD = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_SECONDS_OF_A_DAY = 86_400


class Xlsx:
    """A workbook of one table; what does not fit its first sheet goes on in the next. Moments are in UTC."""

    def __init__(self, columns: Sequence[str], *, title: str = "Table", rows_of_a_sheet: int = ROWS_OF_A_SHEET) -> None:
        self._columns = columns
        self._title = title
        self._most = rows_of_a_sheet
        self._sink = _Sink()
        self._archive = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED)
        self._sheet: IO[bytes] | None = None
        self._sheets = 0
        self._row = 0
        self._bytes = 0

    def begin(self) -> bytes:
        """The first sheet's header."""
        self._open_sheet()
        return self._sink.taken()

    def rows(self, rows: Sequence[Sequence[Cell]]) -> bytes:
        """The next rows; often nothing yet, for they are compressed."""
        for row in rows:
            if self._row == self._most or self._bytes >= BYTES_OF_A_SHEET:
                self._close_sheet()
                self._open_sheet()
            self._write(self._line(row))
        return self._sink.taken()

    def end(self) -> bytes:
        """The rest of the archive."""
        self._close_sheet()
        for name, text in self._parts():
            self._archive.writestr(name, text)
        self._archive.close()
        return self._sink.taken()

    def _open_sheet(self) -> None:
        self._sheets += 1
        self._row = self._bytes = 0
        self._sheet = self._archive.open(f"xl/worksheets/sheet{self._sheets}.xml", "w")
        self._write(f"{_HEAD}{_widths(len(self._columns))}<sheetData>")
        self._write(self._line(self._columns, style=_BOLD))

    def _close_sheet(self) -> None:
        if self._sheet is not None:
            self._write("</sheetData></worksheet>")
            self._sheet.close()

    def _write(self, text: str) -> None:
        assert self._sheet is not None
        self._bytes += self._sheet.write(text.encode())

    def _line(self, cells: Sequence[Cell], *, style: int = _PLAIN) -> str:
        self._row += 1
        written = "".join(_cell(f"{_letters(place)}{self._row}", cell, style) for place, cell in enumerate(cells))
        return f'<row r="{self._row}">{written}</row>'

    def _parts(self) -> list[tuple[str, str]]:
        numbers = range(1, self._sheets + 1)
        names = [self._title if number == 1 else f"{self._title} {number}" for number in numbers]
        sheets = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1)
        )
        related = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
        related.append((f"rId{self._sheets + 1}", "styles", "styles.xml"))
        types = [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in numbers]
        return [
            ("xl/styles.xml", _STYLES),
            (
                "xl/workbook.xml",
                f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><bookViews><workbookView/></bookViews>'
                f"<sheets>{sheets}</sheets></workbook>",
            ),
            ("xl/_rels/workbook.xml.rels", _relations(related)),
            ("_rels/.rels", _relations([("rId1", "officeDocument", "xl/workbook.xml")])),
            ("[Content_Types].xml", _content_types([*types, ("/xl/styles.xml", "styles")])),
        ]


class _Sink:
    """A stream that is only written to; what was written is taken out."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _cell(ref: str, cell: Cell, style: int) -> str:
    match cell:
        case None | "":
            return ""
        case bool():
            return f'<c r="{ref}" t="b"><v>{int(cell)}</v></c>'
        case int() | float():
            return f'<c r="{ref}"><v>{cell}</v></c>'
        case datetime():
            return f'<c r="{ref}" s="{_MOMENT}"><v>{(cell - _EPOCH).total_seconds() / _SECONDS_OF_A_DAY!r}</v></c>'
        case _:
            style = style or (_QUOTED if looks_like_formula(cell) else _PLAIN)
            return f'<c r="{ref}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_text(cell)}</t></is></c>'


def _text(text: str) -> str:
    kept = _UNPRINTABLE.sub("", text[:LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n"))
    # Readers turn _x0041_ into A (ECMA-376, 22.9.2.19).
    return escape(_LOOKS_ESCAPED.sub("_x005F_", kept))


def _letters(place: int) -> str:
    first, last = divmod(place, 26)
    return (_letters(first - 1) if first else "") + chr(ord("A") + last)


def _widths(columns: int) -> str:
    return f'<cols><col min="1" max="{columns}" width="24" customWidth="1"/></cols>'


def _relations(related: Sequence[tuple[str, str, str]]) -> str:
    each = "".join(f'<Relationship Id="{id}" Type="{_RELATIONS}/{kind}" Target="{to}"/>' for id, kind, to in related)
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


def _content_types(parts: Sequence[tuple[str, str]]) -> str:
    each = "".join(f'<Override PartName="{name}" ContentType="{_CONTENT}.{kind}+xml"/>' for name, kind in parts)
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_CONTENT}.sheet.main+xml"/>{each}</Types>'
    )
