"""Which pages of a site are likely to say how to reach somebody, judged by address and link text, in many languages."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

from scanlane.domain import link_words

HOME = 100
CONTACT = 95
PEOPLE = 85
PLACES = 70
PRIVACY = 60
ORDINARY = 50
DEEP_COST = 5
LEAST_ORDINARY = 20
DATED = 15
ARCHIVE = 10

_WORDS = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_DATE_IN_PATH = re.compile(r"/(?:19|20)\d\d(?:[/-]|$)")
_PAGING = re.compile(
    r"[?&](?:(?:page|paged|offset|start|limit|month|year|day)=\d|(?:date|sort|order|orderby|dir|tag|cat|cal\w*)=)"
    r"|/page/\d+",
    re.IGNORECASE,
)
_LONGEST_LABEL = 5
_LONGEST_PATH = 200


# Letters that are no base letter with an accent, but are written as one in addresses.
_SPELLED = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ə": "e"})
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def _plain(text: str) -> str:
    return text.lower() if text.isascii() else _unmarked(text.casefold().translate(_GERMAN))


def _unmarked(text: str) -> str:
    """Without accents, and without the vowel signs of Indic scripts and Thai, which are no letters to `re`."""
    signs = unicodedata.normalize("NFKD", text.translate(_SPELLED))
    return "".join(sign for sign in signs if unicodedata.category(sign)[0] != "M")


def _table() -> dict[str, int]:
    kinds = (
        (link_words.ARCHIVE, ARCHIVE),
        (link_words.PRIVACY, PRIVACY),
        (link_words.PLACES, PLACES),
        (link_words.PEOPLE, PEOPLE),
        (link_words.CONTACT, CONTACT),
    )
    # Outside German ä, ö and ü are a, o and u in addresses.
    return {
        spelled: value
        for words, value in kinds
        for word in words.split()
        for spelled in (_plain(word), _unmarked(word.casefold()))
    }


_VALUES = _table()


@lru_cache(maxsize=8192)
def priority(path: str, text: str = "", *, depth: int = 1) -> int:
    """How soon a page is worth a visit, 0 to 100. `path` holds the query too, `text` is the text of the link."""
    if path == "/":
        return HOME
    if _PAGING.search(path):
        return ARCHIVE
    by_address = stated_by(path)
    readable = unquote(path[:_LONGEST_PATH].partition("?")[0])
    # Menus say it in a few words; a long text is a headline that happens to hold the word.
    by_text = _best(text) if len(text.split()) <= _LONGEST_LABEL else 0
    best = max(by_address, by_text)
    if best > ARCHIVE:
        return best - min(_depth_of(readable), 4)
    if ARCHIVE in (by_address, by_text):
        return ARCHIVE
    if _DATE_IN_PATH.search(readable):
        return DATED
    return max(LEAST_ORDINARY, ORDINARY - DEEP_COST * (_depth_of(readable) + depth))


def stated_by(path: str) -> int:
    """What the words of an address alone say about its page: CONTACT, PEOPLE and so on, 0 if they say nothing."""
    address, _, query = path[:_LONGEST_PATH].partition("?")
    return max(_best(unquote(address)), _best(unquote(query)))


def _best(text: str) -> int:
    if not text:
        return 0
    phrases = _WORDS.findall(_plain(text))
    known = {*phrases, "-".join(phrases[:4])}.union(*(phrase.split("-") for phrase in phrases))
    return max((_VALUES.get(word, 0) for word in known), default=0)


def _depth_of(path: str) -> int:
    return max(0, path.strip("/").count("/"))
