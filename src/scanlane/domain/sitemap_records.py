"""What one `<url>` or `<sitemap>` says, told by structure: its own `<loc>`, never that of an image inside it."""

from collections.abc import Iterable

from scanlane.domain.sitemap_dates import moment
from scanlane.domain.sitemap_entities import decoded
from scanlane.domain.sitemap_entries import Entry, Notes
from scanlane.domain.sitemap_extras import Extras
from scanlane.domain.sitemap_locs import Base
from scanlane.domain.sitemap_nodes import DEEPEST, Names, Node

LONGEST_WORD = 100

_FIELDS = frozenset(("loc", "lastmod", "changefreq", "priority"))


class Irregular(Exception):
    """The nodes hold something that only the tolerant reader understands."""


class Records:
    """Reads the nodes of a record of the sitemap protocol."""

    __slots__ = ("_base", "_names", "_notes")

    def __init__(self, base: Base, names: Names, notes: Notes) -> None:
        self._base = base
        self._names = names
        self._notes = notes

    def read(self, nodes: Iterable[Node], *, is_sitemap: bool, base: str | None = None) -> Entry | None:
        """The entry, or None, with a note, if it names no usable address. Raises Irregular at a stray "<"."""
        fields: dict[str, str] = {}
        extras: Extras | None = None
        stack: list[str] = []
        names = self._names
        for name, attributes, text, closed, ended in nodes:
            if not name:
                self._end(ended, stack)
                continue
            local = names[name]
            if stack and stack[-1] in _FIELDS:
                self._recover(stack)
            if stack or local not in _FIELDS:
                if extras is None:
                    extras = Extras(self._base, self._notes)
                extras.begin(local, attributes, text, len(stack))
            elif not fields.get(local):
                fields[local] = text
            if not closed and attributes[-1:] != "/" and len(stack) < DEEPEST:
                stack.append(local)
        return self._entry(fields, extras, is_sitemap, base)

    def _recover(self, stack: list[str]) -> None:
        """A field of the protocol holds no elements: what begins inside it begins after it."""
        self._notes.add("recovered_xml")
        stack.pop()

    def _end(self, ended: str, stack: list[str]) -> None:
        if not ended:
            raise Irregular
        local = self._names[ended]
        if stack and stack[-1] == local:
            stack.pop()
            return
        self._notes.add("recovered_xml")
        if local in stack:
            del stack[stack.index(local) :]

    def _entry(self, fields: dict[str, str], extras: Extras | None, is_sitemap: bool, base: str | None) -> Entry | None:
        written = fields.get("loc")
        if written is None or not written.strip():
            self._notes.add("dropped_loc")
            return None
        loc = self._base.absolute(decoded(written, self._notes).strip(), base)
        if loc is None:
            return None
        lastmod = self._word(fields.get("lastmod"))
        modified_at = moment(lastmod) if lastmod else None
        if lastmod and modified_at is None:
            self._notes.add("bad_lastmod")
        changefreq = self._word(fields.get("changefreq"))
        return Entry(
            loc=loc,
            is_sitemap=is_sitemap,
            lastmod=lastmod,
            modified_at=modified_at,
            changefreq=changefreq.lower() if changefreq else None,
            priority=number(self._word(fields.get("priority"))),
            extras=extras.found() if extras else None,
        )

    def _word(self, text: str | None) -> str | None:
        return (decoded(text, self._notes).strip()[:LONGEST_WORD] or None) if text else None


def number(text: str | None) -> float | None:
    """The number that a priority is, also with a decimal comma; None if it is none."""
    if not text or not text.isascii():
        return None
    try:
        found = float(text.replace(",", ".").replace("_", "x"))
    except ValueError:
        return None
    return found if -1e9 < found < 1e9 else None
