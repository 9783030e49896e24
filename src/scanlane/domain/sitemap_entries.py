"""The values of a sitemap: what one entry says, what may be read of a file, and what no sitemap is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]


class SitemapKind(StrEnum):
    """What a sitemap file is written in."""

    URLSET = "urlset"
    INDEX = "index"
    TEXT = "text"
    RSS = "rss"
    ATOM = "atom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One page or, if `is_sitemap`, one further sitemap that a file lists.

    `loc` is an absolute http or https URL in ASCII, at most 2,048 characters, as the site spells it: resolved and
    escaped, but keeping parameters, case and fragment. `lastmod` is the raw text, `modified_at` the same in UTC, None
    if it is no date. `extras` holds what extensions say: images, videos, news, alternates, mobile, pagemap.
    """

    loc: str
    is_sitemap: bool = False
    lastmod: str | None = None
    modified_at: datetime | None = None
    changefreq: str | None = None
    priority: float | None = None
    extras: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of one file is read: bytes as they come, bytes when unpacked, entries, and gzip inside gzip.

    The defaults for bytes and entries are those of sitemaps.org.
    """

    largest_raw: int = 52_428_800
    largest_body: int = 52_428_800
    most_entries: int = 50_000
    most_layers: int = 3


class NotASitemap(ValueError):
    """The body is no sitemap; `reason` says what it is instead, as a clause: "it is an HTML page"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Notes:
    """The warnings about one file: each machine code once, in the order of their discovery."""

    __slots__ = ("_codes",)

    def __init__(self) -> None:
        self._codes: dict[str, None] = {}

    def add(self, code: str) -> None:
        """Note a warning."""
        self._codes[code] = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes noted so far."""
        return tuple(self._codes)
