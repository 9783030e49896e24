"""Links that only lead on to another: what networks and search engines put in front of somebody's address. Pure."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

MOST_WRAPPINGS = 4
MOST_PARAMETERS = 60

# Host and path of the link, and the parameters that may hold the address.
_WRAPPERS = tuple(
    (re.compile(pattern), parameters.split())
    for pattern, parameters in (
        (r"(?:[\w-]+\.)*google\.[a-z.]{2,7}/(?:url|aclk|imgres|interstitial|local_url)", "q url adurl imgrefurl"),
        (r"(?:www\.)?googleadservices\.com/pagead/aclk", "adurl"),
        (r"translate\.google\.[a-z.]{2,7}/(?:translate|website)", "u"),
        (r"(?:[\w-]+\.)*(?:facebook|instagram|threads)\.(?:com|net)/(?:l\.php|flx/warn)?", "u"),
        (r"(?:www\.|m\.)?youtube\.com/redirect", "q"),
        (r"(?:[\w-]+\.)*linkedin\.com/(?:redir/redirect|safety/go|redirect)", "url"),
        (r"(?:[\w-]+\.)*yelp\.[a-z.]{2,7}/(?:biz_redir|redirect)", "url"),
        (r"(?:[\w-]+\.)*duckduckgo\.com/l", "uddg"),
        (r"(?:[\w-]+\.)*(?:vk\.com|vk\.ru)/away\.php", "to"),
        (r"out\.reddit\.com/.*", "url"),
        (r"t\.umblr\.com/redirect", "z"),
        (r"(?:[\w-]+\.)*pinterest\.[a-z.]{2,7}/offsite", "url"),
        (r"(?:[\w-]+\.)*safelinks\.protection\.outlook\.com/.*", "url"),
        (r"(?:www\.)?(?:slack-redir\.net|steamcommunity\.com)/(?:link|linkfilter)", "url"),
        (r"(?:[\w-]+\.)*(?:awin1|dpbolvw|tradedoubler|click\.linksynergy)\.com/.*", "ued url p murl"),
    )
)
_IN_PATH = re.compile(
    r"(?:web\.archive\.org/web/\d{4,14}[a-z_]{0,4}|href\.li|nullrefer\.com|anonym\.to)/\??(?=https?:/)"
)


def unwrapped(url: str) -> str:
    """Where a link leads in the end; any other URL is itself."""
    for _ in range(MOST_WRAPPINGS):
        inner = next(_inner(url), None)
        if inner is None:
            break
        url = inner
    return url


def _inner(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url if "//" in url.partition("?")[0] else f"//{url}")
        place = f"{(parts.hostname or '')}{parts.path.rstrip('/') or '/'}".lower()
        query = dict(reversed(parse_qsl(parts.query, max_num_fields=MOST_PARAMETERS)))
    except ValueError:
        return
    for pattern, parameters in _WRAPPERS:
        if pattern.fullmatch(place):
            yield from (query[name] for name in parameters if _is_address(query.get(name, "")))
    in_path = _IN_PATH.search(url)
    if in_path is not None and url[: in_path.start()].lower() in ("http://", "https://"):
        yield re.sub(r"\A(https?:)/+", r"\1//", unquote(url[in_path.end() :]))


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://", "www."))
