"""The page as a tree, for the few questions that text in a row cannot answer: what stands together in one block.

Most pages name nobody, and are never made into a tree. Beside html.py the only module that knows the parser.
"""

from dataclasses import dataclass

import turbohtml
from turbohtml import Document as Tree
from turbohtml import Element, MicrodataItem, Node, RdfaItem, Text

from scanlane.domain.flow import seen_as
from scanlane.domain.stated_holders import Record, short
from scanlane.domain.word_sets import words

__all__ = [
    "SILENT",
    "Element",
    "Line",
    "Node",
    "Text",
    "Tree",
    "grown",
    "lines",
    "records_of_microdata",
    "records_of_rdfa",
]

LONGEST_MARKUP = 1_000_000
MOST_NODES = 600
DEEPEST = 40
MOST_ITEMS = 2_000

INLINE = words(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr q s samp small span",
    "strike strong sub sup time tt u var wbr",
)
SILENT = words("script style template noscript svg select option textarea")
_LOUD = words("h1 h2 h3 h4 h5 h6 strong b dt th figcaption caption legend em")
_LOUD_CLASSES = ("name", "title", "headline", "heading")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as a visitor sees it, and the pieces that its tags cut it into. `loud`: set off as a heading."""

    text: str
    pieces: tuple[str, ...]
    loud: bool


def grown(markup: str) -> Tree | None:
    """The page's tree; None for a page too long to look at so closely."""
    return turbohtml.parse(markup, positions=False) if len(markup) <= LONGEST_MARKUP else None


def lines(roots: list[Node]) -> list[Line]:
    """The lines of some neighbouring parts of the tree, in order."""
    reader = _LineReader()
    for root in roots:
        reader.read(root, loud=False, depth=0)
        reader.end_line()
    return reader.lines


class _LineReader:
    """Collects pieces of text until a block begins or ends."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._pieces: list[str] = []
        self._loud = False
        self._nodes = 0

    def read(self, node: Node, *, loud: bool, depth: int) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES or depth > DEEPEST:
            return
        if isinstance(node, Text):
            self._add(node.data, loud=loud)
        elif isinstance(node, Element) and node.tag not in SILENT:
            is_block = node.tag not in INLINE
            if is_block:
                self.end_line()
            loud = loud or node.tag in _LOUD or _is_called_loud(node)
            for child in node.children:
                self.read(child, loud=loud, depth=depth + 1)
            if is_block:
                self.end_line()

    def end_line(self) -> None:
        """What comes next is another line."""
        text = " ".join("".join(self._pieces).split())
        if text:
            pieces = tuple(filter(None, (" ".join(piece.split()) for piece in self._pieces)))
            self.lines.append(Line(text, pieces, self._loud))
        self._pieces, self._loud = [], False

    def _add(self, text: str, *, loud: bool) -> None:
        if text.strip():
            self._loud = self._loud or loud
        self._pieces.append(seen_as(text))


def _is_called_loud(element: Element) -> bool:
    called = element.attr("class")
    return called is not None and any(word in called.lower() for word in _LOUD_CLASSES)


def records_of_microdata(tree: Tree) -> list[Record]:
    """The things that itemscope elements describe; none where they are nested in circles."""
    try:
        items = tree.microdata()
    except (RecursionError, ValueError):
        return []
    return [_record(item, item.type or "", 0) for item in items[:MOST_ITEMS]]


def records_of_rdfa(tree: Tree) -> list[Record]:
    """The things that typeof elements describe; none where they are nested in circles."""
    try:
        items = tree.rdfa()
    except (RecursionError, ValueError):
        return []
    return [_record(item, " ".join(item.type or ()), 0) for item in items[:MOST_ITEMS]]


def _record(item: MicrodataItem | RdfaItem, types: str, depth: int) -> Record:
    texts: dict[str, list[str]] = {}
    inner: dict[str, list[Record]] = {}
    for name, values in item.properties.items():
        texts.setdefault(short(name), []).extend(value for value in values if isinstance(value, str))
        within = [value for value in values if not isinstance(value, str)] if depth < DEEPEST else []
        inner.setdefault(short(name), []).extend(_record(value, _types_of(value), depth + 1) for value in within)
    return Record(frozenset(map(short, types.split())), texts, inner)


def _types_of(item: MicrodataItem | RdfaItem) -> str:
    return (item.type or "") if isinstance(item, MicrodataItem) else " ".join(item.type or ())
