"""The tokens of a script, as far as strings are concerned: strings decoded, comments dropped, patterns known.

Every pattern takes what it has begun to the end of the text if need be, so that the time is linear for any input.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MOST_TOKENS = 40_000


class TokenKind(StrEnum):
    """What the reader of strings has to tell apart."""

    STRING = "string"
    NUMBER = "number"
    NAME = "name"
    PATTERN = "pattern"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; the text of a string is without quotes and escapes."""

    kind: TokenKind
    text: str


_SKIPPED = re.compile(r"(?:\s+|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)|<!--|-->)+")
_STRING = re.compile(
    r"\"((?:[^\"\\\n]|\\.)*)(?:\"|\n|\\?\Z)|'((?:[^'\\\n]|\\.)*)(?:'|\n|\\?\Z)|`((?:[^`\\]|\\.)*)(?:`|\\?\Z)", re.DOTALL
)
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?")
_PATTERN = re.compile(r"/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*(?:\]|\n|\Z))+(?:/[a-z]*|\n|\Z)")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "v": "", "0": "", "\n": "", "\r\n": ""}
_BEFORE_PATTERN = frozenset("(,=:[!&|?{};+")


def tokens(code: str) -> Iterator[Token]:
    """Yield the tokens of a script. Reads broken scripts too, as well as it can."""
    position, previous = 0, "("
    for _ in range(MOST_TOKENS):
        skipped = _SKIPPED.match(code, position)
        position = skipped.end() if skipped else position
        if position >= len(code):
            return
        token, position = _token(code, position, previous)
        previous = token.text if token.kind is TokenKind.MARK else "x"
        yield token


def unescaped(text: str) -> str:
    """A string literal without its escapes."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _token(code: str, start: int, previous: str) -> tuple[Token, int]:
    character = code[start]
    if character in "\"'`" and (string := _STRING.match(code, start)):
        return Token(TokenKind.STRING, unescaped(string.group(string.lastindex or 1) or "")), string.end()
    if character == "/" and previous in _BEFORE_PATTERN and (pattern := _PATTERN.match(code, start)):
        return Token(TokenKind.PATTERN, pattern.group()), pattern.end()
    if word := _WORD.match(code, start):
        return Token(TokenKind.NAME, word.group()), word.end()
    if number := _NUMBER.match(code, start):
        return Token(TokenKind.NUMBER, number.group()), number.end()
    return Token(TokenKind.MARK, character), start + 1


def _character(escape: re.Match[str]) -> str:
    code = escape.group(1) or escape.group(2) or escape.group(3)
    if code is None:
        return _PLAIN_ESCAPES.get(escape.group(4), escape.group(4))
    number = int(code, 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
