"""The elements inside one record, as flat nodes: found by one expression where they are plain."""

import re

from scanlane.domain.sitemap_entities import decoded
from scanlane.domain.sitemap_entries import Notes

MOST_ATTRIBUTES = 50
MOST_NAMES = 1000
LONGEST_NAME = 100
DEEPEST = 64

NAME = r"[A-Za-z_][\w.:-]*+"
ATTRIBUTES = r"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+"""

# name, attributes, text, whether closed on the spot, name of an end tag. A node of five empty texts is a stray "<".
Node = tuple[str, str, str, str, str]

NODES = re.compile(rf"<({NAME})({ATTRIBUTES})>([^<]*+)(?:(</)\1\s*+>)?+|</({NAME})\s*+>|<")
_ATTRIBUTE = re.compile(r"""([\w.:-]+)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""")


class Names(dict[str, str]):
    """Local names in lower case by the name as written: what stands behind the prefix, whatever namespace it means."""

    def __missing__(self, name: str) -> str:
        local = name.rpartition(":")[2].lower()
        if len(self) < MOST_NAMES and len(name) <= LONGEST_NAME:
            self[name] = local
        return local


def attributes(text: str, notes: Notes) -> dict[str, str]:
    """The attributes of a tag: names in lower case with their prefix, values decoded and trimmed. The first counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text)[:MOST_ATTRIBUTES]:
        value = double or single or bare
        found.setdefault(name.lower(), (decoded(value, notes) if "&" in value else value).strip())
    return found


def without_sections(text: str) -> str | None:
    """The markup without comments, and with the characters of CDATA sections as references; None if one is open."""
    pieces: list[str] = []
    position = 0
    while (start := text.find("<!", position)) >= 0:
        pieces.append(text[position:start])
        is_comment = text.startswith("<!--", start)
        if not is_comment and not text.startswith("<![CDATA[", start):
            return None
        inside = start + (4 if is_comment else 9)
        end = text.find("-->" if is_comment else "]]>", inside)
        if end < 0:
            return None
        if not is_comment:
            pieces.append(text[inside:end].replace("&", "&amp;").replace("<", "&lt;"))
        position = end + 3
    return "".join(pieces) + text[position:] if pieces else text
