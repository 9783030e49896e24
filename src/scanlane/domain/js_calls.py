"""What the well-known functions of scripts make of strings and lists of strings, as far as they hide addresses.

Nothing of a stranger is run: patterns are literal texts here, and whatever is not known stays as it is.
"""

import base64
import binascii
import re
from urllib.parse import unquote

from scanlane.domain.flow import BREAK
from scanlane.domain.shifted import rot13

LONGEST_VALUE = 4_000
MOST_ITEMS = 5_000
DECIMAL = re.compile(r"[0-9]{1,6}")

Value = str | list[str]

CODE = re.compile(r"0x[0-9a-fA-F]{1,5}|[0-9]{1,7}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){1,2000}")


def as_text(value: Value | None) -> str:
    """The value as a text; BREAK for what cannot be known."""
    if value is None:
        return BREAK
    return value if isinstance(value, str) else ",".join(value)


def item(text: str) -> str:
    """An item of the arrays that ExpressionEngine and Hivelogic fill: a letter, or a code after a space or a bar."""
    code = text[1:]
    return chr(int(code)) if text[:1] in (" ", "|") and DECIMAL.fullmatch(code) and len(code) < 6 else unquote(text)


def from_codes(arguments: list[str]) -> str:
    """The characters with these numbers."""
    codes = (int(code, 16 if code[:2] == "0x" else 10) for code in arguments if CODE.fullmatch(code))
    return "".join(chr(code) for code in codes if 0 < code < 0xD800)


def _characters(arguments: list[str]) -> str | None:
    return from_codes(arguments) or None


def _from_base64(arguments: list[str]) -> str | None:
    try:
        return base64.b64decode(arguments[0] + "==", validate=False).decode("utf-8", "replace") if arguments else None
    except (ValueError, binascii.Error):
        return None


def from_buffer(arguments: list[str]) -> str | None:
    """What `Buffer.from` holds, as a text."""
    if arguments[1:2] == ["base64"]:
        return _from_base64(arguments)
    return bytes.fromhex(arguments[0]).decode("utf-8", "replace") if _is_hex(arguments) else "".join(arguments[:1])


def _is_hex(arguments: list[str]) -> bool:
    return arguments[1:2] == ["hex"] and _HEX.fullmatch(arguments[0]) is not None


def _listed(arguments: list[str]) -> list[str]:
    return arguments


def spread(value: Value) -> list[str]:
    """The characters of a text, or the items of a list."""
    return value if isinstance(value, list) else list(value[:MOST_ITEMS])


def _unquoted(arguments: list[str]) -> str | None:
    return unquote(arguments[0]) if arguments else None


CALLS = {
    "atob": _from_base64,
    "fromCharCode": _characters,
    "fromCodePoint": _characters,
    "unescape": _unquoted,
    "decodeURIComponent": _unquoted,
    "decodeURI": _unquoted,
    "Array": _listed,
}


def _split(value: Value, arguments: list[str]) -> Value:
    text, separator = as_text(value), arguments[0] if arguments else None
    return text.split(separator)[:MOST_ITEMS] if separator else list(text[:MOST_ITEMS])


def _reverse(value: Value, _: list[str]) -> Value:
    return value[::-1] if isinstance(value, list) else value


def _join(value: Value, arguments: list[str]) -> Value:
    separator = arguments[0] if arguments else ","
    return separator.join(value)[:LONGEST_VALUE] if isinstance(value, list) else value


def _replace(value: Value, arguments: list[str]) -> Value:
    if not arguments:
        return value
    sought, new = arguments[0], arguments[1] if len(arguments) > 1 else ""
    pattern = sought[1:].rpartition("/")[0] if sought.startswith("/") else None
    if pattern is None:
        return as_text(value).replace(sought, new, 1)[:LONGEST_VALUE]
    if pattern.lower() in ("[a-z]", "[a-za-z]", r"[a-z]{1}"):
        return rot13(as_text(value))
    # Only literal patterns: a stranger's regular expression is not run.
    literal = pattern.replace("\\", "")
    return as_text(value).replace(literal, new)[:LONGEST_VALUE] if literal else value


def _concat(value: Value, arguments: list[str]) -> Value:
    return [*value, *arguments] if isinstance(value, list) else value + "".join(arguments)


def _same(value: Value, _: list[str]) -> Value:
    return value


METHODS = {
    "split": _split,
    "reverse": _reverse,
    "join": _join,
    "replace": _replace,
    "concat": _concat,
    "toString": _same,
    "trim": _same,
    "toLowerCase": _same,
}
