"""A record whose end has not come yet, collected token by token."""

from scanlane.domain.sitemap_nodes import Node

MOST_NODES = 20_000
LONGEST_TEXT = 10_000
LONGEST_ATTRIBUTES = 20_000
MOST_CHARACTERS = 1_000_000


class OpenRecord:
    """The nodes of a record so far; `name` is its tag as written, `local` the same without prefix in lower case."""

    __slots__ = ("_attributes", "_characters", "_name", "_nodes", "_room", "_texts", "attributes", "local", "name")

    def __init__(self, name: str, local: str, attributes: str) -> None:
        self.name = name
        self.local = local
        self.attributes = attributes
        self._nodes: list[Node] = []
        self._name = ""
        self._attributes = ""
        self._texts: list[str] = []
        self._room = LONGEST_TEXT
        self._characters = 0

    def start(self, name: str, attributes: str) -> None:
        """An element begins."""
        self._flush()
        if self._characters > MOST_CHARACTERS:
            return
        self._name, self._attributes, self._room = name, attributes[-LONGEST_ATTRIBUTES:], LONGEST_TEXT
        self._characters += len(name) + len(attributes)

    def characters(self, text: str) -> None:
        """Text, still with its references; it belongs to the element that began last, if that is still open."""
        if self._name and self._room > 0:
            self._texts.append(text[: self._room])
            self._room -= len(text)
            self._characters += len(self._texts[-1])

    def end(self, name: str) -> None:
        """An element ends."""
        self._flush()
        self._append(("", "", "", "", name))

    def nodes(self, *, is_cut: bool) -> list[Node]:
        """All nodes; without the last element if the document broke off inside it."""
        if not is_cut:
            self._flush()
        return self._nodes

    def _flush(self) -> None:
        if self._name:
            self._append((self._name, self._attributes, "".join(self._texts), "", ""))
        self._name = ""
        self._texts = []

    def _append(self, node: Node) -> None:
        if len(self._nodes) < MOST_NODES:
            self._nodes.append(node)
