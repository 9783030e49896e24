"""Text from outside, made fit for PostgreSQL."""

import re

_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def storable(text: str | None, longest: int) -> str | None:
    """The text without NUL and lone surrogates, which PostgreSQL refuses, and no longer than that."""
    return None if text is None else _UNSTORABLE.sub("", text)[:longest]
