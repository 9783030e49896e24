"""Queries in Overpass QL. What people typed becomes a quoted string in it, and in that a pattern of plain letters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scanlane.domain.osm_elements import CATEGORY_KEYS, ELEMENT_TYPES
from scanlane.domain.place_areas import Circle, Rectangle

SECONDS = 25
_TAG = re.compile(r"([a-z][a-z0-9_:]{0,60})\s*=\s*(\S.{0,100})")
# The characters with a meaning in extended regular expressions (POSIX 1003.1, section 9.4).
_SPECIAL = re.compile(r"[\\.\[\]{}()*+?^$|]")


@dataclass(frozen=True, slots=True)
class After:
    """The element after which a page begins: elements come by type, then by id."""

    type: str
    id: int

    @classmethod
    def read(cls, text: str) -> "After":
        """Read "node/1". Raises ValueError."""
        kind, _, number = text.partition("/")
        if kind not in ELEMENT_TYPES or not re.fullmatch("[0-9]{1,19}", number):
            raise ValueError(f"{text[:40]!r} is not an element")
        return cls(kind, int(number))

    def __str__(self) -> str:
        return f"{self.type}/{self.id}"


def search_query(text: str, shape: Circle | Rectangle, *, after: After | None, most: int) -> str:
    """Named elements in the area, with tags that say so, in the order of their types and ids."""
    statements = [
        f"{kind}[{quoted('name')}]{tags}{where}{beyond};"
        for kind, beyond in _types(after)
        for tags in _tags(text)
        for where in _places(shape)
    ]
    return f"[out:json][timeout:{SECONDS}];({''.join(statements)});out center tags {int(most)};"


def element_query(element: str) -> str:
    """One element, as "node/1". Raises ValueError."""
    one = After.read(element)
    return f"[out:json][timeout:{SECONDS}];{one.type}({one.id});out center tags;"


def quoted(text: str) -> str:
    """A string of the language, whatever the text."""
    plain = re.sub(r"[\x00-\x1f\x7f]", " ", text)
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def pattern(text: str) -> str:
    """A regular expression that finds the words, one after the other; tags have "_" where people write a space."""
    return "[ _-]".join(_SPECIAL.sub(r"\\\g<0>", word) for word in text.split())


def _tags(text: str) -> Iterator[str]:
    tag = _TAG.fullmatch(text.strip())
    if tag:
        yield f"[{quoted(tag[1])}={quoted(tag[2].strip())}]"
        return
    words = quoted(pattern(text))
    keys = quoted(f"^({'|'.join(CATEGORY_KEYS)})$")
    yield f"[{quoted('name')}~{words},i]"
    yield f"[~{keys}~{words},i]"


def _places(shape: Circle | Rectangle) -> Iterator[str]:
    if isinstance(shape, Circle):
        yield f"(around:{shape.radius:.1f},{shape.latitude:.7f},{shape.longitude:.7f})"
        return
    for part in shape.parts():
        yield f"({part.south:.7f},{part.west:.7f},{part.north:.7f},{part.east:.7f})"


def _types(after: After | None) -> Iterator[tuple[str, str]]:
    start = ELEMENT_TYPES.index(after.type) if after else 0
    for kind in ELEMENT_TYPES[start:]:
        is_first = after is not None and kind == after.type
        yield kind, f"(if:id()>{after.id})" if after is not None and is_first else ""
