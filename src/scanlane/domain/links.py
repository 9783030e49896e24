"""The links of a page, as a crawl follows them: resolved, spelled one way, inside the site, and worth a request."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from scanlane.domain.authority import is_local, owned_domain, without_www
from scanlane.domain.frontier import QueuedUrl
from scanlane.domain.link_priority import priority
from scanlane.domain.urls import host_of, join, origin, path_of

MOST_LINKS = 3000
MOST_CHARACTERS = 300_000
FEWEST_OF_A_MENU = 5
NOFOLLOW_COST = 15
SUBDOMAIN_COST = 10

_ASSET = re.compile(
    r"\.(?:7z|aac|ac3|apk|atom|avi|avif|bin|bmp|bz2|cab|css|csv|deb|dmg|docx?|dot|eot|epub|exe|flac|flv|gif|gz|ico|ics"
    r"|iso|jar|jpe?g|js|json|kml|kmz|less|m3u8?|m4[av]|map|midi?|mjs|mkv|mobi|mov|mp[234]|mpe?g|msi|od[gpst]|og[agv]"
    r"|opus|otf|pdf|pkg|png|pp[st]x?|ps|psd|rar|rpm|rss|rtf|scss|svgz?|swf|tar|tgz|tiff?|torrent|ttf|vcf|vsd|wasm|wav"
    r"|web[mp]|wm[av]|woff2?|xlsx?|xml|xsl|xz|zip)$",
    re.IGNORECASE,
)
_NO_PAGE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:(?<!http:)(?<!https:)|#)", re.IGNORECASE)
# A host that needs no spelling but lower case.
_PLAIN_HOST = re.compile(r"(?:https?:)?//([A-Za-z0-9.-]+)(?=[/?#:]|\Z)")
_INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:html?|php\d?|aspx?|jsp)$", re.IGNORECASE)
_ACTIONS = re.compile(
    r"/(?:wp-json|wp-admin|wp-login\.php|xmlrpc\.php|cgi-bin|cdn-cgi)(?:/|$)|/(?:logout|signout|abmelden)(?:[/?]|$)"
    r"|[?&](?:add-to-cart|action|do|logout|print|share|replytocom|format)=",
    re.IGNORECASE,
)


class Link(Protocol):
    """A link as it stands in a page."""

    @property
    def href(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def rel(self) -> str: ...
    @property
    def hidden(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """What belongs to the site: the home's registrable domain; for addresses and localhost, exactly its host and port.

    Links to the home's host under the other scheme, or with or without `www.`, mean the same pages.
    """

    home: str

    def holds(self, url: str) -> bool:
        """Whether a normalised URL lies inside the site."""
        mine, other = origin(self.home), origin(url)
        if other == mine:
            return True
        host = host_of(self.home)
        if is_local(host):
            return other.partition("://")[2] == mine.partition("://")[2]
        return owned_domain(host_of(url)) == owned_domain(host) and _usual_port(other)

    def spell(self, url: str) -> str:
        """The URL under the home's own scheme and host, if it means the same pages."""
        mine, other = origin(self.home), origin(url)
        if other == mine or not (_usual_port(mine) and _usual_port(other)):
            return url
        if without_www(host_of(url)) != without_www(host_of(self.home)):
            return url
        return mine + path_of(url)

    def is_home(self, url: str) -> bool:
        """Whether the URL's host is the home's, not another host of the same domain."""
        return origin(url) == origin(self.home)


def resolve(links: Iterable[Link], base: str, scope: Scope, *, depth: int) -> list[QueuedUrl]:
    """The pages that a page leads to, each once with its best priority, in the order of the page."""
    found: dict[str, QueuedUrl] = {}
    for link in _distinct(_without_traps(links)):
        url = follow(base, link.href, scope)
        if url is None:
            continue
        worth = _worth(url, link, scope, depth)
        if url not in found or found[url].priority < worth:
            found[url] = QueuedUrl(url=url, priority=worth, depth=depth)
    return list(found.values())


def _without_traps(links: Iterable[Link]) -> Iterable[Link]:
    """Leave out links that no visitor sees: traps for robots. Many of them together are a menu that a click unfolds."""
    links = tuple(links)
    is_menu = len({link.href for link in links if link.hidden}) >= FEWEST_OF_A_MENU
    return links if is_menu else [link for link in links if not link.hidden]


def follow(base: str, href: str, scope: Scope) -> str | None:
    """Where one link leads, if it is a page of the site that is worth a request."""
    if _NO_PAGE.match(href):
        return None
    host = _PLAIN_HOST.match(href)
    if host is not None and _is_foreign(host[1], scope.home):
        return None
    url = join(base, href)
    if url is None:
        return None
    if not url.startswith(_own_prefix(scope.home)):
        if not scope.holds(url):
            return None
        url = scope.spell(url)
    return url if is_page(path_of(url)) else None


def is_page(path: str) -> bool:
    """Whether path and query may lead to a page: neither a file of another kind nor an action."""
    address = path.partition("?")[0]
    is_file = "." in address.rpartition("/")[2] and _ASSET.search(address)
    return not (is_file or _ACTIONS.search(path))


def folder_of(url: str) -> str:
    """The URL of the folder whose index page this is; any other URL itself."""
    return _INDEX_PAGE.sub("/", url)


def _distinct(links: Iterable[Link]) -> list[Link]:
    # Menus repeat on every page; resolving a URL is the costly step, so each spelling is resolved once.
    seen: dict[tuple[str, str], Link] = {}
    characters = 0
    for link in links:
        characters += len(link.href)
        if len(seen) >= MOST_LINKS or characters > MOST_CHARACTERS:
            break
        seen.setdefault((link.href, link.text), link)
    return list(seen.values())


@lru_cache(maxsize=64)
def _own_prefix(home: str) -> str:
    return origin(home) + "/"


@lru_cache(maxsize=8192)
def _is_foreign(host: str, home: str) -> bool:
    """Whether no URL of the host can lie inside the site: most links that name a host need no more than this."""
    host, own = host.lower().removesuffix("."), host_of(home)
    return host != own if is_local(own) else owned_domain(host) != owned_domain(own)


def _worth(url: str, link: Link, scope: Scope, depth: int) -> int:
    worth = priority(path_of(url), link.text.strip().lower(), depth=depth)
    if link.hidden or "nofollow" in link.rel.lower():
        worth -= NOFOLLOW_COST
    if not scope.is_home(url):
        worth -= SUBDOMAIN_COST
    return max(worth, 0)


def _usual_port(address: str) -> bool:
    return ":" not in address.partition("://")[2]
