"""All tables of the application; importing this package makes them known."""

from scanlane.models.base import Base
from scanlane.models.contact import Contact, SightingRow
from scanlane.models.domain import Domain
from scanlane.models.job import ClaimBatch, IdempotencyKey, Job, PeriodicSlot, StatusClaim, WorkerRow
from scanlane.models.page import PageState, ScanPage
from scanlane.models.place import LocalBusiness, Place, PlaceSearch
from scanlane.models.queue_pause import QueuePause
from scanlane.models.sitemap import Page, SitemapFile
from scanlane.models.web_session import SignInCode, WebSession

__all__ = [
    "Base",
    "ClaimBatch",
    "Contact",
    "Domain",
    "IdempotencyKey",
    "Job",
    "LocalBusiness",
    "Page",
    "PageState",
    "PeriodicSlot",
    "Place",
    "PlaceSearch",
    "QueuePause",
    "ScanPage",
    "SightingRow",
    "SignInCode",
    "SitemapFile",
    "StatusClaim",
    "WebSession",
    "WorkerRow",
]
