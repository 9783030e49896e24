"""The elements inside one record, as flat nodes: found by one expression where they are plain."""

import re

from scanlane.domain.sitemap_entities import decoded
from scanlane.domain.sitemap_entries import Notes

MOST_ATTRIBUTES = 50
MOST_NAMES = 2000

NAME = r"[A-Za-z_][\w.:-]*+"
ATTRIBUTES = r"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+"""

# name, attributes, text, whether closed on the spot, name of an end tag. A node of five empty texts is a stray "<".
Node = tuple[str, str, str, str, str]

NODES = re.compile(rf"<({NAME})({ATTRIBUTES})>([^<]*+)(?:(</)\1\s*+>)?+|</({NAME})\s*+>|<")
_ATTRIBUTE = re.compile(r"""([\w.:-]+)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""")


class Names:
    """Local names in lower case: what stands behind the prefix of a name, whatever namespace it means."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def local(self, name: str) -> str:
        """The local name."""
        found = self._known.get(name)
        if found is None:
            if len(self._known) >= MOST_NAMES:
                self._known.clear()
            found = self._known[name] = name.rpartition(":")[2].lower()
        return found


def attributes(text: str, notes: Notes) -> dict[str, str]:
    """The attributes of a tag: names in lower case with their prefix, values decoded and trimmed. The first counts."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        if len(found) >= MOST_ATTRIBUTES:
            break
        name, double, single, bare = match.groups()
        found.setdefault(name.lower(), decoded(double or single or bare or "", notes).strip())
    return found
