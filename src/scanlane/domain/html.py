"""The parsed page: text blocks, links, telling elements, scripts, comments. The only module that knows the parser.

One walk in document order collects everything that later steps read, so a page is parsed once. Every list has a limit
that no honest page reaches: a page of two million characters must not hold up the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain

from turbohtml.saxparse import SaxHandler, sax_parse

from scanlane.domain.attribute_pairs import USER_ATTRIBUTES
from scanlane.domain.flow import BREAK
from scanlane.domain.hiding import hidden_classes, hides, reverses
from scanlane.domain.shifted import unshifted
from scanlane.domain.stray_marks import without_stray_marks
from scanlane.domain.word_sets import words

MOST_ATTRIBUTED = 30_000
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
_PICTURED_SIGNS = frozenset(
    ("@", "at", "(at)", "[at]", "{at}", "at sign", "@-zeichen", "at-zeichen", "arroba", "arobase")
)
_LINKING = ("mailto:", "tel:", "http://", "https://")
_EMBEDDING_TAGS = frozenset(("script", "iframe"))
_TELLING_TAGS = frozenset(("meta", "link", "html", "base"))
_TELLING_NAMES = frozenset(("itemprop", "data-cfemail", "data-mailto-token", *USER_ATTRIBUTES))

# What decides whether an element is shown, is a link, or is a script of which kind.
_MATTERING_TAGS = frozenset(("bdo", *_EMBEDDING_TAGS))
_MATTERING_NAMES = frozenset(("style", "hidden", "aria-hidden", "href"))

Attributes = dict[str, str]
GivenAttributes = Mapping[str, str | None]
AttributePairs = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class RawLink:
    """A link as written: `href` is neither decoded nor resolved."""

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
    sax_parse(without_stray_marks(markup), walk)
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


def _link_tells(attributes: Attributes) -> bool:
    """Whether a link's attributes hold what other elements seldom do: a script, shifted letters, a sign by name."""
    href = attributes["href"]
    if href[:20].lstrip()[:11].lower() == "javascript:" or unshifted(href) is not None:
        return True
    return any("&commat" in value or "\\u0040" in value for value in attributes.values())


@dataclass(frozen=True, slots=True)
class _Open:
    """An open element whose text is wanted: from which piece on."""

    depth: int
    pieces: list[str]
    start: int
    element: Element


