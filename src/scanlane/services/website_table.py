"""A CSV file of websites, read row by row: everything about it is found out before its first row is used."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Self

from scanlane.clients.address_guard import Network, refuse_private
from scanlane.domain.csv_import import (
    SAMPLE_ROWS,
    Row,
    UnusableTable,
    guess_delimiter,
    lines_of,
    read_encoding,
    read_rows,
)
from scanlane.domain.sites import Site
from scanlane.domain.website_columns import Columns, Layout, read_layout, site_of_row
from scanlane.errors import BadInput

MOST_ROWS = 200_000
A_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row and what it names: a website, nothing, or an error."""

    row: Row
    site: Site | None
    error: str | None


class WebsiteTable:
    """A file that is being read; its methods take time, so call them in a thread. `networks` may be scanned."""

    def __init__(self, file: BinaryIO, *, encoding: str, delimiter: str, layout: Layout) -> None:
        self.encoding = encoding
        self.delimiter = delimiter
        self.layout = layout
        file.seek(0)
        self._text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
        self._rows = islice(read_rows(lines_of(self._text), delimiter), layout.skip, None)

    @classmethod
    def opened(cls, file: BinaryIO, wanted: Columns) -> Self:
        """Find out everything about the file. Raises BadInput, naming the parameter or the body."""
        file.seek(0)
        encoding = read_encoding(iter(lambda: file.read(A_PIECE), b""))
        with _lines(file, encoding) as lines:
            delimiter = guess_delimiter(lines)
        with _lines(file, encoding) as lines:
            layout = read_layout(list(islice(read_rows(lines, delimiter), SAMPLE_ROWS)), wanted)
        with _lines(file, encoding) as lines:
            rows = sum(1 for _ in islice(read_rows(lines, delimiter), layout.skip + MOST_ROWS + 1)) - layout.skip
        if rows > MOST_ROWS:
            raise UnusableTable(f"the file has more than {MOST_ROWS} rows; import it in parts")
        return cls(file, encoding=encoding, delimiter=delimiter, layout=layout)

    def next_portion(self, size: int, networks: Sequence[Network]) -> Sequence[ReadRow]:
        """The next rows that are not blank; none at the end."""
        return [self._read(row, networks) for row in islice(self._filled(), size)]

    def _filled(self) -> Iterator[Row]:
        return (row for row in self._rows if not row.is_blank)

    def _read(self, row: Row, networks: Sequence[Network]) -> ReadRow:
        try:
            site = site_of_row(row, self.layout)
            if site is not None:
                refuse_private(site, networks)
            return ReadRow(row, site, None)
        except BadInput as error:
            return ReadRow(row, None, error.message)


@contextmanager
def _lines(file: BinaryIO, encoding: str) -> Iterator[Iterator[str]]:
    """The lines of the file from its beginning; it stays open afterwards."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        yield lines_of(text)
    finally:
        text.detach()
