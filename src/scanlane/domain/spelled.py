"""Addresses with the signs spelled out: "info [at] host [dot] org", "info(arroba)host.es", "info at host dot org"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from scanlane.domain.at_signs import Sign, signs
from scanlane.domain.email_rules import address
from scanlane.domain.word_sets import words

LIMIT = 2_000
_REACH = 160

# In the languages of the words for '@'.
_DOT_WORDS = (
    r"dot|\.|punkt|punto|ponto|point|punt|prik|punktum|piste|kropka|te(?:č|c)ka|to(?:č|c)ka|pont|tochka|точка|крапка|"
    r"nokta|punct|τελεία|teleia|ドット|점"
)
_O, _C = r"[\[({<«|‹（［【]{1,2}", r"[\])}>»|›）］】]{1,2}"
_BRACKETED_DOT = (
    rf"\s{{0,3}}-?{_O}\s{{0,3}}(?:{_DOT_WORDS})\s{{0,3}}{_C}-?\s{{0,3}}"
    rf"|\s{{0,2}}[_*=~\"'-](?:dot|punkt|punto)[_*=~\"'-]\s{{0,2}}"
)
_WORD_DOT = rf"\s{{1,3}}(?:{_DOT_WORDS})\s{{1,3}}"
# A space beside a dot, but not the end of a sentence.
_SPACED_DOT = r"\s\.\s?|\.\s(?-i:(?=[a-z]))"
_GLUED_DOT = r"(?-i:(?<=[a-z0-9])DOT(?=[a-z]))"
_ANY_DOT = rf"{_BRACKETED_DOT}|{_WORD_DOT}|{_SPACED_DOT}|{_GLUED_DOT}"
_PLUS = rf"\s{{0,2}}{_O}\s{{0,2}}plus\s{{0,2}}{_C}\s{{0,2}}"
# Words that mean nothing else between two names, and those that need brackets around them.
_CLEAR_DASH = (
    r"hyphen|bindestrich|bindestreck|tiret|trait d['’]union|gui(?:o|ó)n|trattino|h(?:í|i)fen|koppelteken|дефис"
)
_DASH = (
    rf"\s{{0,3}}{_O}\s{{0,3}}(?:{_CLEAR_DASH}|dash|minus|strich|-)\s{{0,3}}{_C}\s{{0,3}}"
    rf"|\s{{1,3}}(?:{_CLEAR_DASH})\s{{1,3}}"
)
_LOW_LINE_WORDS = (
    r"under[-_ ]?score|underline|unterstrich|gui(?:o|ó)n bajo|tiret bas|sous[- ]?tiret|sottolineato|trattino basso|"
    r"sublinhado|understreck|understrek|onderstrepingsteken|podkre(?:ś|s)lnik|podtr(?:ž|z)(?:í|i)tko"
)
_LOW_LINE = (
    rf"\s{{0,3}}{_O}\s{{0,3}}(?:{_LOW_LINE_WORDS}|_)\s{{0,3}}{_C}\s{{0,3}}|\s{{1,3}}(?:{_LOW_LINE_WORDS})\s{{1,3}}"
)
_DOT = re.compile(_ANY_DOT, re.I)
_CLEAR_DOT = re.compile(rf"{_BRACKETED_DOT}|\s(?:dot|punkt)\s", re.I)
# The sign behind each spelling; the underscore first, for some of its names begin like those of the hyphen.
_SIGNS = tuple((re.compile(spelling, re.I), sign) for spelling, sign in ((_LOW_LINE, "_"), (_DASH, "-"), (_PLUS, "+")))
_LABEL = r"[^\W_](?:(?!(?-i:DOT[a-z]))[\w-]){0,62}"
_HOST = re.compile(rf"{_LABEL}(?:(?:{_DASH}|{_ANY_DOT}|\.){_LABEL}){{1,5}}", re.I)
# It begins with a word: tried at each letter of a long run, it would take a hundred times as long.
_NAME = re.compile(
    rf"(?<![\w+-])[\w+-]{{1,64}}"
    rf"(?:(?:{_BRACKETED_DOT}|{_WORD_DOT}|{_LOW_LINE}|{_DASH}|{_PLUS}|\.)[\w+-]{{1,64}}){{0,3}}\Z",
    re.I,
)
# A sign spelled in a way that is not known: what follows is the rest of a name.
_UNREAD_SIGN = re.compile(r"\w\s?[\[({][^\[\](){}\x00]{1,20}[\])}]\Z")

# What stands before "at" in prose: "call us at once".
_PRONOUNS = words("us me it them you him her")
# Bracketed words that mean something else as well: "Example (bei) Bakery.de" is a name and where it belongs.
_COMMON_WORD = re.compile(r"\s+[\[({]\s*(?:a|ä|ad|et|bei)\s*[\])}]\s+", re.I)
# What follows "at" in prose, and is never the beginning of a host: "look at this dot in the middle".
_NO_HOSTS = words(
    "a an the this that these those any each every some one another our your my its his her their",
    "noon midday midnight dawn dusk",
)


@dataclass(frozen=True, slots=True)
class Spelled:
    """An address and where it stands. `surely` is false where the words alone could also be prose."""

    value: str
    start: int
    end: int
    surely: bool


def spelled_addresses(text: str) -> Iterator[Spelled]:
    """Yield the addresses that a text spells out, each once per place."""
    for sign in islice(signs(text), LIMIT):
        found = _around(text, sign)
        if found is not None:
            yield found


def _around(text: str, sign: Sign) -> Spelled | None:
    name, host = _name_before(text, sign.start), _host_after(text, sign)
    if name is None or host is None:
        return None
    if sign.needs_dot_word and (name.lower() in _PRONOUNS or not _CLEAR_DOT.search(host)):
        return None
    if name[:1].isupper() and host[:1].isupper() and _COMMON_WORD.fullmatch(text, sign.start - 1, sign.end):
        return None
    domain = _read(host).rstrip("-_.")
    if domain.partition(".")[0].lower() in _NO_HOSTS:
        return None
    while domain:
        value = address(_read(name), domain)
        if value:
            return Spelled(value, sign.start - len(name), sign.end + len(host), sign.surely)
        domain = domain.rpartition(".")[0]
    return None


def _name_before(text: str, end: int) -> str | None:
    before = text[max(0, end - _REACH) : end].rstrip(" \n\t-")
    found = _NAME.search(before)
    return found.group() if found and not _UNREAD_SIGN.search(before, 0, found.start()) else None


def _read(spelled: str) -> str:
    """The signs themselves for the words that name them."""
    for pattern, sign in _SIGNS:
        spelled = pattern.sub(sign, spelled)
    return _DOT.sub(".", spelled)


def _host_after(text: str, sign: Sign) -> str | None:
    after = text[sign.end : sign.end + _REACH]
    found = _HOST.match(after.lstrip(" \n\t-\x00" if sign.crosses else " \n\t-"))
    return found.group() if found else None
