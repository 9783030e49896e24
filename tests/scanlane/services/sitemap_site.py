"""A real website on this machine that has sitemaps, and counts who asks for what."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from aiohttp import web
from sqlalchemy import insert, select, update

from scanlane.models import Domain, Page, SitemapFile
from scanlane.settings import read_settings
from scanlane.wiring import Wiring, connected
from tests.conftest import Database
from tests.scanlane.services.paper_website import Gate

TENANT = "harbour"


@dataclass(frozen=True)
class Reply:
    """What the site answers for one path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class SitemapSite:
    """Replies by path, everything else is a 404. A gate holds back the second half of a reply."""

    replies: dict[str, Reply] = field(default_factory=dict)
    gates: dict[str, Gate] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    url: str = ""

    def __setitem__(self, path: str, body: bytes | str | Reply) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.replies[path] = content if isinstance(content, Reply) else Reply(content)

    @property
    def counts(self) -> Counter[str]:
        """How often each path was asked for."""
        return Counter(path for path, _ in self.asked)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        self.asked.append((request.path_qs, dict(request.headers)))
        reply = self.replies.get(request.path_qs, Reply(status=404))
        etag = reply.headers.get("ETag")
        if etag and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=reply.headers)
        response = web.StreamResponse(status=reply.status, headers=reply.headers)
        await response.prepare(request)
        half = len(reply.body) // 2 if request.path_qs in self.gates else 0
        if half:
            await response.write(reply.body[:half])
            await self.gates[request.path_qs].pass_through()
        await response.write(reply.body[half:])
        return response

    def urlset(self, *paths: str) -> str:
        """A sitemap of these pages; whole URLs stay as they are."""
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{self._locs("url", paths)}</urlset>'

    def index(self, *paths: str) -> str:
        """An index of these sitemaps."""
        return f"<sitemapindex>{self._locs('sitemap', paths)}</sitemapindex>"

    def _locs(self, element: str, paths: Sequence[str]) -> str:
        urls = [path if "://" in path else self.url + path.lstrip("/") for path in paths]
        return "".join(f"<{element}><loc>{url}</loc></{element}>" for url in urls)


@asynccontextmanager
async def serving() -> AsyncIterator[SitemapSite]:
    """A site on a free port while the block runs."""
    site = SitemapSite()
    app = web.Application()
    app.router.add_get("/{path:.*}", site.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    port = runner.addresses[0][1]
    site.url = f"http://127.0.0.1:{port}/"
    try:
        yield site
    finally:
        for gate in site.gates.values():
            gate.opened.set()
        await runner.cleanup()


@asynccontextmanager
async def wired_for(database: Database, tmp_path: Path, **settings: object) -> AsyncIterator[Wiring]:
    """The application's things over the test's own database; loopback may be visited."""
    given = {"data_dir": tmp_path, "database_url": database.url, "allow_networks": "127.0.0.0/8", **settings}
    async with connected(read_settings(**given), database.url, migrate=False) as wiring:
        yield wiring


async def add_domain(wiring: Wiring, start_url: str, **values: object) -> UUID:
    """A domain of the tenant."""
    name = start_url.partition("://")[2].strip("/")
    adding = insert(Domain).values(**{"tenant": TENANT, "name": name, "start_url": start_url, **values})
    async with wiring.sessions.begin() as session:
        return (await session.execute(adding.returning(Domain.id))).scalar_one()


async def add_file(wiring: Wiring, domain_id: UUID, url: str, **values: object) -> UUID:
    """A sitemap that waits for its import."""
    given = {"tenant": TENANT, "domain_id": domain_id, "url": url, "found_by": "robots", "import_status": "Queued"}
    async with wiring.sessions.begin() as session:
        adding = insert(SitemapFile).values(**{**given, **values}).returning(SitemapFile.id)
        return (await session.execute(adding)).scalar_one()


async def requeue(wiring: Wiring, file_id: UUID) -> None:
    """Let it be imported again."""
    async with wiring.sessions.begin() as session:
        await session.execute(update(SitemapFile).where(SitemapFile.id == file_id).values(import_status="Queued"))


async def domain_of(wiring: Wiring, domain_id: UUID) -> Domain:
    """The domain's row."""
    async with wiring.sessions() as session:
        return await session.get_one(Domain, domain_id)


async def files_of(wiring: Wiring, domain_id: UUID) -> list[SitemapFile]:
    """Its sitemap files, in the order in which they became known."""
    query = select(SitemapFile).where(SitemapFile.domain_id == domain_id)
    async with wiring.sessions() as session:
        return list(await session.scalars(query.order_by(SitemapFile.depth, SitemapFile.created_at, SitemapFile.url)))


async def file_of(wiring: Wiring, file_id: UUID) -> SitemapFile:
    """One file's row."""
    async with wiring.sessions() as session:
        return await session.get_one(SitemapFile, file_id)


async def pages_of(wiring: Wiring, domain_id: UUID) -> list[Page]:
    """Its pages, by URL."""
    async with wiring.sessions() as session:
        return list(await session.scalars(select(Page).where(Page.domain_id == domain_id).order_by(Page.url)))
