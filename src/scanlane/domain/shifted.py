"""Text whose letters are shifted: ROT13, Caesar with any offset, and the ranges that TYPO3 rotates.

The offset is not guessed: a text worth reading begins with "mailto:", so its first letters tell how it was shifted.
"""

import codecs
from collections.abc import Callable
from functools import partial

LONGEST_TEXT = 2_000
LARGEST_OFFSET = 25

_BEGINNING = "mailto:"
_Range = tuple[int, int]
# The ranges within which TYPO3 rotates characters: `linkTo_UnCryptMailto` in its frontend script.
_TYPO3_RANGES: tuple[_Range, ...] = ((0x2B, 0x3A), (0x40, 0x5A), (0x61, 0x7A))
_LETTER_RANGES: tuple[_Range, ...] = ((0x41, 0x5A), (0x61, 0x7A))


def unshifted(text: str) -> str | None:
    """The mailto link behind a shifted text, or None if it is none."""
    back = _READERS.get(text[: len(_BEGINNING)])
    return "".join(map(back, text[:LONGEST_TEXT])) if back else None


def rot13(text: str) -> str:
    """The text with every letter moved by thirteen."""
    return codecs.encode(text, "rot13")


def _within(ranges: tuple[_Range, ...], offset: int, letter: str) -> str:
    code = ord(letter)
    for first, last in ranges:
        if first <= code <= last:
            return chr(first + (code - first + offset) % (last - first + 1))
    return letter


def _along(offset: int, letter: str) -> str:
    code = ord(letter) + offset
    return chr(code) if 0x20 <= code < 0x7F else letter


def _readers() -> dict[str, Callable[[str], str]]:
    """What "mailto:" looks like under each shift -> how to read a text that begins so."""
    readers: dict[str, Callable[[str], str]] = {}
    offsets = [offset for offset in range(-LARGEST_OFFSET, LARGEST_OFFSET + 1) if offset]
    for ranges in (_LETTER_RANGES, _TYPO3_RANGES):
        for offset in offsets:
            readers["".join(_within(ranges, offset, letter) for letter in _BEGINNING)] = partial(
                _within, ranges, -offset
            )
    for offset in offsets:
        readers.setdefault("".join(_along(offset, letter) for letter in _BEGINNING), partial(_along, -offset))
    readers.pop(_BEGINNING, None)
    return readers


_READERS = _readers()
