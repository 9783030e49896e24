"""Recipients of mailto links: several at once, cc and bcc, percent-encoded twice, or buried in another URL.

Source: RFC 6068.
"""

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

LONGEST_HREF = 8_000
MOST_RECIPIENTS = 200
_SCHEME = re.compile(r"mail\s{0,3}to\s{0,3}:", re.IGNORECASE)
_ADDRESS_FIELDS = frozenset(("to", "cc", "bcc"))


def recipients(href: str) -> Iterator[str]:
    """Yield the recipients of a link as text, each to be checked still; nothing if it is no mailto link."""
    plain = _unwrapped(href[:LONGEST_HREF])
    scheme = _SCHEME.search(plain)
    if scheme is None:
        return
    to, _, fields = plain[scheme.end() :].partition("?")
    yield from _listed(to)
    for field in fields.split("&")[:20]:
        name, _, value = field.partition("=")
        if name.strip().lower().removeprefix("amp;") in _ADDRESS_FIELDS:
            yield from _listed(value)


def is_disguised(href: str) -> bool:
    """Whether the sign '@' is not to be seen in the link as written."""
    return "@" not in href


def _unwrapped(href: str) -> str:
    for _ in range(2):
        if "%" not in href and "&" not in href:
            break
        href = html.unescape(unquote(href))
    return href


def _listed(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;]", text)[:MOST_RECIPIENTS] if part.strip()]
