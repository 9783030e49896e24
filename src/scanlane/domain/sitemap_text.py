"""The plain-text sitemap: one address a line."""

import re
from collections.abc import Iterator

from scanlane.domain.sitemap_entries import Entry, Notes
from scanlane.domain.sitemap_locs import LONGEST_LOC, Base

LONGEST_LINE = 4 * LONGEST_LOC

_LINE_END = re.compile(r"[\r\n\x0b\x0c\x85\u2028\u2029]+")
# Some write several addresses in one line.
_JOINT = re.compile(r"[\s,;|]{1,9}(?=https?://)", re.IGNORECASE)
_ADDRESS = re.compile(r"\s*+[\"'<\u200b\ufeff]?\s*+(?:https?:)?//[^\s/]", re.IGNORECASE)


class TextReader:
    """Reads blocks of lines. What is no address (a comment, a heading) is passed over."""

    def __init__(self, url: str, notes: Notes) -> None:
        self._base = Base(url, notes)
        self._notes = notes
        self._rest = ""
        self._is_overlong = False

    def read(self, text: str, *, final: bool = False) -> list[Entry]:
        """Read on; answer the entries of the lines that are now complete."""
        lines = _LINE_END.split(self._rest + text)
        self._rest = "" if final else lines.pop()
        if self._is_overlong and lines:
            del lines[0]
            self._is_overlong = False
        if len(self._rest) > LONGEST_LINE:
            self._notes.add("long_loc")
            self._rest, self._is_overlong = "", True
        return [entry for line in lines for entry in self._entries(line)]

    def _entries(self, line: str) -> Iterator[Entry]:
        if not _ADDRESS.match(line):
            if line and not line.isspace() and not line.lstrip("\ufeff ").startswith("#"):
                self._notes.add("dropped_loc")
            return
        for address in _JOINT.split(line.partition("\t")[0]):
            if (loc := self._base.absolute(address.strip())) is not None:
                yield Entry(loc=loc)
