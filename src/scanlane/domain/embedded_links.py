"""What a page leads to without a link: frames, forwarding by `<meta http-equiv=refresh>`, and parts that scripts load.

Frames and forwarding are looked for on every page of a crawl, the rest on a few: ten searches of a page take as long as
reading it.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

MOST = 50

_SEARCHED = 300_000
_ADDRESS = rb"[\"']?([^\"'\s>]{1,2000})"
_REFRESH = re.compile(
    rb"<meta\b(?=[^>]{0,400}?http-equiv\s{0,5}=\s{0,5}[\"']?refresh)"
    rb"[^>]{0,400}?\burl\s{0,5}=\s{0,5}" + _ADDRESS
)
_FRAME = re.compile(rb"<i?frame\b[^>]{0,400}?\bsrc\s{0,5}=\s{0,5}" + _ADDRESS)
# A word without which a pattern finds nothing.
_PATTERNS = ((b"refresh", _REFRESH), (b"frame", _FRAME))
_SOURCE = re.compile(rb"[^>]{0,400}?\bsrc\s{0,5}=\s{0,5}" + _ADDRESS, re.IGNORECASE)

# Functions that load a part of the page; the address is the first quoted argument that is no method of HTTP.
_CALLS = (b".load(", b"fetch(", b".get(", b".open(", b"include(", b"includeHTML(", b"loadHTML(", b"loadPart(")
_ARGUMENT = re.compile(rb"\s{0,5}(?:[\"']GET[\"']\s{0,5},\s{0,5})?[\"'`]([^\"'`\s<>#]{1,500})", re.IGNORECASE)
_ATTRIBUTES = (b"data-include", b"w3-include-html", b"include-html", b"hx-get", b"data-load")
_VALUE = re.compile(rb"\s{0,5}=\s{0,5}" + _ADDRESS)
_PART = re.compile(
    r"foot|contact|kontakt|imp(?:ressum|rint)|legal|partial|fragment|include|snippet|header|navi|menu|sidebar|address",
    re.IGNORECASE,
)
_PAGE_ENDING = re.compile(r"(?:/|\.(?:s?html?|inc|tpl|php|aspx?))\Z", re.IGNORECASE)
# Menus and addresses stand in such parts: they are worth as much as a page of contacts.
_PROMISE = "contact"


@dataclass(frozen=True, slots=True)
class EmbeddedLink:
    """Such a page, in the shape of a link."""

    href: str
    text: str = ""
    rel: str = ""
    hidden: bool = False


def embedded_links(body: bytes) -> list[EmbeddedLink]:
    """What the page embeds or forwards to, as written."""
    # A pattern that ignores case looks at every byte; one of small letters jumps from tag to tag.
    small = body[:_SEARCHED].lower()
    wanted = [pattern for word, pattern in _PATTERNS if word in small]
    places = [found.span(1) for pattern in wanted for found in islice(pattern.finditer(small), MOST)]
    addresses = (body[start:end] for start, end in places)
    return [EmbeddedLink(_text(address)) for address in addresses]


def loaded_parts(code: bytes) -> list[EmbeddedLink]:
    """The parts of a page that a script loads, or an attribute tells a script to load."""
    start = code[:_SEARCHED]
    found = [address for call in _CALLS for address in _after(start, start, call, _ARGUMENT)]
    named = [address for name in _ATTRIBUTES for address in _after(start, start, name, _VALUE)]
    addresses = dict.fromkeys(map(_text, (*found, *named)))
    return [EmbeddedLink(address, text=_PROMISE) for address in addresses if _is_part(address)][:MOST]


def embedded_scripts(body: bytes) -> list[str]:
    """The addresses of the page's script files, as written."""
    start = body[:_SEARCHED]
    return [_text(address) for address in _after(start.lower(), start, b"<script", _SOURCE)]


def _after(searched: bytes, body: bytes, word: bytes, pattern: re.Pattern[bytes]) -> Iterator[bytes]:
    """What the pattern finds right after each place of the word; `searched` may be the body in lower case."""
    position = searched.find(word)
    for _ in range(MOST):
        if position < 0:
            return
        position += len(word)
        found = pattern.match(body, position)
        if found:
            yield found[1]
        position = searched.find(word, position)


def _is_part(address: str) -> bool:
    path = address.partition("?")[0]
    return _PART.search(path) is not None and (
        _PAGE_ENDING.search(path) is not None or "." not in path.rpartition("/")[2]
    )


def _text(address: bytes) -> str:
    return html.unescape(address.decode("utf-8", "replace"))
