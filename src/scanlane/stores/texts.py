"""Values from outside, made fit for PostgreSQL."""

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

# A statement takes at most 32,767 parameters, and no table here has more than 20 columns.
A_BATCH = 1000

_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether PostgreSQL takes the text as it is."""
    return _UNSTORABLE.search(text) is None


def storable(text: str | None, longest: int) -> str | None:
    """The text without NUL and lone surrogates, which PostgreSQL refuses, and no longer than that."""
    return None if text is None else _UNSTORABLE.sub("", text)[:longest]


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in pieces that fit one statement each."""
    for start in range(0, len(values), A_BATCH):
        yield values[start : start + A_BATCH]
