"""The crawl of one website: from its home to the pages that promise contacts, politely, each URL at most once."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

from scanlane.domain import sitemap_seeds
from scanlane.domain.frontier import QueuedUrl
from scanlane.domain.known_pages import known_seeds
from scanlane.domain.sites import Site
from scanlane.domain.urls import origin
from scanlane.services.crawl_course import Course
from scanlane.services.crawl_values import (
    CrawlOptions,
    CrawlState,
    Fetch,
    PageReading,
    PageVisit,
    Read,
    SiteUnreachable,
    VisitStatus,
)
from scanlane.services.page_visits import Arrival, Visitor
from scanlane.services.politeness import Politeness
from scanlane.services.second_looks import StartLooks
from scanlane.services.site_home import find_home, unreachable

__all__ = [
    "CrawlOptions",
    "CrawlState",
    "Fetch",
    "PageReading",
    "PageVisit",
    "Read",
    "SiteUnreachable",
    "VisitStatus",
    "crawl",
]


async def crawl(
    site: Site,
    *,
    fetch: Fetch,
    read: Read,
    options: CrawlOptions | None = None,
    resume: CrawlState | None = None,
    known: Sequence[str] = (),
    looks: StartLooks | None = None,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncGenerator[PageVisit, None]:
    """Visit the site's pages, best first; yield one visit for every URL the crawl is done with.

    `known` are pages that the site's sitemaps list; without any, the crawl looks for a sitemap itself.
    `looks`: how files and scripts beside the pages are looked at; nobody looks at them without.
    Close the iterator (`aclosing`) to stop at once. Raises SiteUnreachable when the home cannot be reached, robots.txt
    forbids the visit, or the site falls silent on the way; `temporary` says whether trying later may help.
    """
    options = options or CrawlOptions()
    politeness = Politeness(fetch, options, monotonic=monotonic, sleep=sleep)
    second_looks = looks(politeness, resume.fetched if resume else ()) if looks else None
    visitor = Visitor(fetch, read, politeness, longest_wait=options.longest_wait, looks=second_looks)
    ends_at = monotonic() + options.deadline.total_seconds() if options.deadline else float("inf")
    if resume is not None and (resume.fetched or resume.queued):
        course = Course.resumed(options, resume, site.start_url)
    else:
        course = Course.from_home(options, await find_home(site, politeness))
        for visit in await _open(course, visitor, known):
            yield visit
    async with aclosing(_visits(course, visitor, options.concurrency, lambda: monotonic() < ends_at)) as visits:
        async for visit in visits:
            yield visit


async def _visits(
    course: Course, visitor: Visitor, concurrency: int, in_time: Callable[[], bool]
) -> AsyncGenerator[PageVisit, None]:
    under_way: set[asyncio.Task[Arrival]] = set()
    try:
        while True:
            _set_out(course, visitor, under_way, concurrency if in_time() else 0)
            if not under_way:
                break
            done, _ = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            under_way -= done
            for visit in [visit for task in done for visit in course.settle(task.result())]:
                yield visit
    finally:
        await _call_back(under_way)
    for visit in course.rest():
        yield visit


def _set_out(course: Course, visitor: Visitor, under_way: set[asyncio.Task[Arrival]], most: int) -> None:
    while len(under_way) < most and (page := course.next_page()) is not None:
        under_way.add(asyncio.create_task(visitor.visit(page)))


async def _call_back(under_way: set[asyncio.Task[Arrival]]) -> None:
    for task in under_way:
        task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)


async def _open(course: Course, visitor: Visitor, known: Sequence[str]) -> list[PageVisit]:
    """Visit the home page, follow it where it moved to, and queue what the sitemap adds to its links."""
    visits: list[PageVisit] = []
    arrival: Arrival | None = None
    while (arrival is None or not arrival.is_read) and (page := course.next_page()) is not None:
        arrival = await visitor.visit(page)
        if not course.falls_back(arrival):
            _insist(arrival)
        visits += course.settle(arrival)
    if arrival is None or not arrival.is_read:
        raise SiteUnreachable("The home page only ever redirects.", temporary=False)
    seeds = known_seeds(known, course.scope) if known else await _sitemap_seeds(course, visitor)
    return [*visits[:-1], course.add_seeds(visits[-1], seeds)]


def _insist(arrival: Arrival) -> None:
    """Raise SiteUnreachable for anything but a page or a redirect."""
    host = origin(arrival.page.url).partition("://")[2]
    if arrival.failure is not None:
        raise unreachable(arrival.failure) from arrival.failure
    if arrival.fetched is None:
        raise SiteUnreachable(f"robots.txt of {host} forbids the visit.", temporary=False)
    status = arrival.fetched.status
    if not arrival.is_read and arrival.fetched.location is None:
        raise SiteUnreachable(f"{host} answers with status {status} instead of a page.", temporary=status >= 500)


async def _sitemap_seeds(course: Course, visitor: Visitor) -> list[QueuedUrl]:
    home = course.scope.home
    named = await visitor.sitemaps(home)
    for url in (named or [origin(home) + "/sitemap.xml"])[:1]:
        sitemap = await visitor.fetch_text(url)
        children = sitemap_seeds.child_sitemaps(sitemap, url, course.scope)[:1]
        if sitemap_seeds.is_index(sitemap) and children:
            return sitemap_seeds.seeds(await visitor.fetch_text(children[0]), children[0], course.scope)
        return sitemap_seeds.seeds(sitemap, url, course.scope)
    return []
