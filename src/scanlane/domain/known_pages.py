"""Pages of a site that are known before its crawl begins. Pure."""

from collections.abc import Iterable

from scanlane.domain.frontier import QueuedUrl
from scanlane.domain.link_priority import priority
from scanlane.domain.links import Scope, follow
from scanlane.domain.urls import path_of


def known_seeds(urls: Iterable[str], scope: Scope) -> list[QueuedUrl]:
    """Those of the URLs that the scan may visit, each once, the most promising first."""
    pages = {page for url in urls if (page := follow(scope.home, url, scope)) is not None}
    seeds = [QueuedUrl(url=page, priority=priority(path_of(page), depth=1), depth=1) for page in pages]
    return sorted(seeds, key=lambda page: (-page.priority, page.url))
