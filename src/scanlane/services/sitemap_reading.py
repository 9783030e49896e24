"""Sitemaps read as they come, without a database: those of a site, one by its URL, or a file on the disk."""

import asyncio
import re
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from scanlane.clients.streaming import Streamed
from scanlane.clients.website_errors import FetchFailed
from scanlane.domain.sitemap_listing import CROSS_HOST, UNUSABLE_LOC, Bounds
from scanlane.domain.sitemaps import Entry, NotASitemap, SitemapKind
from scanlane.domain.sites import parse_site
from scanlane.domain.urls import normalise, path_of
from scanlane.services.site_access import Access, SiteAccess
from scanlane.services.sitemap_files import A_SLICE, FileReading, refuse_unfit
from scanlane.services.sitemap_import import MAY_LEAVE, TOO_DEEP, TOO_MANY_FILES, ImportLimits
from scanlane.services.sitemap_search import FoundSitemap, find_sitemaps

# What a file on the disk is resolved against; its own place on the web is not known.
NOWHERE = "http://localhost/"

_SITEMAP = re.compile(r"sitemap|\.(?:xml|gz|txt|rss|atom)(?:\?|$)|/(?:feed|rss|atom)/?(?:\?|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlFound:
    """One page that a sitemap lists, as the site spells it. `source`: the sitemap's URL or path."""

    loc: str
    source: str
    lastmod: str | None = None
    modified_at: datetime | None = None
    changefreq: str | None = None
    priority: float | None = None
    extras: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """One sitemap that the reading is done with. `error`: why it gave nothing, or not all.

    found_by: robots, html, common, index, or given. status: HTTP's, None for a file on the disk or without an answer.
    """

    url: str
    found_by: str
    depth: int = 0
    kind: SitemapKind | None = None
    status: int | None = None
    url_count: int = 0
    bytes_raw: int = 0
    bytes_decoded: int = 0
    warnings: tuple[str, ...] = ()
    error: str | None = None


Event = UrlFound | FileRead


@dataclass(frozen=True, slots=True)
class _Waiting:
    url: str
    found_by: str
    depth: int


async def read_sitemaps(
    target: str, *, access: Access, limits: ImportLimits | None = None
) -> AsyncGenerator[Event, None]:
    """Read the sitemaps of a site, of one URL, or of a file, and all that they list; answer pages as they come.

    A URL is taken for a sitemap if its path is called like one, else for a site. Raises UnusableWebsite, and
    SiteUnreachable or FetchFailed when the site cannot be searched.
    """
    async with access(True) as opened:
        tour = _Tour(opened, limits or ImportLimits())
        events = tour.from_file(Path(target)) if await asyncio.to_thread(_is_file, target) else tour.from_web(target)
        async with aclosing(events):
            async for event in events:
                yield event


class _Tour:
    """Goes from file to file; no URL is fetched twice."""

    def __init__(self, access: SiteAccess, limits: ImportLimits) -> None:
        self._access = access
        self._limits = limits
        self._known: set[str] = set()
        self._read: set[str] = set()
        self._waiting: deque[_Waiting] = deque()
        self._bounds: Bounds | None = None

    async def from_web(self, target: str) -> AsyncGenerator[Event, None]:
        """Read the sitemap that stands there, or the sitemaps of that site, and what they list."""
        site = parse_site(target)
        self._bounds = Bounds([site.start_url])
        if _SITEMAP.search(path_of(site.start_url)):
            self._queue(FoundSitemap(site.start_url, "given"))
        else:
            for found in await find_sitemaps([site.start_url], self._access, most=self._limits.most_files):
                self._queue(found)
        async for event in self._all_waiting():
            yield event

    async def from_file(self, path: Path) -> AsyncGenerator[Event, None]:
        """Read a file on the disk, and what it lists."""
        here, reading = _Waiting(str(path), "given", 0), FileReading(NOWHERE, self._limits.file)
        outcome = _Outcome()
        async for page in self._entries(reading, _pieces(path), here, outcome):
            yield page
        size = (await asyncio.to_thread(path.stat)).st_size
        told = self._told(here, reading, outcome, bytes_raw=size)
        yield replace(told, warnings=tuple(code for code in told.warnings if code != CROSS_HOST))
        async for event in self._all_waiting():
            yield event

    async def _all_waiting(self) -> AsyncGenerator[Event, None]:
        while self._waiting:
            async for event in self._fetched(self._waiting.popleft()):
                yield event

    async def _fetched(self, here: _Waiting) -> AsyncGenerator[Event, None]:
        outcome = _Outcome()
        reading = FileReading(here.url, self._limits.file)
        raw = 0
        try:
            async with self._access.stream(here.url) as streamed:
                outcome.status = streamed.status
                self._refuse(here, streamed)
                reading = FileReading(streamed.url, self._limits.file)
                async for page in self._entries(reading, streamed.pieces(), here, outcome):
                    yield page
                raw = streamed.bytes_raw
        except FetchFailed as error:
            outcome.error = error.message
        yield self._told(here, reading, outcome, bytes_raw=raw)

    def _refuse(self, here: _Waiting, streamed: Streamed) -> None:
        """Raise FetchFailed for an answer that is not the file, or a file that was read already."""
        refuse_unfit(streamed)
        if here.found_by not in MAY_LEAVE and self._bounds and not self._bounds.hold(streamed.url):
            raise FetchFailed("the file redirects to another site")
        if streamed.url in self._read:
            raise FetchFailed(f"the file is the same as {streamed.url}")
        self._read.add(streamed.url)

    async def _entries(
        self, reading: FileReading, pieces: AsyncIterator[bytes], here: _Waiting, outcome: "_Outcome"
    ) -> AsyncGenerator[UrlFound, None]:
        """The pages that a file lists; what it lists of sitemaps is put in line."""
        try:
            async for entries in reading.entries(pieces):
                for page in self._sorted(entries, here, outcome):
                    yield page
        except NotASitemap as error:
            outcome.error = f"the file is no sitemap: {error.reason}"

    def _sorted(self, entries: Iterable[Entry], here: _Waiting, outcome: "_Outcome") -> Iterator[UrlFound]:
        for entry in entries:
            if entry.is_sitemap:
                outcome.note(self._go_deeper(entry.loc, here))
            else:
                yield _found(entry, here.url)

    def _go_deeper(self, loc: str, here: _Waiting) -> str | None:
        """Put a listed sitemap in line; answer the warning why it is not."""
        url = normalise(loc)
        if url is None:
            return UNUSABLE_LOC
        if here.depth >= self._limits.most_depth:
            return TOO_DEEP
        return self._queue(FoundSitemap(url, "index"), depth=here.depth + 1)

    def _queue(self, found: FoundSitemap, *, depth: int = 0) -> str | None:
        if found.url in self._known:
            return None
        if len(self._known) >= self._limits.most_files:
            return TOO_MANY_FILES
        self._known.add(found.url)
        self._waiting.append(_Waiting(found.url, found.found_by, depth))
        return None

    def _told(self, here: _Waiting, reading: FileReading, outcome: "_Outcome", *, bytes_raw: int) -> FileRead:
        facts = reading.facts(bytes_raw)
        return FileRead(
            url=here.url,
            found_by=here.found_by,
            depth=here.depth,
            kind=facts.kind,
            status=outcome.status,
            url_count=facts.url_count,
            bytes_raw=bytes_raw,
            bytes_decoded=facts.bytes_decoded,
            warnings=tuple(dict.fromkeys((*facts.warnings, *outcome.warnings))),
            error=outcome.error,
        )


@dataclass(slots=True)
class _Outcome:
    """What becomes of one file while it is read."""

    status: int | None = None
    error: str | None = None
    warnings: list[str] = field(default_factory=list)

    def note(self, warning: str | None) -> None:
        """Note a warning, if it is one."""
        if warning is not None and warning not in self.warnings:
            self.warnings.append(warning)


def _found(entry: Entry, source: str) -> UrlFound:
    return UrlFound(
        loc=entry.loc,
        source=source,
        lastmod=entry.lastmod,
        modified_at=entry.modified_at,
        changefreq=entry.changefreq,
        priority=entry.priority,
        extras=entry.extras,
    )


def _is_file(target: str) -> bool:
    try:
        return Path(target).is_file()
    except (OSError, ValueError):
        return False


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, A_SLICE):
            yield piece
