"""The lines of a robots.txt, whatever its bytes are: which records stand there, in their order. Pure."""

import re
from collections.abc import Iterator
from enum import StrEnum

# RFC 9309, 2.5: crawlers read at least 500 kibibytes. The longest line is Google's limit, its last byte left out.
LARGEST_ROBOTS = 500 * 1024
LONGEST_LINE = 2083 * 8 - 1

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SPACE = " \t\v\f"


class Key(StrEnum):
    """What a record is about."""

    USER_AGENT = "user_agent"
    ALLOW = "allow"
    DISALLOW = "disallow"
    CRAWL_DELAY = "crawl_delay"
    SITEMAP = "sitemap"


# The usual misspellings count, and so does whatever follows: "Disallowed". Before "Sitemap" there may be a few signs.
_KEY = re.compile(
    r"(?P<user_agent>user[ -]?agent)|(?P<disallow>dis+al+ow|diasllow|disallaw)|(?P<allow>allow)"
    r"|(?P<crawl_delay>crawl[ -]?delay)|(?P<sitemap>[^a-z]{0,8}site-?map)",
    re.IGNORECASE,
)


def records(robots: bytes) -> Iterator[tuple[Key, str]]:
    """Yield the records whose key is known. Each octet of a value is one character (Latin-1)."""
    for line in _lines(robots):
        record = _record(line[:LONGEST_LINE])
        if record is not None:
            yield record


def _lines(robots: bytes) -> list[str]:
    head = robots[:LARGEST_ROBOTS]
    if head.startswith(_UTF16_MARKS):
        head = head.decode("utf-16", "replace").encode()
    head = head[_length_of_mark(head) :].replace(b"\0", b"").replace(b"\r", b"\n")
    return head.decode("latin-1").split("\n")


def _length_of_mark(head: bytes) -> int:
    """A byte order mark is no part of the first line, not even the beginning of one."""
    return next((length for length in (3, 2, 1) if head.startswith(_UTF8_MARK[:length])), 0)


def _record(line: str) -> tuple[Key, str] | None:
    text = line.partition("#")[0].strip(_SPACE)
    key, colon, value = text.partition(":")
    if not colon:
        # Some forget the colon. Then there is one word on each side of the gap; anything else is prose.
        words = text.split()
        if len(words) != 2:
            return None
        key, value = words
    match = _KEY.match(key)
    if match is None or match.lastgroup is None:
        return None
    return Key(match.lastgroup), value.strip(_SPACE)
