"""The records that nine of ten sitemaps consist of, read by one regular expression each; the rest is read elsewhere.

A match is exactly what an XML parser would make of the same characters between two records: plain tags in the usual
order, no attributes, no comments, no references but `&amp;`. Where it does not match, nothing is consumed.
"""

import re
from datetime import UTC, datetime

from scanlane.domain.sitemap_dates import FIRST_YEAR, moment
from scanlane.domain.sitemap_entries import Entry, Notes
from scanlane.domain.sitemap_locs import LONGEST_LOC, Base

MOST_PRIORITIES = 1000

_SPACE = r"[ \t\r\n]*+"
_LOC = r"(https?://[a-z0-9.-]++(?::[0-9]++)?/(?:[A-Za-z0-9._~!$()*+,;=:@%/?#-]++|&amp;)*+)"
_RECORD = (
    rf"{_SPACE}<(url|sitemap)>{_SPACE}<loc>{_SPACE}{_LOC}{_SPACE}</loc>{_SPACE}"
    rf"(?:<lastmod>{_SPACE}([0-9][0-9T:.Z+-]*+){_SPACE}</lastmod>{_SPACE})?+"
    rf"(?:<changefreq>{_SPACE}([a-z]++){_SPACE}</changefreq>{_SPACE})?+"
    rf"(?:<priority>{_SPACE}([01](?:\.[0-9]{{1,4}})?+){_SPACE}</priority>{_SPACE})?+</\1>"
)


class PlainRecords:
    """Reads records of `<url>` or `<sitemap>` from a position on, as long as they are plain."""

    __slots__ = ("_base", "_match", "_notes", "_priorities")

    def __init__(self, base: Base, notes: Notes) -> None:
        self._base = base
        self._notes = notes
        self._match = re.compile(_RECORD).match
        self._priorities: dict[str, float] = {}

    def read(self, text: str, position: int, tag: str, entries: list[Entry]) -> int:
        """Append the entries of the plain records whose tag is this one; answer where the first other thing stands."""
        match, priorities, prefix, is_sitemap = self._match, self._priorities, self._base.prefix, tag == "sitemap"
        while (record := match(text, position)) and record[1] == tag:
            _, loc, lastmod, changefreq, priority = record.groups()
            position = record.end()
            if "&" in loc:
                loc = loc.replace("&amp;", "&")
            if not loc.startswith(prefix) or len(loc) > LONGEST_LOC:
                usable = self._base.absolute(loc)
                if usable is None:
                    continue
                loc = usable
            number = None
            if priority is not None and (number := priorities.get(priority)) is None:
                number = self._learn(priority)
            entries.append(
                Entry(
                    loc=loc,
                    is_sitemap=is_sitemap,
                    lastmod=lastmod,
                    modified_at=None if lastmod is None else self._moment(lastmod),
                    changefreq=changefreq,
                    priority=number,
                )
            )
        return position

    def _moment(self, text: str) -> datetime | None:
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            if found.tzinfo is UTC and found.year >= FIRST_YEAR:
                return found
        known = moment(text)
        if known is None:
            self._notes.add("bad_lastmod")
        return known

    def _learn(self, priority: str) -> float:
        if len(self._priorities) >= MOST_PRIORITIES:
            self._priorities.clear()
        self._priorities[priority] = number = float(priority)
        return number
