"""One browser for the process: started when a page needs it, anew when it died, ended with its last user."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scanlane.clients.renderer.errors import RenderFailed
from scanlane.clients.renderer.launch import find_chromium, launched
from scanlane.clients.renderer.requests import Allowance, Answer, Traffic
from scanlane.clients.website import Fetched

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page, WebSocketRoute


# Calls are the one thing of a page that could send datagrams.
_NO_CALLS = "for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport']) delete window[name]"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderLimits:
    """What one page may cost. `quiet_seconds`: a page that asks for nothing during so long is complete."""

    seconds: float = 15
    quiet_seconds: float = 0.6
    reading_seconds: float = 3
    closing_seconds: float = 5
    requests: int = 40
    body_bytes: int = 8_000_000
    longest_markup: int = 2_000_000


class Renderer:
    """Renders pages, one after the other. Use `held` around the work that may need it."""

    def __init__(self, chromium: Path | None = None, *, user_agent: str, limits: RenderLimits | None = None) -> None:
        self._chromium = chromium
        self._user_agent = user_agent
        self._limits = limits or RenderLimits()
        self._one_at_a_time = asyncio.Lock()
        self._users = 0
        self._browser: Browser | None = None
        self._open = AsyncExitStack()

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Keep the browser, if one is started, while the block runs; the last holder ends it."""
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                await asyncio.shield(self._end())

    async def render(self, fetched: Fetched, answer: Answer) -> str:
        """The markup of a fetched page after its scripts ran. Raises RenderFailed and RendererMissing.

        The page's own requests are answered by `answer`; nothing else reaches a network.
        """
        from playwright.async_api import Error

        async with self._one_at_a_time:
            try:
                async with self._context() as context:
                    return await self._shown(context, fetched, answer)
            except TimeoutError:
                seconds = self._limits.seconds
                raise RenderFailed(f"The page is not done with its scripts after {seconds:g} seconds.") from None
            except Error as error:
                raise RenderFailed(f"The browser gave up: {error.message.splitlines()[0][:200]}") from error

    async def _shown(self, context: "BrowserContext", fetched: Fetched, answer: Answer) -> str:
        limits = self._limits
        page = await context.new_page()
        traffic = Traffic(page, fetched, answer, Allowance(limits.requests, limits.body_bytes))
        await context.route("**/*", traffic.decide)
        # Time that runs out is no failure yet: the page may show what it has.
        with suppress(TimeoutError):
            async with asyncio.timeout(limits.seconds):
                await page.goto(fetched.url, wait_until="commit", timeout=0)
                await _complete(page, traffic, limits.quiet_seconds)
        async with asyncio.timeout(limits.reading_seconds):
            return await _markup(context, page, limits.longest_markup)

    @asynccontextmanager
    async def _context(self) -> AsyncIterator["BrowserContext"]:
        from playwright.async_api import Error

        try:
            context = await self._opened()
        except Error:
            # The browser died since the last page, and nobody has noticed yet.
            await self._end()
            context = await self._opened()
        try:
            await context.route_web_socket("**/*", _hang_up)
            await context.add_init_script(_NO_CALLS)
            yield context
        finally:
            await asyncio.shield(self._closed(context))

    async def _opened(self) -> "BrowserContext":
        browser = await self._started()
        return await browser.new_context(accept_downloads=False, service_workers="block", user_agent=self._user_agent)

    async def _closed(self, context: "BrowserContext") -> None:
        try:
            async with asyncio.timeout(self._limits.closing_seconds):
                await context.close()
        except Exception:
            # A browser that cannot even close a page is of no more use.
            await self._end()

    async def _started(self) -> "Browser":
        if self._browser is not None and not self._browser.is_connected():
            await self._end()
        if self._browser is None:
            self._browser = await self._open.enter_async_context(launched(find_chromium(self._chromium)))
        return self._browser

    async def _end(self) -> None:
        self._browser = None
        # It may be dead already; what matters is that nothing of it is left.
        with suppress(Exception):
            await self._open.aclose()


async def _complete(page: "Page", traffic: Traffic, quiet_seconds: float) -> None:
    """Wait until the page has loaded, and its scripts have asked for nothing more for a while."""
    while True:
        await traffic.quiet(quiet_seconds)
        if await page.evaluate("document.readyState") == "complete":
            return


async def _markup(context: "BrowserContext", page: "Page", longest: int) -> str:
    """The markup, cut short inside the browser, in a world whose functions the page cannot have replaced."""
    session = await context.new_cdp_session(page)
    tree = await session.send("Page.getFrameTree")
    world = await session.send("Page.createIsolatedWorld", {"frameId": tree["frameTree"]["frame"]["id"]})
    said = await session.send(
        "Runtime.evaluate",
        {
            "expression": f"document.documentElement.outerHTML.slice(0, {longest})",
            "contextId": world["executionContextId"],
            "returnByValue": True,
        },
    )
    return str(said["result"].get("value", ""))


async def _hang_up(socket: "WebSocketRoute") -> None:
    await socket.close()
