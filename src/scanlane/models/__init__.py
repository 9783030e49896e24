"""All tables of the application; importing this package makes them known."""

from scanlane.models.base import Base
from scanlane.models.contact import Contact, SightingRow
from scanlane.models.domain import Domain
from scanlane.models.host_pause import HostPause
from scanlane.models.job import ClaimBatch, IdempotencyKey, Job, PeriodicSlot, StatusClaim, WorkerRow
from scanlane.models.page import PageState, ScanPage
from scanlane.models.place import LocalBusiness, Place, PlaceSearch
from scanlane.models.queue_pause import QueuePause
from scanlane.models.sitemap import Page, SitemapFile

__all__ = [
    "Base",
    "ClaimBatch",
    "Contact",
    "Domain",
    "HostPause",
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
    "SitemapFile",
    "StatusClaim",
    "WorkerRow",
]
