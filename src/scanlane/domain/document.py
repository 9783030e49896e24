"""What a parsed page consists of: text pieces, links, telling elements, scripts, comments."""

from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

Attributes = dict[str, str]


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
    _telling: list[Element] | None = field(default=None, init=False, repr=False, compare=False)

    def telling(self) -> list[Element]:
        """The elements and links whose attributes may hold a contact, and text that is written backwards.

        To be asked once the document is complete.
        """
        if self._telling is None:
            self._telling = [one for one in chain(self.elements, self.links) if one.telling or one.backwards]
        return self._telling
