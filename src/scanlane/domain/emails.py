"""E-mail addresses in running text: each '@' is looked up, then the address is grown to both sides from there.

The time is linear in the text whatever it contains: at most LIMIT signs are looked at, each for a bounded distance.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from scanlane.domain.email_rules import LONGEST_DOMAIN, LONGEST_LOCAL, address

LIMIT = 10_000
_LOCAL_EXTRA = frozenset(".+_-'")
_DOMAIN_EXTRA = frozenset(".-")
_GLUED_SENTENCE = re.compile(r"(?<=[a-z])(?=[A-Z])|\.(?=[A-Z][a-z])")


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
        at = text.find("@", at + 1)


def _address_at(text: str, at: int, tags: Sequence[int]) -> Found | None:
    start, end = _left_end(text, at), _right_end(text, at)
    if start == at or end <= at + 3:
        return None
    for first, last in _extents(text, at, (start, end), tags):
        value = address(text[first:at], text[at + 1 : last]) or _unglued(text[first:at], text[at + 1 : last])
        if value:
            return Found(value, first, last)
    return None


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
    """The address before a sentence that follows without a space: "info@host.deTelefon", "info@host.de.Bitte"."""
    for cut in islice(_GLUED_SENTENCE.finditer(domain), 4):
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
    return start


def _right_end(text: str, at: int) -> int:
    end, ceiling = at + 1, min(len(text), at + 2 + LONGEST_DOMAIN)
    while end < ceiling and (text[end].isalnum() or text[end] in _DOMAIN_EXTRA):
        end += 1
    while end > at + 1 and text[end - 1] in _DOMAIN_EXTRA:
        end -= 1
    return end
