"""What a sitemap lists, sorted for one site: its own pages with their worth, and further sitemaps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from scanlane.domain.link_priority import priority
from scanlane.domain.links import SUBDOMAIN_COST, Scope, is_page
from scanlane.domain.sitemaps import Entry
from scanlane.domain.urls import normalise, origin, path_of

CROSS_HOST = "cross_host"
UNUSABLE_LOC = "unusable_loc"
NO_PAGE = 0
MOST_JUDGED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPage:
    """A page of the site under its one spelling. `worth`: how promising it is for contacts, 0 to 100."""

    url: str
    worth: int
    lastmod: str | None = None
    modified_at: datetime | None = None
    changefreq: str | None = None
    priority: float | None = None
    extras: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class ListedSitemap:
    """A further sitemap, of whatever host, and the date that its index gives for it."""

    url: str
    lastmod: str | None = None
    modified_at: datetime | None = None


class Bounds:
    """The site to which pages must belong: all of the registrable domains under which its home is known."""

    def __init__(self, homes: Sequence[str]) -> None:
        self._scopes = [Scope(home) for home in dict.fromkeys(homes)]
        self._judged: dict[str, tuple[bool, bool]] = {}

    def hold(self, url: str) -> bool:
        """Whether a normalised URL lies inside the site."""
        return self._judge(url)[0]

    def worth(self, url: str) -> int:
        """How promising a page of the site is; files that are no pages are worth nothing."""
        path = path_of(url)
        if not is_page(path):
            return NO_PAGE
        cost = 0 if self._judge(url)[1] else SUBDOMAIN_COST
        return max(priority(path) - cost, NO_PAGE + 1)

    def _judge(self, url: str) -> tuple[bool, bool]:
        """Whether the URL's host belongs to the site, and whether it is a home's. Most pages share a few hosts."""
        address = origin(url)
        if address not in self._judged:
            if len(self._judged) >= MOST_JUDGED:
                self._judged.clear()
            holds = any(scope.holds(url) for scope in self._scopes)
            self._judged[address] = (holds, any(scope.is_home(url) for scope in self._scopes))
        return self._judged[address]


class Listing:
    """Sorts the entries of one file. `warnings`: machine codes; `foreign`: how many pages belong to other sites."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self.foreign = 0
        self.warnings: dict[str, None] = {}

    def pages(self, entries: Iterable[Entry]) -> list[ListedPage]:
        """The pages of the site among them."""
        found = (self._page(entry) for entry in entries if not entry.is_sitemap)
        return [page for page in found if page is not None]

    def sitemaps(self, entries: Iterable[Entry]) -> list[ListedSitemap]:
        """The sitemaps among them."""
        listed = ((self._read(entry), entry) for entry in entries if entry.is_sitemap)
        return [ListedSitemap(url, entry.lastmod, entry.modified_at) for url, entry in listed if url is not None]

    def _page(self, entry: Entry) -> ListedPage | None:
        url = self._read(entry)
        if url is None:
            return None
        if not self._bounds.hold(url):
            self.foreign += 1
            self.warnings[CROSS_HOST] = None
            return None
        return ListedPage(
            url=url,
            worth=self._bounds.worth(url),
            lastmod=entry.lastmod,
            modified_at=entry.modified_at,
            changefreq=entry.changefreq,
            priority=entry.priority,
            extras=entry.extras,
        )

    def _read(self, entry: Entry) -> str | None:
        url = normalise(entry.loc)
        if url is None:
            self.warnings[UNUSABLE_LOC] = None
        return url
