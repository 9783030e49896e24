"""Pages that a page leads to without a link: frames, and the forwarding of `<meta http-equiv=refresh>`."""

import html
import re
from dataclasses import dataclass
from itertools import islice

MOST = 50

_SEARCHED = 300_000
_REFRESH = re.compile(
    rb"<meta\b(?=[^>]{0,400}?http-equiv\s{0,5}=\s{0,5}[\"']?refresh)"
    rb"[^>]{0,400}?\burl\s{0,5}=\s{0,5}[\"']?([^\"'\s>]{1,2000})"
)
_FRAME = re.compile(rb"<i?frame\b[^>]{0,400}?\bsrc\s{0,5}=\s{0,5}[\"']?([^\"'\s>]{1,2000})")
# A word without which a pattern finds nothing.
_PATTERNS = ((b"refresh", _REFRESH), (b"frame", _FRAME))


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
    return [EmbeddedLink(html.unescape(address.decode("utf-8", "replace"))) for address in addresses]
