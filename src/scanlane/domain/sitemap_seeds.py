"""The first pages that a sitemap names, enough to start a crawl from."""

from collections.abc import Iterator
from itertools import islice

from scanlane.domain.frontier import QueuedUrl
from scanlane.domain.link_priority import priority
from scanlane.domain.links import Scope, follow
from scanlane.domain.sitemaps import Entry, NotASitemap, SitemapKind, kind_of, parse
from scanlane.domain.urls import join, path_of

MOST_LOCATIONS = 5000
MOST_SEEDS = 500


def is_index(sitemap: bytes) -> bool:
    """Whether the file lists other sitemaps, not pages."""
    return kind_of(sitemap) is SitemapKind.INDEX


def child_sitemaps(sitemap: bytes, url: str, scope: Scope) -> list[str]:
    """The sitemaps that an index lists inside the site; those of pages come before those of posts and tags."""
    found = (join(url, entry.loc) for entry in _entries(sitemap, url) if entry.is_sitemap)
    inside = [child for child in dict.fromkeys(found) if child is not None and scope.holds(child)]
    return sorted(inside, key=lambda child: "page" not in path_of(child).lower())


def seeds(sitemap: bytes, url: str, scope: Scope) -> list[QueuedUrl]:
    """The pages of the site that the sitemap lists, the most promising first; none if it is no sitemap."""
    listed = (follow(url, entry.loc, scope) for entry in _entries(sitemap, url) if not entry.is_sitemap)
    pages = {page for page in listed if page is not None}
    queued = [QueuedUrl(url=page, priority=priority(path_of(page), depth=1), depth=1) for page in pages]
    return sorted(queued, key=lambda page: (-page.priority, page.url))[:MOST_SEEDS]


def _entries(sitemap: bytes, url: str) -> Iterator[Entry]:
    """The first entries; those before the place where the file turns out to be none."""
    try:
        yield from islice(parse(sitemap, url), MOST_LOCATIONS)
    except NotASitemap:
        return
