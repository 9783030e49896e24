"""The tokens of a script, as far as strings are concerned: strings decoded, comments dropped, patterns known.

Every pattern takes what it has begun to the end of the text if need be, so that the time is linear for any input.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

MOST_TOKENS = 40_000


class TokenKind(Enum):
    """What the reader of strings has to tell apart."""

    STRING = "string"
    NUMBER = "number"
    NAME = "name"
    PATTERN = "pattern"
    MARK = "mark"


class Token(NamedTuple):
    """One token; the text of a string is without quotes and escapes."""

    kind: TokenKind
    text: str


# Spaces and comments, then one token; the last group that took part says of which kind.
_NEXT = re.compile(
    r"(?:\s+|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)|<!--|-->)*+"
    r"(?:([A-Za-z_$][\w$]*)"
    r"|(0[xX][0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?)"
    r"|\"((?:[^\"\\\n]|\\.)*)(?:\"|\n|\\?\Z)"
    r"|'((?:[^'\\\n]|\\.)*)(?:'|\n|\\?\Z)"
    r"|`((?:[^`\\]|\\.)*)(?:`|\\?\Z)"
    r"|(.))",
    re.DOTALL,
)
_KINDS = (TokenKind.MARK, TokenKind.NAME, TokenKind.NUMBER, *[TokenKind.STRING] * 3, TokenKind.MARK)
_PATTERN = re.compile(r"/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*(?:\]|\n|\Z))+(?:/[a-z]*|\n|\Z)")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "v": "", "0": "", "\n": "", "\r\n": ""}
_BEFORE_PATTERN = frozenset("(,=:[!&|?{};+")


def tokens(code: str) -> Iterator[Token]:
    """Yield the tokens of a script. Reads broken scripts too, as well as it can."""
    following, position, may_be_pattern = _NEXT.match, 0, True
    for _ in range(MOST_TOKENS):
        found = following(code, position)
        group = found.lastindex if found is not None else None
        if found is None or group is None:
            return
        text, position = found[group], found.end()
        kind = _KINDS[group]
        if (
            text == "/"
            and may_be_pattern
            and kind is TokenKind.MARK
            and (pattern := _PATTERN.match(code, position - 1))
        ):
            kind, text, position = TokenKind.PATTERN, pattern.group(), pattern.end()
        elif kind is TokenKind.STRING and "\\" in text:
            text = unescaped(text)
        may_be_pattern = kind is TokenKind.MARK and text in _BEFORE_PATTERN
        yield Token(kind, text)


def unescaped(text: str) -> str:
    """A string literal without its escapes."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(escape: re.Match[str]) -> str:
    code = escape.group(1) or escape.group(2) or escape.group(3)
    if code is None:
        return _PLAIN_ESCAPES.get(escape.group(4), escape.group(4))
    number = int(code, 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
