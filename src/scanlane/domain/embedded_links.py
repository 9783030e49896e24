"""Pages that a page leads to without a link: frames, and the forwarding of `<meta http-equiv=refresh>`."""

import html
import re
from dataclasses import dataclass

MOST = 50

_SEARCHED = 300_000
_REFRESH = re.compile(
    rb"<meta\b(?=[^>]{0,400}?http-equiv\s{0,5}=\s{0,5}[\"']?refresh)"
    rb"[^>]{0,400}?\burl\s{0,5}=\s{0,5}[\"']?([^\"'\s>]{1,2000})",
    re.IGNORECASE,
)
_FRAME = re.compile(rb"<i?frame\b[^>]{0,400}?\bsrc\s{0,5}=\s{0,5}[\"']?([^\"'\s>]{1,2000})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EmbeddedLink:
    """Such a page, in the shape of a link."""

    href: str
    text: str = ""
    rel: str = ""
    hidden: bool = False


def embedded_links(body: bytes) -> list[EmbeddedLink]:
    """What the page embeds or forwards to, as written."""
    start = body[:_SEARCHED]
    found = [*_REFRESH.findall(start)[:MOST], *_FRAME.findall(start)[:MOST]]
    return [EmbeddedLink(html.unescape(address.decode("utf-8", "replace"))) for address in found]
