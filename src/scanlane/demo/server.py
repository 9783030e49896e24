"""The sample websites' server on loopback, counting who asks for what: Harbour Bakery alone, or its whole town."""

import mimetypes
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable

from aiohttp import web

from scanlane.demo.town import SITES, TownSite, file_at

ADDRESS = "127.0.0.1"
CANARY = "/staff-only/"
BAKERY = "harbour-bakery.localhost"
# The files name the place where they are served by this word.
BASE = b"{base}"

_TEXT = frozenset({"text/html", "text/plain", "application/xml", "text/xml"})

Pages = Mapping[str, tuple[str, bytes]]
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class DemoSite:
    """The running sample website. `requests` counts by path; robots.txt forbids what `canary_hits` counts."""

    url: str
    requests: Counter[str] = field(default_factory=Counter)

    @property
    def canary_hits(self) -> int:
        """How often somebody fetched a page that robots.txt forbids."""
        return sum(times for path, times in self.requests.items() if path.startswith(CANARY))


@dataclass(slots=True)
class DemoTown:
    """The running websites of the sample town, at one port. `requests` counts by host and path."""

    port: int
    requests: Counter[str] = field(default_factory=Counter)


@asynccontextmanager
async def serve_demo(port: int = 0) -> AsyncIterator[DemoSite]:
    """Serve the sample website on loopback while the block runs."""
    site, pages = DemoSite(url=""), _pages()

    async def answer(request: web.Request) -> web.StreamResponse:
        site.requests[request.path] += 1
        return _bakery_answer(pages, request.path, site.url.rstrip("/").encode())

    async with _serving(answer, port) as bound:
        site.url = f"http://{ADDRESS}:{bound}/"
        yield site


@asynccontextmanager
async def serve_town(port: int = 0) -> AsyncIterator[DemoTown]:
    """Serve all websites of the sample town on loopback, each by its own name under `.localhost`."""
    town, bakery = DemoTown(port=port), _pages()

    async def answer(request: web.Request) -> web.StreamResponse:
        host = request.host.rpartition(":")[0]
        town.requests[host + request.path] += 1
        base = f"http://{host}:{town.port}".encode()
        if host == BAKERY:
            return _bakery_answer(bakery, request.path, base)
        site = SITES.get(host)
        return _missing(421) if site is None else _town_answer(site, request.path, base)

    async with _serving(answer, port) as bound:
        town.port = bound
        yield town


@asynccontextmanager
async def _serving(answer: Answer, port: int) -> AsyncIterator[int]:
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, ADDRESS, port).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _bakery_answer(pages: Pages, path: str, base: bytes) -> web.Response:
    found = pages.get(path)
    if found is None:
        return _missing(404)
    content_type, body = found
    return _file(content_type, body.replace(BASE, base))


def _town_answer(site: TownSite, path: str, base: bytes) -> web.Response:
    if site.is_gone:
        return _missing(410)
    body = file_at(site, path, base)
    if body is not None:
        return _file(mimetypes.guess_type(path)[0] or "application/octet-stream", body)
    page = None if path == "/robots.txt" else site.page(path)
    return _missing(404) if page is None else _file("text/html", page)


def _file(content_type: str, body: bytes) -> web.Response:
    return web.Response(body=body, content_type=content_type, charset="utf-8" if content_type in _TEXT else None)


def _missing(status: int) -> web.Response:
    return web.Response(status=status, text="There is no such page.")


def _pages() -> Pages:
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
