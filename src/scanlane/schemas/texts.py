"""Text that may come in from outside: no NUL, no control characters, no lone surrogates, bounded length."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def printable(text: str) -> str:
    """The text itself. Raises ValueError when it holds a character that has no business in it."""
    if _FORBIDDEN.search(text):
        raise ValueError("contains control characters or broken Unicode")
    return text


PlainText = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(printable)]
IdempotencyKeyText = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(printable)]
