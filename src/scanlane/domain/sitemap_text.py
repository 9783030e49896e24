"""The plain-text sitemap: one address a line."""

import re

from scanlane.domain.sitemap_entries import Entry, Notes
from scanlane.domain.sitemap_locs import LONGEST_LOC, Base

LONGEST_LINE = 4 * LONGEST_LOC

_LINE_END = re.compile(r"[\r\n\x0b\x0c\x85\u2028\u2029]+")
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
        return [entry for line in lines if (entry := self._entry(line)) is not None]

    def _entry(self, line: str) -> Entry | None:
        address = line.partition("\t")[0]
        if not _ADDRESS.match(address):
            if line and not line.isspace() and not line.lstrip("\ufeff ").startswith("#"):
                self._notes.add("dropped_loc")
            return None
        loc = self._base.absolute(address.strip())
        return None if loc is None else Entry(loc=loc)
