"""The few pages of a scan that a browser shows: shells that scripts write, and addresses that wait for a script."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, cast

from scanlane.clients.renderer.browser import Renderer
from scanlane.clients.renderer.requests import Answer
from scanlane.clients.website import Fetched
from scanlane.domain import pages
from scanlane.domain.links import Scope, is_page
from scanlane.domain.page_codes import PageCode
from scanlane.domain.sightings import Method, Sighting
from scanlane.domain.undecoded import Signs
from scanlane.domain.urls import host_of, path_of
from scanlane.services.crawl_values import PageReading, PageVisit, VisitStatus
from scanlane.services.site_files import OutsideSite, SiteFiles

MOST_PAGES = 3
MOST_LIBRARIES = 4

# Where websites take common libraries from. All else outside the site stays unasked: advertisers, counters, maps.
LIBRARY_HOSTS = frozenset(
    (
        "ajax.aspnetcdn.com",
        "ajax.googleapis.com",
        "cdn.jsdelivr.net",
        "cdnjs.cloudflare.com",
        "code.jquery.com",
        "unpkg.com",
    )
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page after its scripts ran: what both readings say together, its markup, and what else was fetched for it."""

    reading: PageReading
    markup: bytes
    visits: tuple[PageVisit, ...] = ()


class PageRendering:
    """Renders at most `most_pages` pages of one scan."""

    def __init__(self, renderer: Renderer, files: SiteFiles, *, most_pages: int = MOST_PAGES) -> None:
        self._renderer = renderer
        self._files = files
        self._left = most_pages
        self._libraries_left = MOST_LIBRARIES
        # Two pages at once would ask for the same script twice.
        self._one_at_a_time = asyncio.Lock()

    async def of(self, fetched: Fetched, reading: PageReading, found: Signs) -> Rendered | None:
        """The page, rendered; None when the budget is spent. Raises FetchFailed and its kin."""
        if not (self._left and (found.is_shell or found.waiting)):
            return None
        self._left -= 1
        parts: list[str] = []
        async with self._one_at_a_time:
            markup = (await self._renderer.render(fetched, self._answer(fetched, parts))).encode("utf-8", "replace")
        then = await asyncio.to_thread(pages.read, markup, fetched.url, "text/html; charset=utf-8")
        visits = tuple(_part(url, fetched.url) for url in parts if is_page(path_of(url)))
        return Rendered(_together(reading, then, disguised=not found.is_shell), markup, visits)

    def _answer(self, fetched: Fetched, parts: list[str]) -> Answer:
        scope = Scope(fetched.url)

        async def answer(url: str, kind: str) -> Fetched:
            inside = scope.holds(url)
            if not inside and not self._is_library(url, kind):
                raise OutsideSite
            is_new = not self._files.is_known(url)
            if is_new and inside:
                parts.append(url)
            return await self._files.fetch_once(url, scope, anywhere=not inside)

        return answer

    def _is_library(self, url: str, kind: str) -> bool:
        if kind != "script" or host_of(url) not in LIBRARY_HOSTS:
            return False
        if not self._files.is_known(url):
            self._libraries_left -= 1
        return self._libraries_left >= 0


def _together(before: PageReading, then: PageReading, *, disguised: bool) -> PageReading:
    """What the page said as it was sent, and after that what only its scripts added."""
    findings, more = before.findings, then.findings
    added = replace(
        findings,
        emails=findings.emails + _new(more.emails, findings.emails, disguised=disguised),
        phones=findings.phones + _new(more.phones, findings.phones),
        socials=findings.socials + _new(more.socials, findings.socials),
    )
    title = before.title or then.title
    together = replace(cast(Any, before), findings=added, links=(*before.links, *then.links), title=title)
    return cast(PageReading, together)


def _new(found: Iterable[Sighting], known: Iterable[Sighting], *, disguised: bool = False) -> tuple[Sighting, ...]:
    values = {sighting.value.casefold() for sighting in known}
    return tuple(
        replace(one, method=Method.RENDERED, obfuscated=disguised or one.obfuscated)
        for one in found
        if one.value.casefold() not in values
    )


def _part(url: str, page: str) -> PageVisit:
    reason = f"It is a part of {page}."
    return PageVisit(url=url, final_url=url, status=VisitStatus.SKIPPED, code=PageCode.PART, error=reason)
