"""The visit to the home page of a domain: found, allowed by robots.txt, fetched, and read if it is one."""

import asyncio
from dataclasses import dataclass

from scanlane.clients.website import Fetched
from scanlane.clients.website_errors import FetchFailed, TooManyRedirects
from scanlane.domain.authority import owned_domain
from scanlane.domain.home_page import HomePage, read_home
from scanlane.domain.shared_hosts import shared
from scanlane.domain.sites import Site
from scanlane.domain.urls import host_of, origin
from scanlane.services.site_access import SiteAccess
from scanlane.services.site_home import find_home, unreachable

MOST_REDIRECTS = 5

_GONE = (404, 410)
_HTML = ("text/html", "application/xhtml+xml")
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<title")


@dataclass(frozen=True, slots=True)
class VisitedHome:
    """What came of a visit. `page` when there was one to read, `complaint` when it is no website to work on."""

    final_url: str
    http_status: int
    page: HomePage | None = None
    complaint: str | None = None

    @property
    def may_recover(self) -> bool:
        """Whether the server said that the failure is its own."""
        return self.http_status >= 500


async def visit_home(site: Site, access: SiteAccess) -> VisitedHome:
    """Go to a site's home and read it. Raises SiteUnreachable; its cause is the failure of the page."""
    start = await find_home(site, access.politeness)
    try:
        answer = await _followed(start, access)
        if answer.status in _GONE and start != origin(start) + "/":
            answer = await _followed(origin(start) + "/", access)
    except FetchFailed as error:
        raise unreachable(error) from error
    complaint = _complaint(site, answer)
    if complaint is not None:
        return VisitedHome(answer.url, answer.status, complaint=complaint)
    # Parsing takes milliseconds; in a thread, heartbeats and other work keep their turn.
    page = await asyncio.to_thread(_read, answer)
    parked = "The domain is parked: nobody has a website there." if page.parked else None
    return VisitedHome(answer.url, answer.status, page, parked)


async def _followed(url: str, access: SiteAccess) -> Fetched:
    """The answer at the end of the redirects; robots.txt is asked about every step."""
    start = url
    for _ in range(MOST_REDIRECTS + 1):
        answer = await access.fetch(url)
        if answer.location is None:
            return answer
        url = answer.location
    raise TooManyRedirects(f"{start} redirects more than {MOST_REDIRECTS} times or in a circle.")


def _read(answer: Fetched) -> HomePage:
    return read_home(answer.body, answer.url, answer.content_type, headers=answer.headers, cookies=answer.cookies)


def _complaint(site: Site, answer: Fetched) -> str | None:
    if not 200 <= answer.status < 300:
        return f"The server answered with status {answer.status}."
    host = host_of(answer.url)
    kind = shared(host) if owned_domain(host) != site.registrable else None
    if kind is not None:
        return f"{site.name} only leads to {host}: {kind}."
    if not answer.body.strip():
        return "The home page is empty."
    media = (answer.content_type or "").partition(";")[0].strip().lower()
    if media in _HTML or any(sign in answer.body[:4000].lower() for sign in _MARKUP):
        return None
    return f"The home page is no HTML page but {media or 'something else'}."
