"""The parsed page: text blocks, links, telling elements, scripts, comments. The only module that knows the parser.

One walk in document order collects everything that later steps read, so a page is parsed once. Every list has a limit
that no honest page reaches: a page of two million characters must not hold up the others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from turbohtml.saxparse import SaxHandler, sax_parse

from scanlane.domain.document import Document, Element, RawLink, Script
from scanlane.domain.flow import BREAK
from scanlane.domain.hiding import hidden_classes, hides, reverses
from scanlane.domain.stray_marks import without_stray_marks
from scanlane.domain.telling import HIDING, MATTERING, TELLING, GivenAttributes, link_tells, told, weight
from scanlane.domain.word_sets import words

__all__ = ["Document", "Element", "RawLink", "Script", "parse", "plain", "script"]

MOST_NOTED = 30_000
MOST_KEPT = 6_000
MOST_HIDING_CLASSES = 200
MOST_SCRIPTS = 1_000
MOST_SOURCES = 400
LONGEST_SOURCE = 2_000
LONGEST_OWN_TEXT = 300
MOST_OWN_PIECES = 60
LONGEST_DECOY = 300
LONGEST_COMMENT = 20_000

_INLINE = words(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr noscript q s samp",
    "script small span strike strong style sub sup time tt u var wbr",
)
_SILENT = frozenset(("script", "style", "template", "title", "noembed", "noframes"))
_MARKING_TAGS = frozenset(("wbr", "img"))
_PICTURED_SIGNS = words("@ at (at) [at] {at} @-zeichen at-zeichen arroba arobase") | {"at sign"}
_LINKING = ("mailto:", "tel:", "http://", "https://")
_EMBEDDING_TAGS = frozenset(("script", "iframe"))
_LINK_TAGS = frozenset(("a", "area"))
# Elements that never hold text.
_EMPTY = frozenset(("meta", "link", "base"))
# Attributes that tell nothing if they are the only one.
_LONE = frozenset(("class", "id", "type"))
# What else a tag means for the walk, added up: 0 for most inline elements; those that are not listed are blocks.
_BLOCK, _SILENCING, _MARKING = 1, 2, 4
_MEANINGS = {
    **dict.fromkeys(_INLINE, 0),
    **dict.fromkeys(_SILENT - _INLINE, _BLOCK | _SILENCING),
    **dict.fromkeys(_SILENT & _INLINE, _SILENCING),
    **dict.fromkeys(_MARKING_TAGS, _MARKING),
}

AttributePairs = tuple[tuple[str, str | None], ...]


def parse(markup: str) -> Document:
    """Parse a page. Accepts anything: broken markup is read as browsers read it."""
    # Attributes come decoded: "&#" in one of them was "&amp;#" or the like.
    walk = _Walk()
    sax_parse(without_stray_marks(markup), cast(SaxHandler, _Events(walk)))
    return walk.document


def plain(text: str, *, links: bool = False) -> Document:
    """Treat text without markup as a page of one block per line. `links`: a line that is a URL is a link."""
    lines = text.splitlines()
    hrefs = [line for line in lines if links and line.startswith(_LINKING) and " " not in line]
    return Document(
        shown=[piece for line in lines for piece in (line, BREAK)],
        links=[Element("a", {"href": href}, hidden=False) for href in hrefs[:MOST_KEPT]],
    )


def script(text: str, kind: str) -> Document:
    """Treat a file that is no page as one inline script."""
    return Document(scripts=[Script(kind, text)])


@dataclass(slots=True)
class _Silent:
    """An open element whose text is not shown, and from which piece on that text stands."""

    depth: int
    tag: str
    kind: str
    start: int


class _Events:
    """Receives the parser's events (a SaxHandler by shape), and passes on to the walk those that tell something.

    It runs for each tag of each page, so the usual tag costs two look-ups: the two methods keep what they need in
    variables of one function, for a look-up in an object costs a third more.
    """

    def __init__(self, walk: "_Walk") -> None:
        self.characters = walk.pieces.append
        self.comment = walk.comment
        self.start_element, self.end_element = _tag_events(walk)

    def doctype(self, *_: object) -> None:
        """Says nothing about contacts, nor does any processing instruction."""

    processing_instruction = doctype


def _tag_events(walk: "_Walk") -> tuple[Callable[[str, AttributePairs], None], Callable[[str], None]]:
    """What happens at the start and at the end of an element."""
    depth = 0
    append, meaning_of, inline = walk.pieces.append, _MEANINGS.get, _INLINE
    watched, hiding, note = walk.watched, walk.hiding, walk.note

    def start(tag: str, attrs: AttributePairs) -> None:
        nonlocal depth
        depth += 1
        meaning = meaning_of(tag, _BLOCK)
        if meaning & _BLOCK:
            append(BREAK)
        if meaning & _SILENCING:
            walk.begin_silence(depth, tag, attrs)
        # Every second element has a class or a name and nothing else.
        if attrs and (len(attrs) > 1 or attrs[0][0] not in _LONE or hiding):
            note(depth, tag, attrs)
        if meaning & _MARKING:
            walk.mark(tag, attrs)

    def end(tag: str) -> None:
        nonlocal depth
        if tag not in inline:
            append(BREAK)
        if depth in watched:
            walk.close(depth)
        depth -= 1

    return start, end


class _Walk:
    """Keeps what the page's elements tell in the document.

    All text goes into one list of pieces; what is no shown text is cut out again where its element ends.
    """

    def __init__(self) -> None:
        self.document = Document()
        self.pieces = self.document.shown
        # The depths at which an open element wants to know of its end.
        self.watched: set[int] = set()
        self.hiding: set[str] = set()
        self._noted = 0
        self._silent: list[_Silent] = []
        self._open: list[tuple[int, int, Element]] = []
        self._hidden_at = 0
        self._hidden_from = 0, 0, 0

    def comment(self, data: str) -> None:
        self.pieces.append("")
        if "@" in data and len(data) <= LONGEST_COMMENT:
            self.document.comments.append(data)

    def close(self, depth: int) -> None:
        """End what the element at this depth began: silence first, for its words are nobody's text."""
        opened = self._open
        self.watched.discard(depth)
        if self._silent and self._silent[-1].depth == depth:
            self._end_silence(self._silent.pop())
        while opened and opened[-1][0] == depth:
            _, start, element = opened.pop()
            element.text = "" if self._silent else _text_since(self.pieces, start)
        if self._hidden_at == depth:
            self._end_hiding()

    def mark(self, tag: str, attrs: AttributePairs) -> None:
        """Write down what is no text and yet read as one: a place to break a word, a picture of the sign "@"."""
        if tag == "wbr":
            self.pieces.append("")
        elif any(name == "alt" and (value or "").strip().lower() in _PICTURED_SIGNS for name, value in attrs):
            self.pieces.append("@")

    def begin_silence(self, depth: int, tag: str, attrs: AttributePairs) -> None:
        kind = (dict(attrs).get("type") or "").lower() if attrs else ""
        self._silent.append(_Silent(depth, tag, kind, len(self.pieces)))
        self.watched.add(depth)

    def note(self, depth: int, tag: str, pairs: AttributePairs) -> None:
        """Keep the element if its attributes tell something."""
        attributes = dict(pairs)
        worth = weight(tag, attributes)
        is_link = tag in _LINK_TAGS and "href" in attributes
        if not (worth or is_link or self.hiding):
            return
        self._noted += 1
        if self._noted > MOST_NOTED:
            return
        backwards = False
        if self.hiding or worth & (HIDING | MATTERING):
            backwards = self._look_at(depth, tag, attributes)
        if is_link:
            given = told(attributes)
            tells = worth >= TELLING or link_tells(given["href"])
            self._keep(depth, Element(tag, given, self._hidden_at > 0, backwards, "", tells), self.document.links)
        elif worth >= TELLING or backwards:
            element = Element(tag, told(attributes), self._hidden_at > 0, backwards, "", worth >= TELLING)
            self._keep(depth, element, self.document.elements)

    def _end_silence(self, ended: _Silent) -> None:
        cut = self.pieces[ended.start :]
        del self.pieces[ended.start :]
        for piece in cut:
            if piece not in ("", BREAK):
                self._keep_silent(ended, piece)
        # One trace for all: kept one by one, they would be looked at again by each element around.
        if BREAK in cut or "" in cut:
            self.pieces.append(BREAK if BREAK in cut else "")

    def _look_at(self, depth: int, tag: str, attributes: GivenAttributes) -> bool:
        """Note what attributes say beside contacts; answer whether the letters inside are turned round."""
        if tag == "html":
            self.document.language = (attributes.get("lang") or "")[:20]
        elif tag in _EMBEDDING_TAGS:
            self._note_source(attributes.get("src"))
        if not self._hidden_at and hides(attributes, self.hiding):
            self._begin_hiding(depth)
        return reverses(tag, attributes)

    def _note_source(self, address: str | None) -> None:
        if address and len(address) <= LONGEST_SOURCE and len(self.document.sources) < MOST_SOURCES:
            self.document.sources.append(address)

    def _begin_hiding(self, depth: int) -> None:
        # The text around a hidden inline element stays one flow: "info<hidden>x</hidden>@host".
        self._hidden_at = depth
        self._hidden_from = len(self.pieces), len(self.document.links), len(self.document.elements)
        self.watched.add(depth)

    def _end_hiding(self) -> None:
        """Decoys are short. Much hidden text is a panel that a click unfolds: it counts as shown."""
        self._hidden_at = 0
        if self._silent:
            return
        start, links, elements = self._hidden_from
        hidden = self.pieces[start:]
        if sum(map(len, hidden)) <= LONGEST_DECOY:
            # To a visitor nothing stands there, not even a tag.
            self.pieces[start:] = [""]
            self.document.unseen += [*hidden, BREAK]
            return
        self.pieces.insert(start, BREAK)
        self.pieces.append(BREAK)
        for element in self.document.links[links:] + self.document.elements[elements:]:
            element.hidden = False

    def _keep(self, depth: int, element: Element, kept: list[Element]) -> None:
        if len(kept) >= MOST_KEPT:
            return
        kept.append(element)
        if element.tag not in _EMPTY:
            self._open.append((depth, len(self.pieces), element))
            self.watched.add(depth)

    def _keep_silent(self, ended: _Silent, data: str) -> None:
        if ended.tag == "title" and not self.document.title:
            self.document.title = " ".join(data[:1000].split())[:300]
        elif ended.tag == "script" and len(self.document.scripts) < MOST_SCRIPTS:
            self.document.scripts.append(Script(ended.kind, data))
        elif ended.tag == "style" and len(self.hiding) < MOST_HIDING_CLASSES:
            self.hiding |= hidden_classes(data)


def _text_since(pieces: list[str], start: int) -> str:
    # Slices and joins only: this runs for every link, and nested elements share the same pieces.
    if len(pieces) == start + 1:
        return pieces[start][:LONGEST_OWN_TEXT].replace(BREAK, " ").strip()
    stretch = pieces[start : start + MOST_OWN_PIECES]
    if not stretch:
        return ""
    if len(stretch[0]) > LONGEST_OWN_TEXT:
        stretch = [stretch[0][:LONGEST_OWN_TEXT]]
    if len(stretch) == 1:
        return stretch[0].replace(BREAK, " ").strip()
    return "".join(stretch)[:LONGEST_OWN_TEXT].replace(BREAK, " ").strip()
