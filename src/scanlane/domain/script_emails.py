"""Addresses in scripts: those that stand in strings, and those that a script would put together on the screen."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from urllib.parse import unquote

from scanlane.domain.attribute_pairs import join_halves
from scanlane.domain.email_rules import address
from scanlane.domain.emails import addresses
from scanlane.domain.flow import seen_as
from scanlane.domain.js_strings import Built, StringReader
from scanlane.domain.js_tokens import Token, TokenKind, tokens
from scanlane.domain.shifted import unshifted
from scanlane.domain.spelled import spelled_addresses

LONGEST_SCRIPT = 200_000
# What is kept of the scripts of other pages stays below ten megabytes.
LONGEST_REMEMBERED = 40_000
MOST_BUILT = 100_000
MOST_INNER = 20

_OWN_HOST = (
    *("location.hostname", "location.host", "document.domain", "hostname"),
    *("window.location.host", "document.location.host"),
)

# "@" or one of these stands in every script that knows an address; most have none. Plain searches, the fastest of all,
# and fewer of them: a piece that several marks share -> those marks.
_MARKS = (
    ("40", ("%40", "\\x40", "\\u0040", "\\u{40}", "\\u{0040}")),
    ("ail", ("ail(", "ailTo(", "mailto", "Mailto", "ryptMail")),
    ("&#", ("&#64", "&#064", "&#x40")),
    ("domain", ("domain:", 'domain":', "domain':")),
    *(
        (mark, (mark,))
        for mark in ("&commat", "charCodeAt", "atob(", "Buffer.from(", ".reverse(", "(at)", "[at]", "znvygb")
    ),
)
# Where characters are given by number, that of "@" is among them.
_AT_BY_NUMBER = re.compile(r"(?<![\w.])(?:64|0[xX]40)(?!\w)")
# Numbers that a loop shifts: fromCharCode(codes[i] - 3).
_CODE_SHIFT = re.compile(
    r"fromC(?:harCode|odePoint)\s?\(\s?[\w$]{1,40}(?:\[[\w$]{1,40}\])?\s?([-+^])\s?(0[xX][0-9a-fA-F]{1,4}|\d{1,5})\s?\)"
)
_NUMBERS = re.compile(r"\[\s*(\d{1,6}(?:\s*,\s*\d{1,6}){5,}+)\s*,?\s*\]")
MOST_SHIFTED = 200
LONGEST_NUMBERS = 4_000
_QUOTES = frozenset("\"'`<>:")
_JSON_ESCAPES = (
    ("\\u0040", "@"), ("\\u003c", "<"), ("\\u003e", ">"), ("\\u003C", "<"), ("\\u003E", ">"), ("\\u0022", '"'),
    ("\\/", "/"), ('\\"', '"'), ("\\n", " "), ("\\r", " "), ("\\t", " "),
)  # fmt: skip
_INNER_SCRIPT = re.compile(r"<script\b[^<>]{0,300}>([^<]{20,4000})")
_MAIL_FUNCTION = re.compile(r"mail|contact|crypt|spam|addy", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ScriptEmail:
    """An address, and whether the script hid it."""

    value: str
    disguised: bool
    context: str


def in_script(code: str, known: Mapping[str, str]) -> Iterator[ScriptEmail]:
    """Yield the addresses of a script. `known` holds what it can read: location.hostname, attributes of its element."""
    if not _may_know_one(code):
        return
    if len(code) > LONGEST_SCRIPT:
        yield from in_json(code)
        return
    stream = list(tokens(code))
    reader = StringReader(stream, known)
    built_length = 0
    for built in reader.strings():
        built_length += 0 if built.plainly else len(built.text)
        if built_length > MOST_BUILT:
            return
        yield from _in_string(built)
    yield from _in_table(reader)
    yield from _in_halves(stream)
    if shift := _CODE_SHIFT.search(code):
        yield from _in_shifted(code, shift[1], int(shift[2], 0))


def in_page_script(code: str, host: str) -> Iterable[ScriptEmail]:
    """The addresses of an inline script on a page of that host. Pages of a site share their scripts: read once."""
    if len(code) > LONGEST_REMEMBERED:
        return in_script(code, names_of_host(host))
    return _remembered(code, host) if _seems_to_know_one(code) else ()


def names_of_host(host: str) -> dict[str, str]:
    """What a script finds under the names by which it asks where it runs."""
    return dict.fromkeys(_OWN_HOST, host)


@lru_cache(maxsize=256)
def _remembered(code: str, host: str) -> tuple[ScriptEmail, ...]:
    return tuple(in_script(code, names_of_host(host)))


def _may_know_one(code: str) -> bool:
    if "@" in code:
        return True
    for piece, marks in _MARKS:
        if piece in code and any(mark in code for mark in marks):
            return True
    if "fromCharCode" not in code and "fromCodePoint" not in code:
        return False
    return _AT_BY_NUMBER.search(code) is not None or _CODE_SHIFT.search(code) is not None


_seems_to_know_one = lru_cache(maxsize=256)(_may_know_one)


def in_json(text: str) -> Iterator[ScriptEmail]:
    """Yield the addresses in data for scripts; it is not parsed, for only its escapes stand in the way.

    An address must touch a quote or a tag at one end: data may come with code, and code with its author's address.
    """
    if "@" not in text and "\\u0040" not in text:
        return
    plain = seen_as(_without_escapes(text))
    for found in addresses(plain):
        edges = plain[found.start - 1 : found.start] + plain[found.end : found.end + 1]
        if not _QUOTES.isdisjoint(edges):
            yield ScriptEmail(found.value, False, plain[max(0, found.start - 60) : found.end + 60])


def _without_escapes(text: str) -> str:
    """The usual escapes only, each by one plain replacement: the text may be megabytes long."""
    if "\\" in text:
        for escape, sign in _JSON_ESCAPES:
            text = text.replace(escape, sign)
    return text


def _in_string(built: Built) -> Iterator[ScriptEmail]:
    text = built.text
    if len(text) < 6:
        return
    link = unshifted(text)
    plain = _decoded(link or text)
    disguised = link is not None or not built.plainly or "@" not in text
    for found in addresses(plain):
        yield ScriptEmail(found.value, disguised, found.value)
    if "<script" in text:
        for inner in islice(_INNER_SCRIPT.finditer(text), MOST_INNER):
            yield from in_inner_script(inner[1])
    if "(at)" in plain or "[at]" in plain:
        yield from (ScriptEmail(spelled.value, True, spelled.value) for spelled in spelled_addresses(plain))


def in_inner_script(code: str) -> Iterator[ScriptEmail]:
    """Yield the addresses of a script that a script writes; one inside that is not looked for."""
    for built in StringReader(tokens(code), {}).strings():
        if len(built.text) >= 6 and "<script" not in built.text:
            yield from (replace(found, disguised=True) for found in _in_string(built))


def _decoded(text: str) -> str:
    if "&" in text:
        text = html.unescape(text)
    if "%40" in text or "%3" in text:
        text = unquote(text)
    return seen_as(text)


def _in_table(reader: StringReader) -> Iterator[ScriptEmail]:
    """The WordPress Email Encoder Bundle: `mi` holds positions in the alphabet `ml`, each as a sign from "0" on."""
    alphabet, positions = reader.text_of("ml"), reader.text_of("mi")
    if not alphabet or not positions:
        return
    letters = [alphabet[ord(sign) - 48] for sign in positions if 0 <= ord(sign) - 48 < len(alphabet)]
    yield from _in_string(Built(unquote("".join(letters)), plainly=False))


def _in_shifted(code: str, operator: str, by: int) -> Iterator[ScriptEmail]:
    """Lists of numbers, each of which the script changes by the same before it takes it for a letter."""
    for listed in islice(_NUMBERS.finditer(code), MOST_SHIFTED):
        numbers = [int(number) for number in listed[1][:LONGEST_NUMBERS].split(",")]
        changed = [number ^ by if operator == "^" else number + (by if operator == "+" else -by) for number in numbers]
        yield from _in_string(Built("".join(chr(one) for one in changed if 0 < one < 0xD800), plainly=False))


def _in_halves(stream: list[Token]) -> Iterator[ScriptEmail]:
    """Objects such as {user: "info", domain: "host.org"} and calls such as mailto("info", "host.org")."""
    parts: dict[str, str] = {}
    for index, token in enumerate(stream):
        if token.text in ("{", "}") and token.kind is TokenKind.MARK:
            parts = {}
        elif token.text == ":" and 0 < index < len(stream) - 1 and stream[index + 1].kind is TokenKind.STRING:
            parts[stream[index - 1].text] = stream[index + 1].text
            whole = join_halves(parts) if len(parts) < 20 else None
            if whole:
                yield ScriptEmail(whole, True, whole)
        elif token.text == "(" and index and _MAIL_FUNCTION.search(stream[index - 1].text[:40]):
            yield from _of_call(stream[index + 1 : index + 8])


def _of_call(stream: list[Token]) -> Iterator[ScriptEmail]:
    strings: list[str] = []
    for token in stream:
        if token.kind is TokenKind.STRING:
            strings.append(token.text)
        elif token.text != ",":
            break
    if len(strings) < 2 or any("@" in text for text in strings):
        return
    whole = (
        address(strings[0], ".".join(strings[1:])) or address(strings[0], strings[1]) or address(strings[1], strings[0])
    )
    if whole:
        yield ScriptEmail(whole, True, whole)
