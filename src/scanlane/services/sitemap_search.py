"""Where a site's sitemaps are: as robots.txt names them, as the home page links them, else where they usually are."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from scanlane.clients.streaming import Streamed
from scanlane.clients.website_errors import FetchFailed
from scanlane.domain.sitemap_listing import Bounds
from scanlane.domain.sitemap_places import COMMON_PATHS, linked_sitemaps
from scanlane.domain.sitemaps import Limits, NotASitemap, SitemapReader
from scanlane.domain.sites import parse_site
from scanlane.domain.urls import origin
from scanlane.services.site_access import SiteAccess
from scanlane.services.site_home import find_home

PROBED_AT_ONCE = 3
ENOUGH_OF_A_HOME_PAGE = 512 * 1024
ENOUGH_TO_TELL = 256 * 1024


@dataclass(frozen=True, slots=True)
class FoundSitemap:
    """A sitemap, and by what it was found: robots, html or common."""

    url: str
    found_by: str


async def find_sitemaps(homes: Sequence[str], access: SiteAccess, *, most: int) -> list[FoundSitemap]:
    """The sitemaps of the site whose home is there, each once, at most so many.

    Raises SiteUnreachable when there is no site or robots.txt forbids the visit, FetchFailed when it falls silent on
    the way, UnusableWebsite.
    """
    home = await find_home(parse_site(homes[0]), access.politeness)
    bounds = Bounds([home, *homes])
    there, page = await _home_page(home, access)
    if not bounds.hold(there):
        there, page = home, b""
    named = [url for base in dict.fromkeys((origin(home), origin(there))) for url in await _named(base, access)]
    linked = [url for url in await asyncio.to_thread(linked_sitemaps, page, there) if bounds.hold(url)]
    found = dict.fromkeys(linked, "html") | dict.fromkeys(named, "robots")
    if not found:
        found = dict.fromkeys(await _usual(origin(there), bounds, access), "common")
    ordered = dict.fromkeys((*named, *found))
    return [FoundSitemap(url, found[url]) for url in islice(ordered, most)]


async def _named(base: str, access: SiteAccess) -> list[str]:
    return await access.politeness.sitemaps(base + "/")


async def _home_page(home: str, access: SiteAccess) -> tuple[str, bytes]:
    """Where the home page really is, and what it says; a home page that cannot be had says nothing."""
    try:
        return await access.beginning(home, ENOUGH_OF_A_HOME_PAGE)
    except FetchFailed as error:
        if error.temporary:
            raise
        return home, b""


async def _usual(base: str, bounds: Bounds, access: SiteAccess) -> list[str]:
    """The first of the usual places that hold a sitemap; a few are asked at once, and none after those that do."""
    for start in range(0, len(COMMON_PATHS), PROBED_AT_ONCE):
        some = COMMON_PATHS[start : start + PROBED_AT_ONCE]
        answers = await asyncio.gather(*(_probe(base + path, bounds, access) for path in some))
        failures = [one for one in answers if isinstance(one, FetchFailed)]
        if failures:
            raise failures[0]
        if hits := [one for one in answers if isinstance(one, str)]:
            return list(dict.fromkeys(hits))
    return []


async def _probe(url: str, bounds: Bounds, access: SiteAccess) -> str | FetchFailed | None:
    """Where the sitemap really is, None when there is none, the failure when the site cannot be asked now."""
    try:
        async with access.stream(url) as streamed:
            if streamed.status != 200 or not bounds.hold(streamed.url):
                return None
            await _look_at(streamed)
            return streamed.url
    except NotASitemap:
        return None
    except FetchFailed as error:
        return error if error.temporary else None


async def _look_at(streamed: Streamed) -> None:
    """Raise NotASitemap unless the file begins like a sitemap."""
    reader = SitemapReader(streamed.url, limits=Limits(largest_raw=ENOUGH_TO_TELL, largest_body=ENOUGH_TO_TELL))
    async for piece in streamed.pieces():
        reader.feed(piece)
        if reader.entries or reader.is_full:
            return
    reader.close()
