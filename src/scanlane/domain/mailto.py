"""Recipients of mailto links: several at once, cc and bcc, percent-encoded twice, or buried in another URL.

Source: RFC 6068.
"""

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

from scanlane.domain.email_rules import address
from scanlane.domain.mail_hosts import registrable

LONGEST_HREF = 8_000
LONGEST_URL = 600
MOST_RECIPIENTS = 200
# The scheme; also the parameter of a form ("/contact?mailto=info@...") and of webmail ("/mail/?view=cm&to=info@...").
_SCHEME = re.compile(
    r"mail\s{0,3}to\s{0,3}:(?://)?|[?&]mailto=(?!mailto)"
    r"|//(?:mail\.google|outlook\.(?:live|office)|compose\.mail)\b[^?#]{0,80}\?(?:[^#&]{0,80}&){0,6}to=",
    re.IGNORECASE,
)
# What is no address although it looks like one.
_OTHER_SCHEMES = (
    r"skype|xmpp|sips?|im|ssh|s?ftp|git|svn|acct|jabber|callto|msnim|ymsgr|matrix|https?|javascript|data|about"
)
_BARE = re.compile(
    rf"\s*(?:(?!(?:{_OTHER_SCHEMES})[:;])(?:[a-z-]{{3,8}}\s?[:;]|mailto\s)\s{{0,3}})?"
    r"(?:(?:https?:)?//(?P<host>[^\s/@?#:]{1,250}(?=/))?)?(?P<path>(?:[^\s/@?#:]{0,200}/){0,8})"
    r"(?P<local>[^\s/@?#:]{1,64})@(?P<domain>[^\s/@?#:]{3,250})/?(?:\?.{0,500})?\s*\Z",
    re.IGNORECASE,
)
_ADDRESS_FIELDS = frozenset(("to", "cc", "bcc"))


def recipients(href: str) -> Iterator[str]:
    """Yield the recipients of a link as text, each to be checked still; nothing if it is no mailto link."""
    plain = _unwrapped(href[:LONGEST_HREF])
    scheme = _SCHEME.search(plain)
    if scheme is None:
        return
    written = plain[scheme.end() :]
    to, _, fields = written.partition("&" if scheme.group().endswith("=") else "?")
    yield from _listed(to)
    for field in fields.split("&")[:20]:
        name, _, value = field.partition("=")
        if name.strip().lower().removeprefix("amp;") in _ADDRESS_FIELDS:
            yield from _listed(value)


def without_scheme(href: str) -> str | None:
    """The address of a link whose author forgot "mailto:", as browsers resolve it; None if it leads elsewhere."""
    if "@" not in href and "%40" not in href:
        return None
    found = _BARE.match(_unwrapped(href[:LONGEST_URL]))
    value = address(found["local"], found["domain"]) if found else None
    if found is None or value is None:
        return None
    is_own = not found["path"] or not found["host"] or registrable(found["host"]) == registrable(found["domain"])
    return value if is_own else None


def at_end_of_path(url: str) -> str | None:
    """The address to which a form service sends what is filled in: "https://forms.host/info@..."."""
    last = _unwrapped(url[:LONGEST_URL]).partition("?")[0].rstrip("/").rpartition("/")[2]
    return address(*last.rpartition("@")[::2]) if last.count("@") == 1 else None


def is_disguised(href: str) -> bool:
    """Whether the sign '@' is not to be seen in the link as written."""
    return "@" not in href


def _unwrapped(href: str) -> str:
    for _ in range(2):
        # The "&" between the parameters of a query begins no character reference.
        has_references = "&#" in href or ("&" in href and ";" in href)
        if "%" not in href and not has_references:
            break
        href = html.unescape(unquote(href)) if has_references else unquote(href)
    return href


def _listed(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;]", text)[:MOST_RECIPIENTS] if part.strip()]
