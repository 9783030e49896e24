"""What a crawl is told, what it reports for each page, and how it fails."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from scanlane.clients.website import Fetched
from scanlane.domain.frontier import QueuedUrl
from scanlane.domain.links import Link
from scanlane.domain.sightings import Findings, Sighting
from scanlane.errors import AppError

# One GET; a redirect is answered with its location, not followed: the crawl asks robots.txt about the target first.
Fetch = Callable[[str], Awaitable[Fetched]]


class PageReading(Protocol):
    """What a reader finds in the bytes of one page."""

    @property
    def title(self) -> str: ...
    @property
    def base(self) -> str: ...
    @property
    def links(self) -> tuple[Link, ...]: ...
    @property
    def findings(self) -> Findings: ...
    @property
    def declared_hosts(self) -> frozenset[str]: ...


Read = Callable[[bytes, str, str | None], PageReading]


class VisitStatus(StrEnum):
    """How a visit ended: read, failed, not fetched for a reason, or fended off by the site."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageVisit:
    """One URL that the crawl is done with. `discovered` are the pages newly queued by this visit.

    `code` and `error` say why it gave no page: a PageCode or `http_404` and the like, and a sentence.
    """

    url: str
    final_url: str
    status: VisitStatus
    http_status: int | None = None
    error: str | None = None
    code: str | None = None
    title: str = ""
    sightings: tuple[Sighting, ...] = ()
    discovered: tuple[QueuedUrl, ...] = ()
    declared_hosts: frozenset[str] = frozenset()
    elapsed: float = 0.0
    content_type: str | None = None
    progress: float = 0.0
    objection: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """How far a crawl goes and how politely. No `delay`: half a second, none in the operator's own networks.

    `thorough`: it goes on to the last page, or to `max_pages`, however long nothing new was found.
    """

    max_pages: int = 500
    thorough: bool = False
    delay: timedelta | None = None
    concurrency: int = 2
    deadline: timedelta | None = None
    agent: str = "scanlane"
    longest_wait: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlState:
    """What was saved before a crawl was interrupted; nothing that was fetched is fetched again.

    `addresses`: those that were found, in lower case.
    """

    fetched: tuple[str, ...] = ()
    addresses: frozenset[str] = frozenset()
    queued: tuple[QueuedUrl, ...] = ()
    declared_hosts: frozenset[str] = frozenset()


class SiteUnreachable(AppError):
    """The website cannot be scanned. `paused`: it was not asked, for it wants to be left alone."""

    status = 502

    def __init__(
        self,
        message: str | None = None,
        *,
        temporary: bool,
        retry_after: timedelta | None = None,
        paused: bool = False,
    ) -> None:
        super().__init__(message)
        self.temporary = temporary
        self.retry_after = retry_after
        self.paused = paused
