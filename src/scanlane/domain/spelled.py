"""Addresses with the signs spelled out: "info [at] host [dot] org", "info(arroba)host.es", "info at host dot org".

A word in brackets is proof enough. The bare word "at" counts only where "dot" is spelled out too, for prose is full of
"found at www.host.org". The places are found by plain searches; the patterns only ever look at a short stretch there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from scanlane.domain.email_rules import address

LIMIT = 2_000
MOST_BRACKETS = 10_000
MOST_WORDS = 5_000
_REACH = 160

# As people write the signs: en, de, es/pt/ca, it, fr, nl, da/no/sv, fi, pl, cs/sk/hr, hu, ro, ru/uk, tr, el.
_AT_WORDS = (
    r"at|@|a|ä|ät|aet|æt|ad|klammeraffe|affe|arroba|chiocciola|arobase|arobas|apenstaartje|"
    r"apestaartje|snabel-?a|alfakr(?:ø|o)ll|ät-merkki|miukumauku|ma(?:ł|l)pa|"
    r"zavin(?:áč|ac|č)|kukac|sobaka|собака|arond|a rond|et i(?:ş|s)areti|παπάκι|papaki"
)
_DOT_WORDS = (
    r"dot|\.|punkt|punto|ponto|point|punt|prik|punktum|piste|kropka|te(?:č|c)ka|to(?:č|c)ka|pont|tochka|точка|крапка|"
    r"nokta|punct|τελεία|teleia"
)
_OPENING = "[({<«|"
_O, _C = r"[\[({<«|]", r"[\])}>»|]"
_BRACKETED_AT = re.compile(
    rf"{_O}\s{{0,3}}(?:{_AT_WORDS}|[A-Za-z]{{1,16}}@[A-Za-z]{{1,16}})\s{{0,3}}{_C}\s{{0,4}}", re.I
)
_MARKED_WORDS = ("_at_", "-at-", "*at*", "=at=", "~at~", "__at__", "--at--", "_arroba_", "-arroba-")
_BARE_WORDS = (
    " at ",
    " arroba ",
    " chiocciola ",
    " arobase ",
    " ät ",
    " klammeraffe ",
    " zavináč ",
    " małpa ",
    " kukac ",
)

_BARE_DOTS = ("dot", "pun", "pon", "prik", "piste", "krop", "te\u010d", "tec", "toch", "to\u010d", "nokta", "point")

_BRACKETED_DOT = (
    rf"\s{{0,3}}-?{_O}\s{{0,3}}(?:{_DOT_WORDS})\s{{0,3}}{_C}-?\s{{0,3}}"
    rf"|\s{{0,2}}[_*=~-](?:dot|punkt|punto)[_*=~-]\s{{0,2}}"
)
_WORD_DOT = rf"\s{{1,3}}(?:{_DOT_WORDS})\s{{1,3}}"
_PLUS = rf"\s{{0,2}}{_O}\s{{0,2}}plus\s{{0,2}}{_C}\s{{0,2}}"
_DOT = re.compile(rf"{_BRACKETED_DOT}|{_WORD_DOT}", re.I)
_PLUS_SIGN = re.compile(_PLUS, re.I)
_LABEL = r"[^\W_](?:[\w-]{0,62}[^\W_])?"
_HOST = re.compile(rf"{_LABEL}(?:(?:{_BRACKETED_DOT}|{_WORD_DOT}|\.){_LABEL}){{1,5}}", re.I)
_NAME = re.compile(rf"[\w+-]{{1,64}}(?:(?:{_BRACKETED_DOT}|{_WORD_DOT}|{_PLUS}|\.)[\w+-]{{1,64}}){{0,3}}\Z", re.I)


@dataclass(frozen=True, slots=True)
class Spelled:
    """An address and where it stands. `surely` is false where the words alone could also be prose."""

    value: str
    start: int
    end: int
    surely: bool


@dataclass(frozen=True, slots=True)
class _Sign:
    """A place where '@' may be spelled out, and the proof still needed for it."""

    start: int
    end: int
    needs_dot_word: bool = False
    surely: bool = True


def spelled_addresses(text: str) -> Iterator[Spelled]:
    """Yield the addresses that a text spells out, each once per place."""
    for sign in islice(_signs(text), LIMIT):
        found = _around(text, sign)
        if found is not None:
            yield found


def _signs(text: str) -> Iterator[_Sign]:
    for bracket in _OPENING:
        for start in islice(_places(text, bracket), MOST_BRACKETS):
            matched = _BRACKETED_AT.match(text, start)
            if matched:
                yield _Sign(start, matched.end())
    lowered = text.lower()
    if len(lowered) != len(text):
        return
    for word in _MARKED_WORDS:
        yield from (_Sign(start, start + len(word), surely=False) for start in _places(lowered, word))
    for word in _BARE_WORDS:
        for start in islice(_places(lowered, word), MOST_WORDS):
            soon = lowered[start : start + _REACH]
            if any(dot in soon for dot in _BARE_DOTS):
                yield _Sign(start, start + len(word), needs_dot_word=True)


def _places(text: str, needle: str) -> Iterator[int]:
    start = text.find(needle)
    while start >= 0:
        yield start
        start = text.find(needle, start + 1)


def _around(text: str, sign: _Sign) -> Spelled | None:
    name, host = _name_before(text, sign.start), _host_after(text, sign.end)
    if name is None or host is None:
        return None
    if sign.needs_dot_word and not _DOT.search(host):
        return None
    domain = _DOT.sub(".", host)
    while domain:
        value = address(_PLUS_SIGN.sub("+", _DOT.sub(".", name)), domain)
        if value:
            return Spelled(value, sign.start - len(name), sign.end + len(host), sign.surely)
        domain = domain.rpartition(".")[0]
    return None


def _name_before(text: str, end: int) -> str | None:
    before = text[max(0, end - _REACH) : end].rstrip(" \n\t-")
    # The pattern is tried at the last words only, which keeps a long run of letters from being tried at each of them.
    found = _NAME.search(before)
    return found.group() if found else None


def _host_after(text: str, start: int) -> str | None:
    found = _HOST.match(text[start : start + _REACH].lstrip(" \n\t-"))
    return found.group() if found else None
