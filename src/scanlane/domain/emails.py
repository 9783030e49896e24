"""E-mail addresses in running text: each '@' is looked up, then the address is grown to both sides from there.

The time is linear in the text whatever it contains: at most LIMIT signs are looked at, each for a bounded distance.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from scanlane.domain.email_kinds import is_role
from scanlane.domain.email_rules import LONGEST_DOMAIN, LONGEST_LOCAL, address

LIMIT = 10_000
LONGEST_GROUP = 300
LONGEST_GLUED = 100
LONGEST_URL = 300
_LOCAL_EXTRA = frozenset(".+_-'")
_DOMAIN_EXTRA = frozenset(".-")

# Letters from here on are no Latin ones, and no address mixes them with Latin ones in one word.
_FIRST_FOREIGN = "\u0250"
_GLUED_SENTENCE = re.compile(
    r"(?<=[a-z])(?=[A-Z])|\.(?=[A-Z][a-z])|(?<=[a-z])(?=[\u0250-\uffff])"
    r"|(?<=[a-z]{2})(?=www\.|https?\b|tel|fax|mob|phone|fon|web|homepage|skype|ust|post|adresse|address)"
)
_GLUED_WORD = re.compile(
    r"(?:[\d+/.-]{5,}|E-?[Mm]ails?|Mails?|E-?MAIL|MAIL|mailto|Courriel|Correo|Telefon|Tel|Fax|[dl]')[-.]?(?=\w)"
)
_NUMBER_BEFORE = re.compile(r"(?:[+(]|\b0)[\d\s()/.-]{4,}\Z")
_LEADING_DIGITS = re.compile(r"[\d./-]*\d(?=[^\W\d])")
_PHONES = r"(?:(?:tele?)?fax|faks|fon|phone|tel(?:[eé](?:fono?|phone|foon))?|mob(?:ile?)?|handy|gsm)"
_PHONE_BEFORE = re.compile(rf"(?<!\w){_PHONES}[.:\s/-]{{0,4}}\Z", re.IGNORECASE)
_LABELLED_NUMBER = re.compile(rf"{_PHONES}[.-]{{0,2}}\d[\d./-]{{3,30}}\d(?=[^\W\d])", re.IGNORECASE)
_SHORTEST_NUMBER = 5
_GROUPS = {"}": "{", ")": "(", "]": "["}

_WITHIN_URL = frozenset("/:=?&#%~!")
_URL_END = re.compile(r"[\s\x00<>\"'|,;()\[\]{}]")

# What goes before the name of an account on a computer, or the number of a message, which are no addresses.
_COMMAND_BEFORE = re.compile(
    r"\b(?:ssh|scp|sftp|rsync|git clone|telnet|cvs|psql|mosh|[Mm]essage-I[Dd]:|In-Reply-To:)\s[^\n\x00]{0,40}\Z"
)


@dataclass(frozen=True, slots=True)
class Found:
    """An address and where it stands in the text that was searched."""

    value: str
    start: int
    end: int


def addresses(text: str, tags: Sequence[int] = ()) -> Iterator[Found]:
    """Yield the addresses of a text, in order. `tags` are the offsets, ascending, at which a tag stood in the page."""
    at = text.find("@")
    looked_at = 0
    while at >= 0 and looked_at < LIMIT:
        looked_at += 1
        found = _address_at(text, at, tags)
        if found is not None:
            yield found
        elif text[at - 1 : at] in _GROUPS:
            yield from _of_group(text, at)
        at = text.find("@", at + 1)


def _address_at(text: str, at: int, tags: Sequence[int]) -> Found | None:
    start, end = _left_end(text, at), _right_end(text, at)
    if start == at or end <= at + 3 or _is_account(text, start, end):
        return None
    if text[start - 1 : start] == "@":
        return _after_another(text, start, at, end)
    for first, last in _extents(text, at, (start, end), tags):
        local, domain = text[first:at], _first_host(text, at, last)
        local = local[_glue_length(text, first, local) :]
        value = address(local, domain) or _unglued(local, domain)
        if value and not _is_in_url(text, at - len(local), tags, value):
            return Found(value, at - len(local), last)
    return None


def _is_in_url(text: str, start: int, tags: Sequence[int], value: str) -> bool:
    """Whether the address is part of a URL of somebody else: a message's number, a user name before the host."""
    if text[start - 1 : start] not in _WITHIN_URL:
        return False
    scheme = text.rfind("://", max(0, start - LONGEST_URL), start)
    if scheme < 0 or _URL_END.search(text, scheme, start) or bisect_left(tags, start + 1) > bisect_right(tags, scheme):
        return False
    host = text[scheme + 3 : start].partition("/")[0].removeprefix("www.")
    return not host or not value.endswith(host)


