"""The XML of a sitemap, well-formed or not, read in one pass while it comes in; nothing is kept but the open record.

Three readers take turns, from the fastest to the most patient, and all see the same document:
plain records (sitemap_plain), whole records (an expression finds their elements), and single tokens (sitemap_tokens),
which know comments, CDATA, DOCTYPE, broken tags, cut blocks. The patient one always makes progress, and every
expression stops at the next "<", so the time is linear whatever the input. Entities are never defined, so nothing can
be expanded; no depth is kept outside records, so nothing can be nested too deep.
"""

import re

from scanlane.domain.sitemap_entries import Entry, Notes, SitemapKind
from scanlane.domain.sitemap_feeds import Feeds, rebased
from scanlane.domain.sitemap_locs import Base
from scanlane.domain.sitemap_nodes import NODES, Names, attributes, without_sections
from scanlane.domain.sitemap_open_record import OpenRecord
from scanlane.domain.sitemap_plain import PlainRecords
from scanlane.domain.sitemap_records import Irregular, Records
from scanlane.domain.sitemap_sniff import kind_of_root
from scanlane.domain.sitemap_tokens import Sort, Token, token

MOST_IDLE_TOKENS = 200_000

_OF_PROTOCOL = frozenset(("url", "sitemap"))
_RECORDS = {
    SitemapKind.URLSET: _OF_PROTOCOL,
    SitemapKind.INDEX: _OF_PROTOCOL,
    SitemapKind.RSS: frozenset(("item",)),
    SitemapKind.ATOM: frozenset(("entry",)),
    None: frozenset(("url", "sitemap", "item", "entry")),
}
_KIND_OF_RECORD = {
    "url": SitemapKind.URLSET,
    "sitemap": SitemapKind.INDEX,
    "item": SitemapKind.RSS,
    "entry": SitemapKind.ATOM,
}
_PLAIN_TAGS: dict[SitemapKind | None, str] = {SitemapKind.URLSET: "url", SitemapKind.INDEX: "sitemap"}
_SITEMAP_NAME = re.compile(r"\.xml(?:\.gz)?$|\.gz$|sitemap[^/]*$", re.IGNORECASE)


