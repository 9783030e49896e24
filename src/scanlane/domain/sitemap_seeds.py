"""The first pages that a sitemap names, enough to start a crawl from; read by a byte search that cannot be slowed."""

import html

from scanlane.domain.frontier import QueuedUrl
from scanlane.domain.link_priority import priority
from scanlane.domain.links import Scope, follow
from scanlane.domain.urls import join, path_of

MOST_LOCATIONS = 5000
MOST_SEEDS = 500


def is_index(sitemap: bytes) -> bool:
    """Whether the file lists other sitemaps, not pages."""
    return b"<sitemapindex" in sitemap[:4096]


def child_sitemaps(sitemap: bytes, url: str, scope: Scope) -> list[str]:
    """The sitemaps that an index lists inside the site; those of pages come before those of posts and tags."""
    found = (join(url, text) for text in _locations(sitemap))
    inside = [child for child in dict.fromkeys(found) if child is not None and scope.holds(child)]
    return sorted(inside, key=lambda child: "page" not in path_of(child).lower())


def seeds(sitemap: bytes, url: str, scope: Scope) -> list[QueuedUrl]:
    """The pages of the site that the sitemap lists, the most promising first."""
    pages = {page for text in _locations(sitemap) if (page := follow(url, text, scope)) is not None}
    queued = [QueuedUrl(url=page, priority=priority(path_of(page), depth=1), depth=1) for page in pages]
    return sorted(queued, key=lambda page: (-page.priority, page.url))[:MOST_SEEDS]


def _locations(sitemap: bytes) -> list[str]:
    found: list[str] = []
    start = sitemap.find(b"<loc>")
    while start >= 0 and len(found) < MOST_LOCATIONS:
        end = sitemap.find(b"<", start + 5)
        if sitemap.startswith(b"<![CDATA[", end) and not sitemap[start + 5 : end].strip():
            start, end = end + 4, sitemap.find(b"]]>", end)
        if end < 0:
            break
        found.append(html.unescape(sitemap[start + 5 : end][:4000].decode("utf-8", "replace").strip()))
        start = sitemap.find(b"<loc>", end)
    return found
