"""The tokens of a script, as far as strings are concerned: strings decoded, comments dropped, patterns known.

Every pattern takes what it has begun to the end of the text if need be, so that the time is linear for any input.
"""

import re
from collections.abc import Iterator
from enum import Enum
from itertools import islice
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


# Spaces and comments, then one token, unless the text ends there; the last group that took part says of which kind.
# What begins with a slash is a pattern only behind a sign that no value ends with.
_NEXT = re.compile(
    r"(?:\s+|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)|<!--|-->)*+"
    r"(?:([A-Za-z_$][\w$]*)"
    r"|(0[xX][0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?)"
    r"|\"((?:[^\"\\\n]|\\.)*)(?:\"|\n|\\?\Z)"
    r"|'((?:[^'\\\n]|\\.)*)(?:'|\n|\\?\Z)"
    r"|`((?:[^`\\]|\\.)*)(?:`|\\?\Z)"
    r"|(?:\A|(?<=[(,=:\[!&|?{};+])|(?<=[(,=:\[!&|?{};+]\s))"
    r"(/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*(?:\]|\n|\Z))+(?:/[a-z]*|\n|\Z))"
    r"|(.))?",
    re.DOTALL,
)
_KINDS = (
    *(TokenKind.MARK, TokenKind.NAME, TokenKind.NUMBER),
    *(TokenKind.STRING, TokenKind.STRING, TokenKind.STRING),
    *(TokenKind.PATTERN, TokenKind.MARK),
)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "v": "", "0": "", "\n": "", "\r\n": ""}


def tokens(code: str) -> Iterator[Token]:
    """Yield the tokens of a script. Reads broken scripts too, as well as it can."""
    # Plainer ways to name the kind and to make the token cost a fourth of the whole.
    string, new = TokenKind.STRING, tuple.__new__
    for found in islice(_NEXT.finditer(code), MOST_TOKENS):
        group = found.lastindex
        if group is None:
            return
        kind, text = _KINDS[group], found[group]
        if kind is string and "\\" in text:
            text = unescaped(text)
        yield new(Token, (kind, text))


def unescaped(text: str) -> str:
    """A string literal without its escapes."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(escape: re.Match[str]) -> str:
    code = escape.group(1) or escape.group(2) or escape.group(3)
    if code is None:
        return _PLAIN_ESCAPES.get(escape.group(4), escape.group(4))
    number = int(code, 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