class XmlReader:
    """Reads blocks of markup; `kind` is None until the root, or a record without one, has told it.

    `roots` counts the root elements; `is_spent` says that the file was given up as too broken.
    """

    def __init__(self, url: str, kind: SitemapKind | None, notes: Notes) -> None:
        self.kind = kind
        self._notes = notes
        self._names = Names()
        self._base = Base(url, notes)
        self._plain = PlainRecords(self._base, notes)
        self._records = Records(self._base, self._names, notes)
        self._feeds = Feeds(self._base, self._names, notes)
        self._rest = ""
        self._position = 0
        self._xml_base: str | None = None
        self.roots = 0
        self.is_spent = False
        self._idle_tokens = 0
        self._is_root_open = False
        # How many elements that are neither root nor record are open around the present place.
        self._depth = 0
        self._until = ""
        self._record: OpenRecord | None = None
        self._entries: list[Entry] = []
        # Where the next end tag of each record name stands in the present text: each stretch is searched once.
        self._ends: dict[str, int] = {}

    def read(self, text: str, *, final: bool = False) -> list[Entry]:
        """Read on; answer the entries that are now complete."""
        self._entries = []
        if self.is_spent:
            return self._entries
        self._ends.clear()
        text = self._rest + text
        self._position = 0
        while self._step(text, final=final):
            pass
        self._rest = text[self._position :]
        if final:
            self._close()
        return self._entries

    def _step(self, text: str, *, final: bool) -> bool:
        """Read one thing and move behind it; False if this text holds no other that is complete."""
        if self._until:
            return self._skip(text)
        if self._is_root_open and self._record is None and self.kind in _PLAIN_TAGS:
            self._position = self._plain.read(text, self._position, _PLAIN_TAGS[self.kind], self._entries)
        start = text.find("<", self._position)
        self._characters(text[self._position : start if start >= 0 else len(text)])
        self._position = start if start >= 0 else len(text)
        found = token(text, start, final=final) if start >= 0 else None
        if found is None or not self._may_go_on():
            return False
        self._position = self._take(text, start, found)
        return True

    def _may_go_on(self) -> bool:
        """Count the single tokens since the last entry: a file that consists of nothing else costs a limited time."""
        self._idle_tokens += 1
        if self._idle_tokens > MOST_IDLE_TOKENS:
            self._notes.add("too_broken")
            self.is_spent = True
        return not self.is_spent

    def _skip(self, text: str) -> bool:
        """Go on inside a comment or a CDATA section."""
        end = text.find(self._until, self._position)
        reached = end if end >= 0 else max(self._position, len(text) - len(self._until) + 1)
        if self._until == "]]>":
            self._characters(text[self._position : reached].replace("&", "&amp;"))
        self._position = reached
        if end < 0:
            return False
        self._position += len(self._until)
        self._until = ""
        return True

    def _characters(self, text: str) -> None:
        if self._record is not None and text:
            self._record.characters(text)

    def _take(self, text: str, start: int, found: Token) -> int:
        if found.is_broken:
            self._notes.add("recovered_xml")
        match found.sort:
            case Sort.START:
                return self._start(text, found)
            case Sort.END:
                self._end(found.name)
            case Sort.COMMENT:
                self._until = "-->"
            case Sort.CDATA:
                self._until = "]]>"
            case Sort.DOCTYPE:
                self._notes.add("doctype")
            case Sort.STRAY:
                self._characters(text[start : found.end])
            case Sort.INSTRUCTION:
                pass
        return found.end

    def _start(self, text: str, found: Token) -> int:
        local = self._names[found.name]
        record = self._record
        if record is not None:
            if found.name.lower() != record.name.lower() and not (kind_of_root(local) and local == found.name.lower()):
                record.start(found.name, found.attributes)
                return found.end
            self._notes.add("recovered_xml")
            self._finish(is_cut=False)
        if (kind := kind_of_root(local)) is not None:
            self._open_root(kind, found)
        elif local in _RECORDS[self.kind]:
            return self._open_record(text, local, found)
        elif found.attributes[-1:] != "/":
            self._open_other(local, found)
        return found.end

    def _open_other(self, local: str, found: Token) -> None:
        """Go into an element that is neither root nor record; a loc right below the root is a page without its tag."""
        if found.name.lower() == "loc" and self._is_root_open and not self._depth and self.kind in _PLAIN_TAGS:
            self._notes.add("recovered_xml")
            self._record = OpenRecord(found.name, _PLAIN_TAGS[self.kind], "")
            self._record.start(found.name, "")
            return
        self._depth += 1
        if "base" in found.attributes and local == "channel":
            self._take_base(found.attributes)

    def _open_root(self, kind: SitemapKind, found: Token) -> None:
        self.roots += 1
        if self.roots > 1:
            self._notes.add("second_document")
            if kind is not self.kind:
                self._notes.add("mixed_kinds")
        self.kind = kind
        self._xml_base = None
        self._depth = 0
        self._is_root_open = found.attributes[-1:] != "/"
        if "base" in found.attributes:
            self._take_base(found.attributes)

    def _take_base(self, written: str) -> None:
        own = attributes(written, self._notes).get("xml:base")
        self._xml_base = rebased(self._xml_base or self._base.url, own)

    def _open_record(self, text: str, local: str, found: Token) -> int:
        if self.kind is None:
            self.kind = _KIND_OF_RECORD[local]
            self._notes.add("unknown_root")
        if found.attributes[-1:] == "/":
            self._notes.add("dropped_loc")
            return found.end
        end = self._end_of(text, found)
        if end >= 0 and (after := self._whole(text, found, local, end)) is not None:
            return after
        self._record = OpenRecord(found.name, local, found.attributes)
        return found.end

    def _end_of(self, text: str, found: Token) -> int:
        tag = f"</{found.name}>"
        known = self._ends.get(tag, 0)
        if known < found.end and known >= 0:
            known = self._ends[tag] = text.find(tag, found.end)
        return known

    def _whole(self, text: str, found: Token, local: str, end: int) -> int | None:
        """Read a record that lies in the text as a whole; None if it takes the patient reader."""
        # A record inside this one is looked for before anything is copied: it may be the first of thousands.
        if text.find(f"<{found.name}", found.end, end) >= 0 or text.find("<?", found.end, end) >= 0:
            return None
        inside = without_sections(text[found.end : end])
        if inside is None:
            return None
        try:
            self._add(NODES.findall(inside), local, found.attributes)
        except Irregular:
            return None
        return end + len(found.name) + 3

    def _end(self, name: str) -> None:
        local = self._names[name]
        if self._record is not None:
            if name.lower() == self._record.name.lower():
                self._finish(is_cut=False)
                return
            if kind_of_root(local) is None:
                self._record.end(name)
                return
            self._notes.add("recovered_xml")
            self._finish(is_cut=False)
        self._depth = max(0, self._depth - 1)
        if kind_of_root(local) is not None:
            self._is_root_open = False

    def _finish(self, *, is_cut: bool) -> None:
        record, self._record = self._record, None
        if record is not None:
            self._add(record.nodes(is_cut=is_cut), record.local, record.attributes)

    def _add(self, nodes: list[tuple[str, str, str, str, str]], local: str, written: str) -> None:
        base = self._xml_base
        if "base" in written:
            base = rebased(base or self._base.url, attributes(written, self._notes).get("xml:base"))
        if local in _OF_PROTOCOL:
            entry = self._records.read(nodes, is_sitemap=local == "sitemap", base=base)
            entry = self._judged(entry) if entry is not None else None
        else:
            entry = self._feeds.read(nodes, written=written, base=base)
        if entry is not None:
            self._entries.append(entry)
            self._idle_tokens = 0

    def _judged(self, entry: Entry) -> Entry:
        """The entry, told page from sitemap: by its element, unless an index lists sitemaps as pages."""
        if entry.is_sitemap is (self.kind is SitemapKind.INDEX):
            return entry
        self._notes.add("mixed_kinds")
        if entry.is_sitemap or not _SITEMAP_NAME.search(entry.loc.partition("?")[0]):
            return entry
        return Entry(loc=entry.loc, is_sitemap=True, lastmod=entry.lastmod, modified_at=entry.modified_at)

    def _close(self) -> None:
        if self._record is not None or self._is_root_open or self._until:
            self._notes.add("truncated_xml")
        self._finish(is_cut=True)
