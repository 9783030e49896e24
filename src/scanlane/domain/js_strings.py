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

# More than any rule looks ahead.
_LOOK_AHEAD = 8
_MARK, _NAME, _NUMBER = TokenKind.MARK, TokenKind.NAME, TokenKind.NUMBER
_STRING, _PATTERN = TokenKind.STRING, TokenKind.PATTERN
_WRITING = frozenset(("write", "writeln"))

Value = str | list[str]


@dataclass(frozen=True, slots=True)
class Built:
    """A string that the script holds at some moment. `plainly` means that it stands in the script as it is."""

    text: str
    plainly: bool


class StringReader:
    """Reads the tokens of one script once, from left to right; each token is looked at by one step only."""

    def __init__(self, tokens: Iterable[Token], known: Mapping[str, str]) -> None:
        # Two lists, so that a look ahead is one index; what follows the end is no token.
        kinds_and_texts = list(tokens)
        self._end = len(kinds_and_texts)
        self._kinds = [kind for kind, _ in kinds_and_texts] + [TokenKind.MARK] * _LOOK_AHEAD
        self._texts = [text for _, text in kinds_and_texts] + [""] * _LOOK_AHEAD
        self._at = 0
        self._depth = 0
        self._names: dict[str, Value] = dict(known)
        self._items: dict[str, dict[int, str]] = {}

    def strings(self) -> Iterator[Built]:
        """Yield every string in the order in which the script makes it; at last the arrays filled item by item."""
        kinds, texts, end = self._kinds, self._texts, self._end
        while self._at < end:
            start = self._at
            if kinds[start] is _MARK and texts[start] not in _OPENING:
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
        at = self._at
        if self._kinds[at] is not _NAME:
            return self._sum()
        name, mark, after = self._texts[at : at + 3]
        if mark == "=" and after != "=":
            return self._assign(name, skip=2)
        if mark == "+" and after == "=":
            return self._assign(name, skip=3, to_end=True)
        if mark == "[" and self._kinds[at + 2] is _NUMBER:
            return self._assign_item(name, after)
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
        closing, mark = self._texts[self._at + 3 : self._at + 5]
        if closing != "]" or mark != "=" or not _DECIMAL.fullmatch(index) or len(index) > 4:
            return self._sum()
        self._at += 5
        value = self._sum()
        if isinstance(value, str):
            self._items.setdefault(name, {})[int(index)] = value
        return None

    def _sum(self) -> Value | None:
        """One or more operands joined by "+"; None if nothing of it is a known string."""
        texts = self._texts
        value = self._operand()
        while texts[self._at] == "+" and texts[self._at + 1] not in ("+", "="):
            self._at += 1
            right = self._operand()
            if value is None and right is None:
                continue
            value = (_text(value) + _text(right))[:LONGEST_VALUE]
        return value

    def _operand(self) -> Value | None:
        if self._depth >= DEEPEST_NESTING:
            return None
        self._depth += 1
        value = self._primary()
        if value is not None and self._texts[self._at] == ".":
            value = self._postfix(value)
        self._depth -= 1
        return value

    def _primary(self) -> Value | None:
        kind, text = self._kinds[self._at], self._texts[self._at]
        if kind is _STRING or kind is _NUMBER:
            self._at += 1
            return text
        if kind is _NAME:
            return self._named()
        if text == "[":
            return self._listed("]")
        if text == "(":
            inside = self._listed(")")
            return inside[-1] if inside else None
        return None

    def _named(self) -> Value | None:
        path = self._path()
        last = path[-1]
        if self._texts[self._at] != "(":
            known = self._names.get(".".join(path)) if len(path) > 1 else None
            return self._names.get(last) if known is None else known
        if last in _WRITING or last == "getAttribute" or last in _CALLS:
            return self._called(last, self._listed(")"))
        return None

    def _called(self, name: str, arguments: list[str]) -> Value | None:
        if name == "getAttribute":
            return self._names.get(arguments[0]) if arguments else None
        if name in _WRITING:
            written = _text(self._names.get("document.write", "")) + "".join(arguments)
            self._names["document.write"] = written[-LONGEST_VALUE:]
            return written
        return _CALLS[name](arguments)

    def _path(self) -> list[str]:
        kinds, texts, at = self._kinds, self._texts, self._at
        path = [texts[at]]
        at += 1
        while texts[at] == "." and kinds[at + 1] is _NAME and texts[at + 1] not in _METHODS:
            path.append(texts[at + 1])
            at += 2
        self._at = at
        return path

    def _postfix(self, value: Value) -> Value:
        while self._texts[self._at] == "." and (method := _METHODS.get(self._texts[self._at + 1])):
            self._at += 2
            value = method(value, self._listed(")") if self._texts[self._at] == "(" else [])
        return value

    def _listed(self, closing: str) -> list[str]:
        """The comma-separated values from the opening bracket to its closing one."""
        kinds, texts, end = self._kinds, self._texts, self._end
        self._at += 1
        values: list[str] = []
        while (start := self._at) < end and texts[start] != closing:
            if kinds[start] is _PATTERN:
                values.append(texts[start])
            value = self._sum()
            if value is not None:
                values.extend([value] if isinstance(value, str) else value)
            if self._at == start:
                self._at = start + 1
            if len(values) > MOST_ITEMS:
                break
        self._at = min(self._at + 1, end)
        return values


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
