"""The sample website's server: Harbour Bakery on a free loopback port, counting who asks for what."""

import mimetypes
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable

from aiohttp import web

ADDRESS = "127.0.0.1"
CANARY = "/staff-only/"
# The files name the place where they are served by this word.
BASE = b"{base}"

_TEXT = frozenset({"text/html", "text/plain", "application/xml", "text/xml"})


@dataclass(slots=True)
class DemoSite:
    """The running sample website. `requests` counts by path; robots.txt forbids what `canary_hits` counts."""

    url: str
    requests: Counter[str] = field(default_factory=Counter)

    @property
    def canary_hits(self) -> int:
        """How often somebody fetched a page that robots.txt forbids."""
        return sum(times for path, times in self.requests.items() if path.startswith(CANARY))


@asynccontextmanager
async def serve_demo(port: int = 0) -> AsyncIterator[DemoSite]:
    """Serve the sample website on loopback while the block runs."""
    site = DemoSite(url="")
    app = web.Application()
    app.router.add_get("/{path:.*}", _answering(site, _pages()))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, ADDRESS, port).start()
        site.url = f"http://{ADDRESS}:{runner.addresses[0][1]}/"
        yield site
    finally:
        await runner.cleanup()


def _answering(
    site: DemoSite, pages: dict[str, tuple[str, bytes]]
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        site.requests[request.path] += 1
        found = pages.get(request.path)
        if found is None:
            return web.Response(status=404, text="There is no such page.")
        content_type, body = found
        base = site.url.rstrip("/").encode()
        charset = "utf-8" if content_type in _TEXT else None
        return web.Response(body=body.replace(BASE, base), content_type=content_type, charset=charset)

    return answer


def _pages() -> dict[str, tuple[str, bytes]]:
    """Every file by the path at which it is served: `index.html` as its folder, other pages without `.html`."""
    found: dict[str, tuple[str, bytes]] = {}
    _collect(files("scanlane.demo") / "harbour_bakery", "/", found)
    return found


def _collect(folder: Traversable, path: str, found: dict[str, tuple[str, bytes]]) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            _collect(entry, f"{path}{entry.name}/", found)
            continue
        name = entry.name.removesuffix(".html")
        content_type = mimetypes.guess_type(entry.name)[0] or "application/octet-stream"
        found[path if name == "index" else path + name] = (content_type, entry.read_bytes())
