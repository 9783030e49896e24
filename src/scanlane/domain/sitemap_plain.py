"""The records that nine of ten sitemaps consist of, read by one regular expression each; the rest is read elsewhere.

A match is exactly what an XML parser would make of the same characters between two records: plain tags in the usual
order, no attributes, no comments, no references but `&amp;`. Where it does not match, nothing is consumed.
"""

import re
from datetime import UTC, datetime

from scanlane.domain.sitemap_dates import FIRST_YEAR, moment
from scanlane.domain.sitemap_entries import Entry, Json, Notes
from scanlane.domain.sitemap_locs import LONGEST_LOC, Base

MOST_PRIORITIES = 1000

_SPACE = r"[ \t\r\n]*+"
_ADDRESS = r"https?://[A-Za-z0-9._~!$()*+,;=:@%/?#-]++"
_LOC = r"(https?://[a-z0-9.-]++(?::[0-9]++)?/(?:[A-Za-z0-9._~!$()*+,;=:@%/?#-]++|&amp;)*+)"
_WORDS = r"[^<&\s][^<&]{0,1000}+"


def _piece(group: str) -> str:
    """An alternate or an image; what it says stands in groups that begin like this."""
    alternate = rf"""<xhtml:link\s+rel="alternate"\s+hreflang="{group}[\w-]++)"\s+href="{group}{_ADDRESS})"\s*+/>"""
    image = (
        rf"<image:image>{_SPACE}<image:loc>{_SPACE}{group}{_ADDRESS}){_SPACE}</image:loc>{_SPACE}"
        rf"(?:<image:title>{group}{_WORDS})</image:title>{_SPACE})?+"
        rf"(?:<image:caption>{group}{_WORDS})</image:caption>{_SPACE})?+</image:image>"
    )
    return f"(?:{alternate}|{image}){_SPACE}"


_PIECE = _piece("(")
_PIECES = f"((?:{_piece('(?:')}){{0,200}}+)"
_RECORD = (
    rf"{_SPACE}<(url|sitemap)>{_SPACE}<loc>{_SPACE}{_LOC}{_SPACE}</loc>{_SPACE}{_PIECES}"
    rf"(?:<lastmod>{_SPACE}([0-9][0-9T:.Z+-]*+){_SPACE}</lastmod>{_SPACE})?+"
    rf"(?:<changefreq>{_SPACE}([a-z]++){_SPACE}</changefreq>{_SPACE})?+"
    rf"(?:<priority>{_SPACE}([01](?:\.[0-9]{{1,4}})?+){_SPACE}</priority>{_SPACE})?+{_PIECES}</\1>"
)


class PlainRecords:
    """Reads records of `<url>` or `<sitemap>` from a position on, as long as they are plain."""

    __slots__ = ("_base", "_match", "_notes", "_pieces", "_priorities")

    def __init__(self, base: Base, notes: Notes) -> None:
        self._base = base
        self._notes = notes
        self._match = re.compile(_RECORD).match
        self._pieces = re.compile(_PIECE).findall
        self._priorities: dict[str, float] = {}

    def read(self, text: str, position: int, tag: str, entries: list[Entry]) -> int:
        """Append the entries of the plain records whose tag is this one; answer where the first other thing stands."""
        match, prefix, is_sitemap = self._match, self._base.prefix, tag == "sitemap"
        while (record := match(text, position)) and record[1] == tag:
            _, loc, before, lastmod, changefreq, priority, after = record.groups()
            position = record.end()
            if "&" in loc:
                loc = loc.replace("&amp;", "&")
            if not loc.startswith(prefix) or len(loc) > LONGEST_LOC:
                usable = self._base.absolute(loc)
                if usable is None:
                    continue
                loc = usable
            entries.append(
                Entry(
                    loc=loc,
                    is_sitemap=is_sitemap,
                    lastmod=lastmod,
                    modified_at=None if lastmod is None else self._moment(lastmod),
                    changefreq=changefreq,
                    priority=None if priority is None else self._number(priority),
                    extras=self._extras(before + after) if before or after else None,
                )
            )
        return position

    def _extras(self, written: str) -> dict[str, Json]:
        alternates: list[Json] = []
        images: list[Json] = []
        for hreflang, href, loc, title, caption in self._pieces(written):
            if href:
                alternates.append({"hreflang": hreflang, "href": href[:LONGEST_LOC]})
                continue
            image = {"loc": loc[:LONGEST_LOC]}
            if title:
                image["title"] = title.rstrip()
            if caption:
                image["caption"] = caption.rstrip()
            images.append(image)
        sorts: dict[str, Json] = {"alternates": alternates, "images": images}
        return {sort: found for sort, found in sorts.items() if found}

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

    def _number(self, priority: str) -> float:
        known = self._priorities.get(priority)
        if known is None:
            if len(self._priorities) >= MOST_PRIORITIES:
                self._priorities.clear()
            self._priorities[priority] = known = float(priority)
        return known
