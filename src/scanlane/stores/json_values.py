"""JSON from outside, made fit for PostgreSQL."""

import math
from collections.abc import Mapping

from scanlane.stores.texts import storable
from worklane.json_value import JsonValue

DEEPEST = 40
LONGEST_TEXT = 100_000


def storable_object(value: Mapping[str, object]) -> dict[str, JsonValue]:
    """The object without what jsonb refuses: NUL, lone surrogates, numbers without end. Too deep parts become null."""
    return {_text(name): _storable(one, 1) for name, one in value.items()}


def _storable(value: object, depth: int) -> JsonValue:
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else None
        case str():
            return _text(value)
        case Mapping() if depth < DEEPEST:
            return {_text(str(name)): _storable(one, depth + 1) for name, one in value.items()}
        case list() | tuple() if depth < DEEPEST:
            return [_storable(one, depth + 1) for one in value]
    return None


def _text(text: str) -> str:
    return storable(text, LONGEST_TEXT) or ""