def _of_group(text: str, at: int) -> Iterator[Found]:
    """Several names before one host: "{info,shop}@host.de"."""
    opening = text.rfind(_GROUPS[text[at - 1]], max(0, at - LONGEST_GROUP), at)
    names = re.split(r"[\s,;|/]+", text[opening + 1 : at - 1]) if opening >= 0 else []
    end = _right_end(text, at)
    values = [address(name, text[at + 1 : end]) for name in names if name]
    if len(values) > 1 and all(values):
        yield from (Found(value, opening, end) for value in values if value)


def _first_host(text: str, at: int, end: int) -> str:
    """The host behind the sign, without the web or the next e-mail address that follows it without a space."""
    domain = text[at + 1 : end]
    web = domain.lower().find("www.", 3)
    if web > 0 and domain[web - 1].isalpha() and "." in domain[:web]:
        return domain[:web]
    if text[end : end + 1] == "@":
        second = text[end + 1 : _right_end(text, end)]
        if "." in second and domain.startswith(second):
            return second
    return domain


def _is_account(text: str, start: int, end: int) -> bool:
    """Whether this is a name on a computer ("scp user@host:/path"), or the tail of a word with strange signs."""
    behind = text[end : end + 3]
    if behind.startswith(":~") or (behind.startswith(":/") and behind != "://"):
        return True
    before = text[max(0, start - 48) : start]
    if before and unicodedata.category(before[-1]) == "Sc":
        return True
    return _COMMAND_BEFORE.search(before) is not None


def _after_another(text: str, start: int, at: int, end: int) -> Found | None:
    """The second of two addresses of one host without a space between them; nothing for "@name@host", a handle."""
    domain = text[at + 1 : end]
    if not text.startswith(domain, start) or not text[start - 2 : start - 1].isalnum():
        return None
    first = start + len(domain)
    value = address(text[first:at], domain)
    return Found(value, first, end) if value else None


def _glue_length(text: str, start: int, local: str) -> int:
    """How much of the local part belongs to the word before it: "Mailinfo", "0123-45678info", "d'info"."""
    glue = _GLUED_WORD.match(local)
    if glue and is_role(local[glue.end() :]):
        return glue.end()
    if labelled := _LABELLED_NUMBER.match(local):
        return labelled.end()
    digits = _LEADING_DIGITS.match(local)
    if digits and digits.end() >= _SHORTEST_NUMBER and _PHONE_BEFORE.search(text, max(0, start - 24), start):
        return digits.end()
    if digits and _NUMBER_BEFORE.search(text, max(0, start - 24), start + digits.end()) and start:
        return digits.end() if text[start - 1 : start] in " /-)" and text[start - 2 : start - 1].isdigit() else 0
    return 0


def _extents(text: str, at: int, run: tuple[int, int], tags: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The stretches that could be the address: as far as the nearest tags first, then beyond one tag after the other.

    A tag mostly parts an address from its neighbour ("Fax 4627<b>info@..."), but some pages put tags inside it.
    """
    start, end = run
    inside = tags[bisect_left(tags, start + 1) : bisect_right(tags, end - 1)]
    starts = [tag for tag in reversed(inside) if tag < at and not _joins(text, tag)][:8]
    ends = [tag for tag in inside if tag > at + 1 and not _joins(text, tag)][:8]
    first = starts[0] if starts else start
    for last in [*ends, end]:
        yield first, last


def _joins(text: str, tag: int) -> bool:
    return text[tag - 1] in "._-+@" or text[tag] in "._-+@"


def _unglued(local: str, domain: str) -> str | None:
    """The address before words that follow without a space: "info@host.deTelefon", "info@host.de.Bitte"."""
    if len(domain) > LONGEST_GLUED:
        return None
    for cut in islice(_GLUED_SENTENCE.finditer(domain), 6):
        value = address(local, domain[: cut.start()])
        if value:
            return value
    return None


def _left_end(text: str, at: int) -> int:
    start, floor = at, max(0, at - LONGEST_LOCAL - 1)
    while start > floor and (text[start - 1].isalnum() or text[start - 1] in _LOCAL_EXTRA):
        start -= 1
    while start < at and not text[start].isalnum():
        start += 1
    return start if text.isascii() else _of_one_script(text, start, at)


def _of_one_script(text: str, start: int, end: int) -> int:
    """Where the letters begin that are of the same kind as the last one: words of other scripts need no space."""
    if end > start:
        is_foreign = text[end - 1] >= _FIRST_FOREIGN
        for position in range(end - 1, start - 1, -1):
            if text[position].isalpha() and (text[position] >= _FIRST_FOREIGN) != is_foreign:
                return position + 1
    return start


def _right_end(text: str, at: int) -> int:
    end, ceiling = at + 1, min(len(text), at + 2 + LONGEST_DOMAIN)
    while end < ceiling and (text[end].isalnum() or text[end] in _DOMAIN_EXTRA):
        end += 1
    while end > at + 1 and text[end - 1] in _DOMAIN_EXTRA:
        end -= 1
    return end
