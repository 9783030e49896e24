"""Running text as a visitor reads it: the text nodes of a page in one string, with the places where tags stood.

Blocks are parted by BREAK, which no address and no number can contain; inline tags leave no trace but their offset, so
that "info<span>@</span>host" is one word and yet known to be three pieces.
"""

import re
from collections.abc import Sequence
from itertools import accumulate, compress
from operator import mul

from scanlane.domain.sightings import one_line

BREAK = "\x00"
_CONTEXT_LEFT = 90
_CONTEXT_RIGHT = 60

# Soft hyphen, zero-width characters, direction marks, variation selectors: put into addresses to mislead harvesters.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)
_LOOK_ALIKES = (
    ("\uff20", "@"), ("\ufe6b", "@"), ("\uff0e", "."), ("\u2024", "."), ("\u3002", "."), ("\u00a0", " "),
    ("\u24d0", "@"), ("\u2010", "-"), ("\u2011", "-"),
)  # fmt: skip


class Flow:
    """Text and the ascending offsets of the tags in it, which are worked out when somebody asks for them."""

    __slots__ = ("_pieces", "_tags", "text")

    def __init__(self, text: str, pieces: Sequence[str] = ()) -> None:
        self.text = text
        self._pieces = pieces
        self._tags: tuple[int, ...] | None = None

    @property
    def tags(self) -> tuple[int, ...]:
        """Where a tag stood: after each piece, unless an empty one says that there was none."""
        if self._tags is None:
            self._tags = _offsets(self._pieces, len(self.text))
        return self._tags

    def context(self, start: int, end: int) -> str:
        """One line of what stands around a stretch of the text, within its own block."""
        left = self.text[max(0, start - _CONTEXT_LEFT) : start].rpartition(BREAK)[2]
        right = self.text[end : end + _CONTEXT_RIGHT].partition(BREAK)[0]
        return one_line(f"{left}{self.text[start:end]}{right}")


def flow(pieces: Sequence[str]) -> Flow:
    """Join text nodes; a piece that is BREAK ends a block, an empty one says that no tag stood around it."""
    return Flow(seen_as("".join(pieces)), pieces)


def seen_as(text: str) -> str:
    """The text without its invisible characters, look-alikes of '@' and '.' made plain."""
    if text.isascii():
        return text
    for alike, plain in _LOOK_ALIKES:
        text = text.replace(alike, plain)
    return _INVISIBLE.sub("", text)


def _offsets(pieces: Sequence[str], length: int) -> tuple[int, ...]:
    if sum(map(len, pieces)) != length:
        # Something invisible was dropped, so the pieces are shorter than they are written.
        pieces = [seen_as(piece) for piece in pieces]
    lengths = list(map(len, pieces))
    # The product is 0 where a piece or the one after it is empty.
    return tuple(compress(accumulate(lengths), map(mul, lengths, [*lengths[1:], 1])))
