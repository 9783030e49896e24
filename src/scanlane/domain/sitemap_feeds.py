"""What one item of a feed says: RSS 0.9 to 2.0 (`<item>`) and Atom 0.3 and 1.0 (`<entry>`).

An enclosure, a comment page or the home page of the channel is no page of the item. Of several links of an Atom entry
the alternate one counts (RFC 4287, 4.2.7.2), whose `rel` is also what a link without `rel` means.
"""

from collections.abc import Iterable

from scanlane.domain.sitemap_dates import moment
from scanlane.domain.sitemap_entities import decoded
from scanlane.domain.sitemap_entries import Entry, Notes
from scanlane.domain.sitemap_locs import Base, joined
from scanlane.domain.sitemap_nodes import DEEPEST, Names, Node, attributes
from scanlane.domain.sitemap_records import LONGEST_WORD, Irregular

# Better ranks win: where a feed says an item lives, from the plainest to the last resort.
_LINK, _ATOM_ALTERNATE, _OTHER_TYPE, _PERMANENT, _ABOUT, _SELF, _SOURCE, _ID = range(8)
_RELATIONS = {"": _ATOM_ALTERNATE, "alternate": _ATOM_ALTERNATE, "self": _SELF, "canonical": _ATOM_ALTERNATE}
_DATES = ("updated", "modified", "lastmod", "pubdate", "published", "date", "issued", "created")
LONGEST_TEXT = 10_000

_ELEMENTS = frozenset(("link", "guid", "id", "content", *_DATES))


class Feeds:
    """Reads the nodes of an item."""

    __slots__ = ("_base", "_names", "_notes")

    def __init__(self, base: Base, names: Names, notes: Notes) -> None:
        self._base = base
        self._names = names
        self._notes = notes

    def read(self, nodes: Iterable[Node], *, written: str, base: str | None = None) -> Entry | None:
        """The entry, or None, with a note. `written` holds the attributes of the item. Raises Irregular at "<"."""
        links: list[tuple[int, str, str | None]] = []
        dates: dict[str, str] = {}
        if "about" in written and (about := self._about(written)):
            links.append((_ABOUT, about, None))
        for local, attributes_written, text in self._children(nodes):
            if local in _DATES:
                dates.setdefault(local, text)
            else:
                links.extend(self._links(local, attributes_written, text))
        return self._entry(links, dates, base)

    def _children(self, nodes: Iterable[Node]) -> Iterable[tuple[str, str, str]]:
        """The direct children of the item that matter."""
        stack: list[str] = []
        for name, written, text, closed, ended in nodes:
            if name:
                local = self._names[name]
                if not stack and local in _ELEMENTS:
                    yield local, written, text
                if not closed and written[-1:] != "/" and len(stack) < DEEPEST:
                    stack.append(local)
            elif ended:
                self._end(self._names[ended], stack)
            else:
                raise Irregular

    def _end(self, local: str, stack: list[str]) -> None:
        if stack and stack[-1] == local:
            stack.pop()
            return
        self._notes.add("recovered_xml")
        if local in stack:
            del stack[stack.index(local) :]

    def _about(self, written: str) -> str | None:
        given = attributes(written, self._notes)
        return given.get("rdf:about") or given.get("about")

    def _links(self, local: str, written: str, text: str) -> Iterable[tuple[int, str, str | None]]:
        given = attributes(written, self._notes) if "=" in written else {}
        inside = decoded(text[:LONGEST_TEXT], self._notes).strip() if local != "content" else ""
        base = given.get("xml:base")
        if local == "link":
            if "href" in given:
                rank = _RELATIONS.get(given.get("rel", "").lower().rpartition("/")[2])
                if rank is _ATOM_ALTERNATE and "html" not in given.get("type", "html"):
                    rank = _OTHER_TYPE
                if rank is not None:
                    yield rank, given["href"], base
            elif inside:
                yield _LINK, inside, base
        elif local == "guid":
            if inside and given.get("ispermalink", "true").lower() != "false" and _is_address(inside):
                yield _PERMANENT, inside, base
            elif _is_address(inside):
                yield _ID, inside, base
        elif local == "content" and "src" in given:
            yield _SOURCE, given["src"], base
        elif local == "id" and _is_address(inside):
            yield _ID, inside, base

    def _entry(self, links: list[tuple[int, str, str | None]], dates: dict[str, str], base: str | None) -> Entry | None:
        base = base or self._base.url
        loc = None
        for _, address, own in sorted(links, key=lambda link: link[0]):
            loc = self._base.absolute(address, rebased(base, own))
            if loc is not None:
                break
        if loc is None:
            self._notes.add("dropped_loc")
            return None
        lastmod = next((dates[name] for name in _DATES if dates.get(name, "").strip()), None)
        lastmod = decoded(lastmod, self._notes).strip()[:LONGEST_WORD] if lastmod else None
        modified_at = moment(lastmod) if lastmod else None
        if lastmod and modified_at is None:
            self._notes.add("bad_lastmod")
        return Entry(loc=loc, lastmod=lastmod, modified_at=modified_at)


def rebased(base: str, own: str | None) -> str:
    """The base address that an xml:base inside another base means."""
    return joined(base, own) or base if own else base


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))
