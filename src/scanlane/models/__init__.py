"""All tables of the application; importing this package makes them known."""

from scanlane.models.base import Base
from scanlane.models.contact import Contact, SightingRow
from scanlane.models.domain import Domain
from scanlane.models.job import ClaimBatch, IdempotencyKey, Job, PeriodicSlot, StatusClaim, WorkerRow
from scanlane.models.page import PageState, ScanPage
from scanlane.models.place import LocalBusiness, Place

__all__ = [
    "Base",
    "ClaimBatch",
    "Contact",
    "Domain",
    "IdempotencyKey",
    "Job",
    "LocalBusiness",
    "PageState",
    "PeriodicSlot",
    "Place",
    "ScanPage",
    "SightingRow",
    "StatusClaim",
    "WorkerRow",
]
