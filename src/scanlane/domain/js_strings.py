"""The strings that a script would build, without running it: concatenation, variables, a dozen well-known calls.

What a script hides an address with is nearly always one expression over string literals. Names that cannot be known
become BREAK inside the built string, so no address is ever glued together across them.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from scanlane.domain.flow import BREAK
from scanlane.domain.js_tokens import Token, TokenKind
from scanlane.domain.shifted import rot13

LONGEST_VALUE = 4_000
DEEPEST_NESTING = 20
MOST_ITEMS = 5_000
_CODE = re.compile(r"0x[0-9a-fA-F]{1,5}|[0-9]{1,7}")
_OPENING = frozenset("([")
_DECIMAL = re.compile(r"[0-9]{1,6}")

Value = str | list[str]
_END = Token(TokenKind.MARK, "")


@dataclass(frozen=True, slots=True)
class Built:
    """A string that the script holds at some moment. `plainly` means that it stands in the script as it is."""

    text: str
    plainly: bool


class StringReader:
    """Reads the tokens of one script once, from left to right; each token is looked at by one step only."""

    def __init__(self, tokens: Iterable[Token], known: Mapping[str, str]) -> None:
        self._tokens = list(tokens)
        self._at = 0
        self._depth = 0
        self._names: dict[str, Value] = dict(known)
        self._items: dict[str, dict[int, str]] = {}
        self._steps = 0

    def strings(self) -> Iterator[Built]:
        """Yield every string in the order in which the script makes it; at last the arrays filled item by item."""
        tokens, end = self._tokens, len(self._tokens)
        while self._at < end:
            start = self._at
            kind, text = tokens[start]
            if kind is TokenKind.MARK and text not in _OPENING:
                self._at = start + 1
                continue
            built = self._statement()
            if built is not None:
                yield from _texts(built, plainly=self._at - start == 1)
            self._at = max(self._at, start + 1)
        for items in self._items.values():
            yield Built("".join(map(_item, reversed(items.values()))), plainly=False)
            yield Built("".join(map(_item, items.values())), plainly=False)

    def text_of(self, name: str) -> str:
        """What a variable holds at the end of the script; empty if that is no known string."""
        value = self._names.get(name, "")
        return value if isinstance(value, str) else ""

    def _statement(self) -> Value | None:
        name, mark, after = (self._peek(offset) for offset in range(3))
        if name.kind is TokenKind.NAME and mark.text == "=" and after.text != "=":
            return self._assign(name.text, skip=2)
        if name.kind is TokenKind.NAME and mark.text == "+" and after.text == "=":
            return self._assign(name.text, skip=3, to_end=True)
        if name.kind is TokenKind.NAME and mark.text == "[" and after.kind is TokenKind.NUMBER:
            return self._assign_item(name.text, after.text)
        return self._sum()

    def _assign(self, name: str, *, skip: int, to_end: bool = False) -> Value | None:
        self._at += skip
        value = self._sum()
        if value is None:
            self._names.pop(name, None)
        elif to_end:
            value = _text(self._names.get(name, "")) + _text(value)
        if value is not None:
            self._names[name] = value[-LONGEST_VALUE:]
        return value

    def _assign_item(self, name: str, index: str) -> Value | None:
        closing, mark = self._peek(3), self._peek(4)
        if closing.text != "]" or mark.text != "=" or not _DECIMAL.fullmatch(index) or len(index) > 4:
            return self._sum()
        self._at += 5
        value = self._sum()
        if isinstance(value, str):
            self._items.setdefault(name, {})[int(index)] = value
        return None

    def _sum(self) -> Value | None:
        """One or more operands joined by "+"; None if nothing of it is a known string."""
        value = self._operand()
        while self._peek().text == "+" and self._peek(1).text not in ("+", "="):
            self._at += 1
            right = self._operand()
            if value is None and right is None:
                continue
            value = (_text(value) + _text(right))[:LONGEST_VALUE]
        return value

    def _operand(self) -> Value | None:
        token = self._peek()
        if self._depth >= DEEPEST_NESTING:
            return None
        self._depth += 1
        try:
            return self._postfix(self._primary(token))
        finally:
            self._depth -= 1

    def _primary(self, token: Token) -> Value | None:
        if token.kind in (TokenKind.STRING, TokenKind.NUMBER):
            self._at += 1
            return token.text
        if token.kind is TokenKind.NAME:
            return self._named()
        if token.text == "[":
            return self._listed("]")
        if token.text == "(":
            inside = self._listed(")")
            return inside[-1] if inside else None
        return None

    def _named(self) -> Value | None:
        path = self._path()
        if self._peek().text != "(":
            return self._names.get(".".join(path), self._names.get(path[-1]))
        if path[-1] in ("write", "writeln", "getAttribute") or path[-1] in _CALLS:
            arguments = self._listed(")")
            return self._called(path[-1], arguments)
        return None

    def _called(self, name: str, arguments: list[str]) -> Value | None:
        if name == "getAttribute":
            return self._names.get(arguments[0]) if arguments else None
        if name in ("write", "writeln"):
            written = _text(self._names.get("document.write", "")) + "".join(arguments)
            self._names["document.write"] = written[-LONGEST_VALUE:]
            return written
        return _CALLS[name](arguments)

    def _path(self) -> list[str]:
        path = [self._peek().text]
        self._at += 1
        while self._peek().text == "." and self._peek(1).kind is TokenKind.NAME and self._peek(1).text not in _METHODS:
            path.append(self._peek(1).text)
            self._at += 2
        return path

    def _postfix(self, value: Value | None) -> Value | None:
        while value is not None and self._peek().text == "." and self._peek(1).text in _METHODS:
            name = self._peek(1).text
            self._at += 2
            value = _METHODS[name](value, self._arguments())
        return value

    def _arguments(self) -> list[str]:
        return self._listed(")") if self._peek().text == "(" else []

    def _listed(self, closing: str) -> list[str]:
        """The comma-separated values from the opening bracket to its closing one."""
        self._at += 1
        values: list[str] = []
        while self._peek() is not _END and self._peek().text != closing:
            start = self._at
            if self._peek().kind is TokenKind.PATTERN:
                values.append(self._peek().text)
            value = self._sum()
            if value is not None:
                values.extend([value] if isinstance(value, str) else value)
            self._at = max(self._at, start + 1) if self._at == start else self._at
            if len(values) > MOST_ITEMS:
                break
        self._at += 1
        return values

    def _peek(self, offset: int = 0) -> Token:
        try:
            return self._tokens[self._at + offset]
        except IndexError:
            return _END


def _texts(value: Value, *, plainly: bool) -> Iterator[Built]:
    if isinstance(value, str):
        yield Built(value, plainly)
        return
    yield from (Built(text, plainly=True) for text in value)
    if len(value) > 5 and all(map(_DECIMAL.fullmatch, value)):
        yield Built(_from_codes(value), plainly=False)


def _text(value: Value | None) -> str:
    if value is None:
        return BREAK
    return value if isinstance(value, str) else ",".join(value)


def _item(text: str) -> str:
    """An item of the arrays that ExpressionEngine and Hivelogic fill: a letter, or a code after a space or a bar."""
    code = text[1:]
    return chr(int(code)) if text[:1] in (" ", "|") and _DECIMAL.fullmatch(code) and len(code) < 6 else unquote(text)


def _from_codes(arguments: list[str]) -> str:
    codes = (int(code, 16 if code[:2] == "0x" else 10) for code in arguments if _CODE.fullmatch(code))
    return "".join(chr(code) for code in codes if 0 < code < 0xD800)


def _from_base64(arguments: list[str]) -> str | None:
    try:
        return base64.b64decode(arguments[0] + "==", validate=False).decode("utf-8", "replace") if arguments else None
    except (ValueError, binascii.Error):
        return None


def _unquoted(arguments: list[str]) -> str | None:
    return unquote(arguments[0]) if arguments else None


_CALLS = {
    "atob": _from_base64,
    "fromCharCode": _from_codes,
    "unescape": _unquoted,
    "decodeURIComponent": _unquoted,
    "decodeURI": _unquoted,
}


def _split(value: Value, arguments: list[str]) -> Value:
    text, separator = _text(value), arguments[0] if arguments else None
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
        return _text(value).replace(sought, new, 1)[:LONGEST_VALUE]
    if pattern.lower() in ("[a-z]", "[a-za-z]", r"[a-z]{1}"):
        return rot13(_text(value))
    # Only literal patterns: a stranger's regular expression is not run.
    literal = pattern.replace("\\", "")
    return _text(value).replace(literal, new)[:LONGEST_VALUE] if literal else value


def _concat(value: Value, arguments: list[str]) -> Value:
    return [*value, *arguments] if isinstance(value, list) else value + "".join(arguments)


def _same(value: Value, _: list[str]) -> Value:
    return value


_METHODS = {
    "split": _split,
    "reverse": _reverse,
    "join": _join,
    "replace": _replace,
    "concat": _concat,
    "toString": _same,
    "trim": _same,
    "toLowerCase": _same,
}
