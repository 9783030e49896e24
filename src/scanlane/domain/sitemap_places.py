"""Where sitemaps lie when robots.txt names none: the usual paths, and what a home page links to."""

import re

from scanlane.domain.charset import decode
from scanlane.domain.html import Document, parse
from scanlane.domain.urls import join

MOST_LINKED = 50

# In the order of how often 4,231 robots.txt files of popular sites name them; the last one is what WordPress serves.
COMMON_PATHS = (
    "/sitemap.xml",
    "/sitemap_index.xml",
    "/news-sitemap.xml",
    "/sitemap-index.xml",
    "/sitemapindex.xml",
    "/sitemap.xml.gz",
    "/sitemap_news.xml",
    "/sitemap",
    "/sitemap-news.xml",
    "/googlenews.xml",
    "/sitemap.php",
    "/sitemaps",
    "/siteindex.xml",
    "/sitemaps.xml",
    "/sitemap.txt",
    "/wp-sitemap.xml",
)

_SITEMAP_FILE = re.compile(r"(?:^|/)[^/]*site_?-?map[^/]*\.xml(?:\.gz)?(?:[?#]|$)", re.IGNORECASE)


def linked_sitemaps(html_body: bytes, url: str) -> list[str]:
    """The sitemaps that a page names: `<link rel="sitemap">` first, then links to files called sitemap*.xml(.gz)."""
    page = parse(decode(html_body))
    base = _base(page, url)
    named = [*_by_relation(page), *_by_name(page)]
    found = (join(base, href.strip()) for href in named)
    return list(dict.fromkeys(address for address in found if address is not None))[:MOST_LINKED]


def _base(page: Document, url: str) -> str:
    bases = (element.attributes.get("href", "") for element in page.elements if element.tag == "base")
    return next((base for href in bases if href and (base := join(url, href)) is not None), url)


def _by_relation(page: Document) -> list[str]:
    return [
        element.attributes["href"]
        for element in page.elements
        if element.tag == "link"
        and "sitemap" in element.attributes.get("rel", "").lower().split()
        and element.attributes.get("href")
    ]


def _by_name(page: Document) -> list[str]:
    hrefs = (link.attributes.get("href", "") for link in page.links)
    return [href for href in hrefs if _SITEMAP_FILE.search(href)]
