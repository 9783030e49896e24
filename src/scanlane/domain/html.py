"""The parsed page: text blocks, links, telling elements, scripts, comments. The only module that knows the parser.

One walk in document order collects everything that later steps read, so a page is parsed once. Every list has a limit
that no honest page reaches: a page of two million characters must not hold up the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple, cast

from turbohtml.saxparse import SaxHandler, sax_parse

from scanlane.domain.flow import BREAK
from scanlane.domain.hiding import hidden_classes, hides, reverses
from scanlane.domain.stray_marks import without_stray_marks
from scanlane.domain.telling import HIDING, MATTERING, TELLING, AttributePairs, link_tells, told, weight
from scanlane.domain.word_sets import words

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

Attributes = dict[str, str]
GivenAttributes = Mapping[str, str | None]


class RawLink(NamedTuple):
    """A link as written: `href` is neither decoded nor resolved. A tuple, for a page has a hundred of them."""

    href: str
    text: str
    rel: str
    hidden: bool


@dataclass(slots=True)
class Element:
    """An element whose attributes may say something; `text` is what it contains, cut short.

    `telling`: an attribute beside the link's target, or that target itself, may hold a contact.
    """

    tag: str
    attributes: Attributes
    hidden: bool
    backwards: bool = False
    text: str = ""
    telling: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """An inline script and its type attribute, lower case."""

    kind: str
    text: str


@dataclass(slots=True)
class Document:
    """What one page consists of, in document order. `shown` and `unseen` are text nodes, with BREAK between blocks.

    `sources` are the addresses of scripts and frames, as written.
    An empty text node stands where the source has something that is no tag to a visitor: a comment, a <wbr>.
    """

    title: str = ""
    language: str = ""
    links: list[Element] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    scripts: list[Script] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def telling(self) -> list[Element]:
        """The elements and links whose attributes may hold a contact, and text that is written backwards."""
        return [one for one in chain(self.elements, self.links) if one.telling or one.backwards]


def parse(markup: str) -> Document:
    """Parse a page. Accepts anything: broken markup is read as browsers read it."""
    # Attributes come decoded: "&#" in one of them was "&amp;#" or the like.
    walk = _Walk()
    sax_parse(without_stray_marks(markup), cast(SaxHandler, walk))
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


class _Walk:
    """Receives the parser's events (a SaxHandler by shape) and keeps what is told in the document.

    It runs for each tag of each page, so the usual tag costs two look-ups. All text goes into one list of pieces, by
    the list's own method; what is no shown text is cut out again where its element ends.
    """

    def __init__(self) -> None:
        self.document = Document()
        self._pieces = self.document.shown
        self._append = self.characters = self._pieces.append
        self._depth = 0
        self._noted = 0
        # The depths at which an open element wants to know of its end.
        self._watched: set[int] = set()
        self._silent: list[_Silent] = []
        self._open: list[tuple[int, int, Element]] = []
        self._hiding: set[str] = set()
        self._hidden_at = 0
        self._hidden_from = 0, 0, 0

    def start_element(self, tag: str, attrs: AttributePairs) -> None:
        self._depth += 1
        if tag not in _INLINE:
            self._append(BREAK)
        if tag in _SILENT:
            self._begin_silence(tag, attrs)
        # Every second element has a class and nothing else.
        if attrs and (len(attrs) > 1 or attrs[0][0] != "class" or self._hiding):
            worth = weight(tag, attrs)
            if worth or self._hiding:
                self._note(tag, attrs, worth)
        if tag in _MARKING_TAGS:
            self._mark(tag, attrs)

    def end_element(self, tag: str) -> None:
        if tag not in _INLINE:
            self._append(BREAK)
        if self._depth in self._watched:
            self._close()
        self._depth -= 1

    def comment(self, data: str) -> None:
        self._append("")
        if "@" in data and len(data) <= LONGEST_COMMENT:
            self.document.comments.append(data)

    def doctype(self, *_: object) -> None:
        """Says nothing about contacts, nor does any processing instruction."""

    processing_instruction = doctype

    def _close(self) -> None:
        """End what the element at this depth began: silence first, for its words are nobody's text."""
        depth, opened = self._depth, self._open
        self._watched.discard(depth)
        if self._silent and self._silent[-1].depth == depth:
            self._end_silence(self._silent.pop())
        while opened and opened[-1][0] == depth:
            _, start, element = opened.pop()
            element.text = "" if self._silent else _text_since(self._pieces, start)
        if self._hidden_at == depth:
            self._end_hiding()

    def _mark(self, tag: str, attrs: AttributePairs) -> None:
        """Write down what is no text and yet read as one: a place to break a word, a picture of the sign "@"."""
        if tag == "wbr":
            self._append("")
        elif any(name == "alt" and (value or "").strip().lower() in _PICTURED_SIGNS for name, value in attrs):
            self._append("@")

    def _begin_silence(self, tag: str, attrs: AttributePairs) -> None:
        kind = (dict(attrs).get("type") or "").lower() if attrs else ""
        self._silent.append(_Silent(self._depth, tag, kind, len(self._pieces)))
        self._watched.add(self._depth)

    def _end_silence(self, ended: _Silent) -> None:
        cut = self._pieces[ended.start :]
        del self._pieces[ended.start :]
        for piece in cut:
            if piece in ("", BREAK):
                self._append(piece)
            else:
                self._keep_silent(ended, piece)

    def _note(self, tag: str, pairs: AttributePairs, worth: int) -> None:
        self._noted += 1
        if self._noted > MOST_NOTED:
            return
        attributes = dict(pairs)
        backwards = False
        if worth & (HIDING | MATTERING) or self._hiding:
            backwards = self._look_at(tag, attributes)
        if tag in _LINK_TAGS and "href" in attributes:
            given = told(attributes)
            tells = worth >= TELLING or link_tells(given["href"])
            self._keep(Element(tag, given, self._hidden_at > 0, backwards, "", tells), self.document.links)
        elif worth >= TELLING or backwards:
            hidden = self._hidden_at > 0
            self._keep(Element(tag, told(attributes), hidden, backwards, "", worth >= TELLING), self.document.elements)

    def _look_at(self, tag: str, attributes: GivenAttributes) -> bool:
        """Note what attributes say beside contacts; answer whether the letters inside are turned round."""
        if tag == "html":
            self.document.language = (attributes.get("lang") or "")[:20]
        elif tag in _EMBEDDING_TAGS:
            self._note_source(attributes.get("src"))
        if not self._hidden_at and hides(attributes, self._hiding):
            self._begin_hiding()
        return reverses(tag, attributes)

    def _note_source(self, address: str | None) -> None:
        if address and len(address) <= LONGEST_SOURCE and len(self.document.sources) < MOST_SOURCES:
            self.document.sources.append(address)

    def _begin_hiding(self) -> None:
        # The text around a hidden inline element stays one flow: "info<hidden>x</hidden>@host".
        self._hidden_at = self._depth
        self._hidden_from = len(self._pieces), len(self.document.links), len(self.document.elements)
        self._watched.add(self._depth)

    def _end_hiding(self) -> None:
        """Decoys are short. Much hidden text is a panel that a click unfolds: it counts as shown."""
        self._hidden_at = 0
        if self._silent:
            return
        start, links, elements = self._hidden_from
        hidden = self._pieces[start:]
        if sum(map(len, hidden)) <= LONGEST_DECOY:
            del self._pieces[start:]
            self.document.unseen += [*hidden, BREAK]
            return
        self._pieces.insert(start, BREAK)
        self._append(BREAK)
        for element in self.document.links[links:] + self.document.elements[elements:]:
            element.hidden = False

    def _keep(self, element: Element, kept: list[Element]) -> None:
        if len(kept) >= MOST_KEPT:
            return
        kept.append(element)
        if element.tag not in _EMPTY:
            self._open.append((self._depth, len(self._pieces), element))
            self._watched.add(self._depth)

    def _keep_silent(self, ended: _Silent, data: str) -> None:
        if ended.tag == "title" and not self.document.title:
            self.document.title = " ".join(data[:1000].split())[:300]
        elif ended.tag == "script" and len(self.document.scripts) < MOST_SCRIPTS:
            self.document.scripts.append(Script(ended.kind, data))
        elif ended.tag == "style" and len(self._hiding) < MOST_HIDING_CLASSES:
            self._hiding |= hidden_classes(data)


def _text_since(pieces: list[str], start: int) -> str:
    # Slices and joins only: this runs for every link, and nested elements share the same pieces.
    stretch = pieces[start : start + MOST_OWN_PIECES]
    if not stretch:
        return ""
    if len(stretch[0]) > LONGEST_OWN_TEXT:
        stretch = [stretch[0][:LONGEST_OWN_TEXT]]
    if len(stretch) == 1:
        return stretch[0].replace(BREAK, " ").strip()
    return "".join(stretch)[:LONGEST_OWN_TEXT].replace(BREAK, " ").strip()
