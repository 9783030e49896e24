"""The strings that a script would build, without running it: concatenation, variables, a dozen well-known calls.

What a script hides an address with is nearly always one expression over string literals. Names that cannot be known
become BREAK inside the built string, so no address is ever glued together across them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scanlane.domain.flow import BREAK
from scanlane.domain.js_calls import (
    CALLS,
    CODE,
    DECIMAL,
    LONGEST_VALUE,
    METHODS,
    MOST_ITEMS,
    Value,
    as_text,
    from_buffer,
    from_codes,
    item,
    spread,
)
from scanlane.domain.js_tokens import Token, TokenKind

DEEPEST_NESTING = 20
_OPENING = frozenset("([")
_FILLED = re.compile(r"\$\{\s{0,5}([\w$.]{1,80})\s{0,5}\}|\$\{")

# More than any rule looks ahead.
_LOOK_AHEAD = 8
_MARK, _NAME, _NUMBER = TokenKind.MARK, TokenKind.NAME, TokenKind.NUMBER
_STRING, _PATTERN = TokenKind.STRING, TokenKind.PATTERN
_WRITING = frozenset(("write", "writeln"))


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
        self._target = ""

    def strings(self) -> Iterator[Built]:
        """Yield every string in the order in which the script makes it; at last the arrays filled item by item."""
        kinds, texts, end = self._kinds, self._texts, self._end
        while self._at < end:
            start = self._at
            if kinds[start] is _MARK and texts[start] not in _OPENING:
                self._at = start + 1
                continue
            target, self._target = self._target, ""
            built = self._statement()
            if built is not None:
                if target:
                    self._names[target] = built[-LONGEST_VALUE:]
                yield from _texts(built, plainly=self._at - start == 1)
            self._at = max(self._at, start + 1)
        for items in self._items.values():
            yield Built("".join(map(item, reversed(items.values()))), plainly=False)
            yield Built("".join(map(item, items.values())), plainly=False)

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
            return self._assignitem(name, after)
        return self._sum()

    def _assign(self, name: str, *, skip: int, to_end: bool = False) -> Value | None:
        self._at += skip
        value = self._sum()
        if value is None:
            self._names.pop(name, None)
        elif to_end:
            value = as_text(self._names.get(name, "")) + as_text(value)
        if value is not None:
            self._names[name] = value[-LONGEST_VALUE:]
        return value

    def _assignitem(self, name: str, index: str) -> Value | None:
        closing, mark = self._texts[self._at + 3 : self._at + 5]
        if closing != "]" or mark != "=" or not DECIMAL.fullmatch(index) or len(index) > 4:
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
            value = (as_text(value) + as_text(right))[:LONGEST_VALUE]
        return value

    def _operand(self) -> Value | None:
        if self._depth >= DEEPEST_NESTING:
            return None
        self._depth += 1
        value = self._primary()
        if value is not None and self._texts[self._at] in (".", "["):
            value = self._postfix(value)
        self._depth -= 1
        return value

    def _primary(self) -> Value | None:
        kind, text = self._kinds[self._at], self._texts[self._at]
        if kind is _STRING or kind is _NUMBER:
            self._at += 1
            return _FILLED.sub(self._filled, text) if "${" in text else text
        if kind is _NAME:
            self._at += text == "new"
            return self._named()
        if text == "[":
            return self._listed("]")
        if text == "(":
            inside = self._listed(")")
            # The arguments of an unknown function, or one value in brackets.
            return inside[0] if len(inside) == 1 else inside or None
        return None

    def _named(self) -> Value | None:
        path = self._path()
        last = path[-1]
        if self._texts[self._at] != "(":
            if len(path) > 1 and self._texts[self._at] == "=" and self._texts[self._at + 1] != "=":
                self._target = ".".join(path)
            known = self._names.get(".".join(path)) if len(path) > 1 else None
            return self._names.get(last) if known is None else known
        if last == "apply" and len(path) > 1 and path[-2] in CALLS:
            return self._called(path[-2], self._listed(")"))
        if path[-2:] == ["Array", "from"]:
            return spread("".join(self._listed(")")))
        if path[-2:] == ["Buffer", "from"]:
            return from_buffer(self._listed(")"))
        if last in _WRITING or last == "getAttribute" or last in CALLS:
            return self._called(last, self._listed(")"))
        return None

    def _called(self, name: str, arguments: list[str]) -> Value | None:
        if name == "getAttribute":
            return self._names.get(arguments[0]) if arguments else None
        if name in _WRITING:
            written = as_text(self._names.get("document.write", "")) + "".join(arguments)
            self._names["document.write"] = written[-LONGEST_VALUE:]
            return written
        return CALLS[name](arguments)

    def _path(self) -> list[str]:
        kinds, texts, at = self._kinds, self._texts, self._at
        path = [texts[at]]
        at += 1
        while texts[at] == "." and kinds[at + 1] is _NAME and texts[at + 1] not in METHODS:
            path.append(texts[at + 1])
            at += 2
        self._at = at
        return path

    def _postfix(self, value: Value) -> Value:
        texts = self._texts
        while True:
            if texts[self._at] == "." and (method := METHODS.get(texts[self._at + 1])):
                self._at += 2
                value = method(value, self._listed(")") if texts[self._at] == "(" else [])
            elif texts[self._at] == "[" and texts[self._at + 2] == "]" and DECIMAL.fullmatch(texts[self._at + 1]):
                place = int(texts[self._at + 1])
                value = value[place] if place < len(value) else BREAK
                self._at += 3
            else:
                return value

    def _filled(self, place: re.Match[str]) -> str:
        """What a template literal has in this place."""
        path = place[1] or ""
        return as_text(self._names.get(path, self._names.get(path.rpartition(".")[2])))

    def _listed(self, closing: str) -> list[str]:
        """The comma-separated values from the opening bracket to its closing one."""
        kinds, texts, end = self._kinds, self._texts, self._end
        self._at += 1
        values: list[str] = []
        while (start := self._at) < end and texts[start] != closing:
            if kinds[start] is _PATTERN:
                values.append(texts[start])
            is_spread = texts[start] == "." and texts[start : start + 3] == [".", ".", "."]
            self._at += 3 * is_spread
            value = self._sum()
            if value is not None:
                values.extend([value] if isinstance(value, str) and not is_spread else spread(value))
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
    codes = [text for text in value if text]
    if len(codes) > 5 and all(map(CODE.fullmatch, codes)):
        yield Built(from_codes(codes), plainly=False)
