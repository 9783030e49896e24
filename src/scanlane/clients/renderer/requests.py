"""What a rendered page asks for, one by one: answered by us, or not at all. Nothing is passed on to the network."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from scanlane.clients.website import Fetched
from scanlane.clients.website_errors import FetchFailed

if TYPE_CHECKING:
    from playwright.async_api import Page, Request, Route

# Fetches one address for a page, guarded and politely; raises FetchFailed for what the page shall not have.
Answer = Callable[[str, str], Awaitable[Fetched]]

KINDS = frozenset(("script", "xhr", "fetch"))
_HEADERS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}


@dataclass(slots=True)
class Allowance:
    """What one page may still ask for."""

    requests: int = 40
    body_bytes: int = 8_000_000


class Traffic:
    """The requests of one page."""

    def __init__(self, page: "Page", fetched: Fetched, answer: Answer, allowance: Allowance) -> None:
        self._page = page
        self._fetched = fetched
        self._answer = answer
        self._allowance = allowance
        self._is_served = False
        self._under_way = 0
        self._idle = asyncio.Event()
        self._busy = asyncio.Event()
        self._idle.set()

    async def quiet(self, seconds: float) -> None:
        """Wait until the page has asked for nothing during so many seconds."""
        while True:
            await self._idle.wait()
            try:
                async with asyncio.timeout(seconds):
                    await self._busy.wait()
            except TimeoutError:
                return

    async def decide(self, route: "Route") -> None:
        """Answer one request of the browser, whatever it is for."""
        from playwright.async_api import Error

        self._under_way += 1
        self._idle.clear()
        self._busy.set()
        try:
            await self._respond(route)
        except Error:
            # The page is gone, and its request with it.
            pass
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._busy.clear()
                self._idle.set()

    async def _respond(self, route: "Route") -> None:
        request = route.request
        if request.is_navigation_request():
            await self._navigate(route, request)
            return
        try:
            fetched = await self._asked(request)
        except FetchFailed:
            fetched = None
        if fetched is None:
            await route.abort("blockedbyclient")
            return
        self._allowance.body_bytes -= len(fetched.body)
        await _fulfill(route, fetched)

    async def _navigate(self, route: "Route", request: "Request") -> None:
        """The page itself comes from us, once. All other documents are for the crawl to visit."""
        is_own = self._is_of_the_page(request)
        if is_own and not self._is_served and urldefrag(request.url)[0] == urldefrag(self._fetched.url)[0]:
            self._is_served = True
            await _fulfill(route, self._fetched)
        elif is_own:
            # No content: the page that is there stays.
            await route.fulfill(status=204)
        else:
            await route.abort("blockedbyclient")

    def _is_of_the_page(self, request: "Request") -> bool:
        from playwright.async_api import Error

        try:
            return request.frame == self._page.main_frame
        except Error:
            # A window that is only about to open has no frame yet.
            return False

    async def _asked(self, request: "Request") -> Fetched | None:
        if request.method != "GET" or request.resource_type not in KINDS:
            return None
        if self._allowance.requests <= 0 or self._allowance.body_bytes <= 0:
            return None
        self._allowance.requests -= 1
        return await self._answer(urldefrag(request.url)[0], request.resource_type)


async def _fulfill(route: "Route", fetched: Fetched) -> None:
    content_type = fetched.content_type or "text/html"
    await route.fulfill(status=200, headers={**_HEADERS, "Content-Type": content_type}, body=fetched.body)
