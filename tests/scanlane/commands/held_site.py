"""A website that answers so many pages and holds the rest back until it is told to let go."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

PAGES = 30


@dataclass
class HeldSite:
    """Its home links to `/team/0`, `/team/1`, ...; `answered` counts by path what was answered.

    `held` is set when somebody waits for a page.
    """

    url: str = ""
    before: int = 12
    answered: Counter[str] = field(default_factory=Counter)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One GET."""
        path = request.path
        if (
            path.startswith("/team/")
            and sum(self.answered[f"/team/{number}"] for number in range(PAGES)) >= self.before
        ):
            self.held.set()
            await self.let_go.wait()
        self.answered[path] += 1
        if path != "/" and not path.startswith("/team/"):
            return web.Response(status=404)
        links = "".join(f'<a href="/team/{number}">{number}</a>' for number in range(PAGES))
        return web.Response(text=f"<title>{path}</title>{links if path == '/' else path}", content_type="text/html")


@asynccontextmanager
async def serving_held_site() -> AsyncIterator[HeldSite]:
    """Such a website on loopback, while the block runs."""
    site = HeldSite()
    application = web.Application()
    application.router.add_get("/{path:.*}", site.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        site.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        yield site
    finally:
        site.let_go.set()
        await runner.cleanup()