class _Walk(SaxHandler):
    """Receives the parser's events and keeps what is told in the document."""

    def __init__(self) -> None:
        self.document = Document()
        self._depth = 0
        self._hidden_at = 0
        self._silent: list[str] = []
        self._script_kind = ""
        self._pieces = self.document.shown
        self._open: list[_Open] = []
        self._hiding: set[str] = set()
        self._hidden_from = 0, 0
        self._attributed = 0

    def start_element(self, tag: str, attrs: AttributePairs) -> None:
        self._depth += 1
        if tag not in _INLINE:
            self._pieces.append(BREAK)
        if tag in _SILENT:
            self._silent.append(tag)
            self._script_kind = ""
        if attrs and self._attributed < MOST_ATTRIBUTED:
            self._attributed += 1
            self._note(tag, attrs)
        if tag == "wbr":
            self._pieces.append("")
        if tag == "img" and any(
            name == "alt" and (value or "").strip().lower() in _PICTURED_SIGNS for name, value in attrs
        ):
            self._pieces.append("@")

    def end_element(self, tag: str) -> None:
        if tag not in _INLINE:
            self._pieces.append(BREAK)
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()
        while self._open and self._open[-1].depth >= self._depth:
            opened = self._open.pop()
            opened.element.text = _text_since(opened.pieces, opened.start)
        if self._hidden_at == self._depth:
            self._end_hiding()
        self._depth -= 1

    def characters(self, data: str) -> None:
        if self._silent:
            self._keep_silent(self._silent[-1], data)
        else:
            self._pieces.append(data)

    def comment(self, data: str) -> None:
        self._pieces.append("")
        if "@" in data and len(data) <= LONGEST_COMMENT:
            self.document.comments.append(data)

    def _note(self, tag: str, pairs: AttributePairs) -> None:
        is_telling, matters = self._weighed(tag, pairs)
        if not matters and not is_telling:
            return
        attributes = dict(pairs)
        if tag == "html":
            self.document.language = (attributes.get("lang") or "")[:20]
        elif tag == "script":
            self._script_kind = (attributes.get("type") or "").lower()
        if tag in _EMBEDDING_TAGS:
            self._note_source(attributes.get("src"))
        styled = "style" in attributes or tag == "bdo"
        if not self._hidden_at and (styled or self._may_hide(attributes)) and hides(attributes, self._hiding):
            self._begin_hiding()
        backwards = styled and reverses(tag, attributes)
        is_link = "href" in attributes and tag in ("a", "area")
        if is_link or backwards or is_telling:
            given = {name: value or "" for name, value in pairs}
            is_telling = is_telling or (is_link and _link_tells(given))
            element = Element(tag, given, bool(self._hidden_at), backwards, telling=is_telling)
            self._keep(element, is_link=is_link)

    def _weighed(self, tag: str, pairs: AttributePairs) -> tuple[bool, bool]:
        """Whether the attributes can hold a contact or say whose page it is, and whether they matter otherwise.

        This runs for each element of a page, and most say nothing but their class.
        """
        is_telling, matters = tag in _TELLING_TAGS, tag in _MATTERING_TAGS
        for name, value in pairs:
            if name in _MATTERING_NAMES or (name == "class" and self._hiding):
                matters = True
            elif name in _TELLING_NAMES or name[:2] == "on":
                is_telling = True
            if value and ("@" in value or "%40" in value or "&#" in value or "\uff20" in value):
                is_telling = True
        return is_telling, matters

    def _note_source(self, address: str | None) -> None:
        if address and len(address) <= LONGEST_SOURCE and len(self.document.sources) < MOST_SOURCES:
            self.document.sources.append(address)

    def _may_hide(self, attributes: GivenAttributes) -> bool:
        return "hidden" in attributes or "aria-hidden" in attributes or ("class" in attributes and bool(self._hiding))

    def _begin_hiding(self) -> None:
        # The text around a hidden inline element stays one flow: "info<hidden>x</hidden>@host".
        self._hidden_at = self._depth
        self._pieces = []
        self._hidden_from = len(self.document.links), len(self.document.elements)

    def _end_hiding(self) -> None:
        """Decoys are short. Much hidden text is a panel that a click unfolds: it counts as shown."""
        self._hidden_at = 0
        pieces, self._pieces = self._pieces, self.document.shown
        if sum(map(len, pieces)) <= LONGEST_DECOY:
            self.document.unseen += [*pieces, BREAK]
            return
        self.document.shown += [BREAK, *pieces, BREAK]
        links, elements = self._hidden_from
        for element in self.document.links[links:] + self.document.elements[elements:]:
            element.hidden = False

    def _keep(self, element: Element, *, is_link: bool) -> None:
        kept = self.document.links if is_link else self.document.elements
        if len(kept) >= MOST_KEPT:
            return
        kept.append(element)
        self._open.append(_Open(self._depth, self._pieces, len(self._pieces), element))

    def _keep_silent(self, tag: str, data: str) -> None:
        if tag == "title" and not self.document.title:
            self.document.title = " ".join(data[:1000].split())[:300]
        elif tag == "script" and len(self.document.scripts) < MOST_SCRIPTS:
            self.document.scripts.append(Script(self._script_kind, data))
        elif tag == "style" and len(self._hiding) < MOST_HIDING_CLASSES:
            self._hiding |= hidden_classes(data)


def _text_since(pieces: list[str], start: int) -> str:
    # Slices and joins only: this runs for every link, and nested elements share the same pieces.
    stretch = pieces[start : start + MOST_OWN_PIECES]
    if stretch and len(stretch[0]) > LONGEST_OWN_TEXT:
        stretch = [stretch[0][:LONGEST_OWN_TEXT]]
    return "".join(stretch)[:LONGEST_OWN_TEXT].replace(BREAK, " ").strip()
