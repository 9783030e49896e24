"""robots.txt (RFC 9309), read without ever failing: whatever the bytes are, there is an answer."""

import re
from functools import lru_cache

from protego import Protego

from scanlane.domain.urls import join

# RFC 9309, 2.5: crawlers read at least 500 kibibytes.
LARGEST_ROBOTS = 500 * 1024
MOST_LINES = 10_000
MOST_SITEMAPS = 50

_USER_AGENT = re.compile(r"\s*user[ -]?agent\s*:?\s*([^#]*)", re.IGNORECASE)
_UNREADABLE = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError)


def allowed(robots: bytes, agent: str, url: str) -> bool:
    """Whether the agent may fetch the URL. A rule that cannot be understood forbids nothing."""
    try:
        return bool(_parsed(robots, agent.lower()).can_fetch(url, agent))
    except _UNREADABLE:
        return True


def crawl_delay(robots: bytes, agent: str) -> float | None:
    """The seconds that the site wants between two requests, if it says so."""
    try:
        delay = _parsed(robots, agent.lower()).crawl_delay(agent)
    except _UNREADABLE:
        return None
    return float(delay) if delay is not None and 0 <= delay < float("inf") else None


def sitemaps(robots: bytes, base_url: str) -> list[str]:
    """The sitemaps that robots.txt names, as normalised URLs, each once."""
    try:
        named = list(_parsed(robots, "").sitemaps)[:MOST_SITEMAPS]
    except _UNREADABLE:
        return []
    found = (join(base_url, text) for text in named)
    return list(dict.fromkeys(url for url in found if url is not None))


@lru_cache(maxsize=64)
def _parsed(robots: bytes, agent: str) -> Protego:
    text = robots[:LARGEST_ROBOTS].decode("utf-8-sig", "replace").replace("\0", "")
    return Protego.parse("\n".join(_for_one_agent(text, agent)))


def _for_one_agent(text: str, agent: str) -> list[str]:
    """Name all other agents alike: the parser's work is the number of agents times the number of their rules."""
    return [_spelled_for(line, agent) for line in text.splitlines()[:MOST_LINES]]


def _spelled_for(line: str, agent: str) -> str:
    match = _USER_AGENT.match(line)
    if match is None:
        return line
    name = match[1].strip().lower()
    concerns_us = name.rstrip("*") == "" or (agent != "" and name.rstrip("*") in agent)
    return f"User-agent: {name}" if concerns_us else "User-agent: somebody-else"
