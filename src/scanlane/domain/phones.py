"""Telephone numbers: tel: links read leniently, running text strictly, both into E.164.

Reading a number is slow, so text is searched for runs of digits first, and only those that can be a number are read:
no dates, no prices, no account numbers, no identifiers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from urllib.parse import unquote

import phonenumbers
from phonenumbers import Leniency, NumberParseException, PhoneNumber, PhoneNumberMatcher

from scanlane.domain.flow import BREAK, Flow
from scanlane.domain.phone_labels import announces_number, announces_other
from scanlane.domain.sightings import one_line

MOST_CANDIDATES = 150
FEWEST_DIGITS = 7
MOST_DIGITS = 15
_LABEL_REACH = 40

# Begins with its rarest sign, so that the search runs at the speed of one comparison per character.
_RUN = re.compile(r"\d[\d\s()./\u2010-\u2015\u2212-]{5,60}\d")
_GAP = re.compile(r"\s+[/|\u2013-]\s+|\s{2,}|\s+(?=\()")
_BEFORE_NO_NUMBER = frozenset("@#/.,:=&-_%")
_DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])[./-]\s?(?:0?[1-9]|1[0-2])[./-]\s?(?:19|20)?\d{2}(?![./-]?\d)"
    r"|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}(?!\d)|(?:19|20)\d{2}\s?[-\u2013]\s?(?:19|20)\d{2}\Z"
)
_NORTH_AMERICAN = re.compile(r"(?:\+?1[\s.-])?(?:\([2-9]\d{2}\)\s?|[2-9]\d{2}[-./])[2-9]\d{2}[-.\s]\d{4}\Z")
# Two numbers that differ in their last digits: "12345-10/-20", "4556-9147/48".
_EXTENSIONS = re.compile(r"(?P<stem>.*\d)\s?[-\u2013]\s?(?P<first>\d{1,4})\s?/\s?[-\u2013]\s?(?P<second>\d{1,4})")
_LAST_DIGITS = re.compile(
    r"(?P<stem>.*\d)(?P<first>\d)\s?/\s?(?P<second>\d)|(?P<stem2>.*\d)(?P<first2>\d\d)\s?/\s?(?P<second2>\d\d)"
)


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in E.164 with the words before it."""

    value: str
    context: str


def in_text(flow: Flow, region: str | None) -> Iterator[Phone]:
    """Yield the numbers of running text."""
    last_end = 0
    for run in islice(_RUN.finditer(flow.text), MOST_CANDIDATES):
        for start, end in _stretches(flow.text, run):
            written = flow.text[start:end]
            if not _may_be_number(written):
                continue
            before = flow.text[max(last_end, start - _LABEL_REACH) : start].rpartition(BREAK)[2]
            values = _values(written, region, _Evidence.of(before, flow.text[end : end + 2]))
            if values:
                last_end = end
                yield from (Phone(value, one_line(before + written)) for value in values)
            if values and end == run.end():
                break


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What stands around some digits: a word for a telephone, a word for another number, a letter right behind."""

    labelled: bool
    other: bool
    goes_on: bool

    @classmethod
    def of(cls, before: str, behind: str) -> "_Evidence":
        if not before or before.isspace():
            return cls(labelled=False, other=False, goes_on=behind[:1].isalpha())
        return cls(announces_number(before), announces_other(before), behind[:1].isalpha())


def _may_be_number(written: str) -> bool:
    """Whether the digits alone could be one or two numbers: most are too few, or a date."""
    if not FEWEST_DIGITS <= sum(map(str.isdigit, written)) <= 2 * MOST_DIGITS:
        return False
    return _DATE.match(written) is None or "/" in written


def _values(written: str, region: str | None, evidence: _Evidence) -> list[str]:
    """The number or the two numbers that these digits stand for."""
    if evidence.other or (evidence.goes_on and not evidence.labelled):
        return []
    several = _EXTENSIONS.fullmatch(written) or _LAST_DIGITS.fullmatch(written)
    if several:
        stem, *endings = filter(None, several.groups())
        both = [_strict(stem + ending, region, labelled=evidence.labelled) for ending in endings]
        if all(both):
            return [value for value in both if value]
    value = _strict(written, region, labelled=evidence.labelled)
    return [value] if value else []


def _stretches(text: str, run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """The run of digits as a whole, then the parts of it: two numbers may stand side by side."""
    if _goes_on(text, run.end()):
        return
    start = _whole_from(text, run.start())
    if start is not None:
        yield start, run.end()
    gaps = list(_GAP.finditer(text, run.start(), run.end()))
    for gap in gaps:
        if start is not None:
            yield start, gap.start()
        start = gap.end()
    if gaps and start is not None:
        yield start, run.end()


def _whole_from(text: str, start: int) -> int | None:
    """Where the number begins with its "+" or "("; None if it goes on to the left in a word, a path or a price."""
    while start and text[start - 1] in "+(" and text[start] != "+":
        start -= 1
    if text[max(0, start - 2) : start] == "+ ":
        return start - 2
    previous = text[start - 1] if start else " "
    if not (previous.isalnum() or previous in _BEFORE_NO_NUMBER):
        return start
    # "Tel.:0123", "T:0123": punctuation right before a number parts it from its label.
    return start if previous in ".:" and not text[start - 2 : start - 1].isdigit() else None


def _goes_on(text: str, end: int) -> bool:
    following, next_one = text[end : end + 1], text[end + 1 : end + 2]
    if following.isupper() and (next_one.islower() or next_one == "-"):
        return False
    return following.isalnum() or following in ("@", "%", "_") or (following in (".", ",", ":") and next_one.isdigit())


@lru_cache(maxsize=4_096)
def dialled(href: str, region: str | None) -> str | None:
    """The number behind a tel:, callto: or sms: link, or in structured data."""
    scheme, colon, rest = href.partition(":")
    number = unquote(rest if colon and scheme.strip().lower() in ("tel", "callto", "sms") else href)
    return _read(number.split(";")[0].split("?")[0].strip(" /")[:40], region)


def is_phone_link(href: str) -> bool:
    """Whether a link dials."""
    return href[:8].lower().lstrip().startswith(("tel:", "callto:", "sms:"))


@lru_cache(maxsize=4_096)
def _strict(text: str, region: str | None, *, labelled: bool) -> str | None:
    if text.startswith("(") and ")" not in text:
        text = text[1:]
    digits = sum(character.isdigit() for character in text)
    if not FEWEST_DIGITS <= digits <= MOST_DIGITS or _DATE.match(text):
        return None
    international = text.startswith(("+", "00", "(+"))
    if not (labelled or international or _is_grouped(text)):
        return None
    if region is None and _NORTH_AMERICAN.match(text):
        region = "US"
    if labelled or international:
        return _read(text, region)
    matches = PhoneNumberMatcher(text, region, leniency=Leniency.STRICT_GROUPING, max_tries=2)
    return next((_e164(match.number) for match in matches), None)


def _is_grouped(text: str) -> bool:
    """Whether a number without a label is written like one: in groups, with a trunk prefix or bracketed area code."""
    return (text[0] in "0(" and not text.isdigit()) or _NORTH_AMERICAN.match(text) is not None


def _read(text: str, region: str | None) -> str | None:
    if text.startswith("00"):
        text = "+" + text[2:]
    try:
        number = phonenumbers.parse(text.replace("(0)", ""), region)
    except NumberParseException:
        return None
    return _e164(number) if phonenumbers.is_valid_number(number) else None


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
