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
_SECTION = re.compile(r"<!(?:--.*?--|\[CDATA\[(.*?)\]\])>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w.:-]+)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""")


class Names(dict[str, str]):
    """Local names in lower case by the name as written: what stands behind the prefix, whatever namespace it means."""

    def __missing__(self, name: str) -> str:
        if len(self) >= MOST_NAMES:
            self.clear()
        self[name] = local = name.rpartition(":")[2].lower()
        return local


def attributes(text: str, notes: Notes) -> dict[str, str]:
    """The attributes of a tag: names in lower case with their prefix, values decoded and trimmed. The first counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text)[:MOST_ATTRIBUTES]:
        value = double or single or bare
        found.setdefault(name.lower(), (decoded(value, notes) if "&" in value else value).strip())
    return found


def without_sections(text: str) -> str:
    """The markup without comments, and with the characters of CDATA sections as references."""
    return _SECTION.sub(lambda section: (section[1] or "").replace("&", "&amp;").replace("<", "&lt;"), text)
