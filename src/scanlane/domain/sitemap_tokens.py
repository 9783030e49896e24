"""The tokens of markup, broken or not, one at a time. What begins with "<" ends before the next "<", or is no tag."""

import re
from enum import Enum, auto
from typing import NamedTuple

from scanlane.domain.sitemap_nodes import ATTRIBUTES, NAME

LONGEST_TOKEN = 65_536
LONGEST_INSTRUCTION = 4096

_TAG = re.compile(rf"<(/?)({NAME})({ATTRIBUTES})>")
# A tag whose quotes do not pair up.
_LOOSE_TAG = re.compile(rf"<(/?)({NAME})([^<>]*+)>")
# A "<" that begins no tag, with the text behind it, and all that follow and surely are no better.
_STRAY = re.compile(r"<[^<]*+(?:<(?:(?![!?])[^<>]*+(?=<)|(?=[^A-Za-z_/!?<])[^<]*+))*+")
_DECLARATION = re.compile(r"""<!(?:[^<>"'\[]++|"[^"]*+"|'[^']*+')*+[>\[]""")
_LOOSE_DECLARATION = re.compile(r"<![^<>\[]*+[>\[]?")
_SHORT_INSTRUCTION = re.compile(r"<\?[^<>]*+>")
# One that holds tags; not another instruction, so that each stretch is searched once.
_INSTRUCTION = re.compile(r"<\?(?:[^?<]++|\?(?!>)|<(?!\?))*+\?>")
_CUT_OPENING = re.compile(r"<(?:!(?:-|\[(?:C(?:D(?:A(?:TA?)?)?)?)?)?|\?(?:x(?:ml?)?)?)?", re.IGNORECASE)


class Sort(Enum):
    """What a token is."""

    START = auto()
    END = auto()
    COMMENT = auto()
    CDATA = auto()
    DOCTYPE = auto()
    INSTRUCTION = auto()
    STRAY = auto()


class Token(NamedTuple):
    """A token and where it ends; COMMENT and CDATA end where their content begins."""

    sort: Sort
    end: int
    name: str = ""
    attributes: str = ""
    is_broken: bool = False


def token(text: str, start: int, *, final: bool) -> Token | None:
    """The token that begins with the "<" at this position; None if more text is needed to tell."""
    found = _TAG.match(text, start)
    if found is not None:
        return Token(Sort.END if found[1] else Sort.START, found.end(), found[2], found[3])
    following = text[start + 1 : start + 2]
    if following == "!":
        return _declared(text, start, final=final)
    if following == "?":
        return _instruction(text, start, final=final)
    return _broken(text, start, final=final)


def _waits(text: str, start: int, *, final: bool) -> bool:
    """Whether a token that has not ended may still end."""
    return not final and len(text) - start < LONGEST_TOKEN


def _declared(text: str, start: int, *, final: bool) -> Token | None:
    if text.startswith("<!--", start):
        return Token(Sort.COMMENT, start + 4)
    if text[start : start + 9].upper() == "<![CDATA[":
        return Token(Sort.CDATA, start + 9)
    if not final and _CUT_OPENING.fullmatch(text, start):
        return None
    found = _DECLARATION.match(text, start)
    if found is None:
        if _waits(text, start, final=final):
            return None
        found = _LOOSE_DECLARATION.match(text, start)
    return Token(Sort.DOCTYPE, found.end() if found else start + 2)


def _instruction(text: str, start: int, *, final: bool) -> Token | None:
    """An instruction ends at "?>"; one of XML itself at the first ">", for many forget the question mark."""
    if not final and _CUT_OPENING.fullmatch(text, start):
        return None
    short = _SHORT_INSTRUCTION.match(text, start)
    is_of_xml = text[start + 2 : start + 5].lower() == "xml"
    if short is not None and (is_of_xml or short[0].endswith("?>")):
        return Token(Sort.INSTRUCTION, short.end(), is_broken=not short[0].endswith("?>"))
    if not is_of_xml:
        whole = _INSTRUCTION.match(text, start)
        if whole is not None and whole.end() - start <= LONGEST_INSTRUCTION:
            return Token(Sort.INSTRUCTION, whole.end())
    if text.find("<?", start + 2) < 0 and not final and len(text) - start < LONGEST_INSTRUCTION:
        return None
    return Token(Sort.INSTRUCTION, short.end() if short else start + 2, is_broken=True)


def _broken(text: str, start: int, *, final: bool) -> Token | None:
    following = text.find("<", start + 1)
    if following < 0 and _waits(text, start, final=final):
        return None
    found = _LOOSE_TAG.match(text, start)
    if found is not None:
        return Token(Sort.END if found[1] else Sort.START, found.end(), found[2], found[3], is_broken=True)
    stray = _STRAY.match(text, start)
    return Token(Sort.STRAY, stray.end() if stray else start + 1, is_broken=True)
