"""robots.txt (RFC 9309), read without ever failing: whatever the bytes are, there is an answer."""

from functools import lru_cache

from scanlane.domain.robots_lines import LARGEST_ROBOTS, Key, records
from scanlane.domain.robots_rules import Rules, rules_for
from scanlane.domain.urls import join

__all__ = ["LARGEST_ROBOTS", "MOST_SITEMAPS", "allowed", "crawl_delay", "sitemaps"]

# Real files name up to 1,293.
MOST_SITEMAPS = 5_000


def allowed(robots: bytes, agent: str, url: str) -> bool:
    """Whether the agent may fetch the URL, as Google's matcher says. What cannot be understood forbids nothing.

    `agent` is a product token (section 2.2.1), `url` as it is asked for: percent-encoded.
    """
    return _rules(robots, agent.lower()).allow(url)


def crawl_delay(robots: bytes, agent: str) -> float | None:
    """The seconds that the site wants between two requests, if it says so."""
    return _rules(robots, agent.lower()).crawl_delay


def sitemaps(robots: bytes, base_url: str) -> list[str]:
    """The sitemaps that robots.txt names, as normalised URLs, each once; at most MOST_SITEMAPS."""
    named: dict[str, None] = {}
    for key, value in records(robots):
        if key is Key.SITEMAP and len(named) < MOST_SITEMAPS:
            found = (join(base_url, reference) for reference in _references(value))
            named.update(dict.fromkeys(url for url in found if url is not None))
    return list(named)[:MOST_SITEMAPS]


def _references(value: str) -> list[str]:
    """The one URL of a sitemap line; several, where each stands as a whole URL on its own."""
    text = value.encode("latin-1").decode("utf-8", "replace").strip()
    words = text.split()
    if len(words) > 1 and all("://" in word for word in words):
        return words
    return [text] if text else []


@lru_cache(maxsize=64)
def _rules(robots: bytes, agent: str) -> Rules:
    return rules_for(robots, agent)
