"""All tables of the application; importing this package makes them known."""

from scanlane.models.base import Base
from scanlane.models.contact import Contact, ContactSource, SightingRow
from scanlane.models.domain import Domain
from scanlane.models.host_pause import HostPause
from scanlane.models.job import ClaimBatch, IdempotencyKey, Job, PeriodicSlot, StatusClaim, WorkerRow
from scanlane.models.mail_domain import MailDomainRow
from scanlane.models.page import PageState, ScanPage
from scanlane.models.place import LocalBusiness, Place, PlaceSearch
from scanlane.models.queue_pause import QueuePause
from scanlane.models.sitemap import Page, SitemapFile
from scanlane.models.suppression import EVERY_TENANT, InstallationSecret, OptOut, Suppression
from scanlane.models.web_session import SignInCode, WebSession

__all__ = [
    "EVERY_TENANT",
    "Base",
    "ClaimBatch",
    "Contact",
    "ContactSource",
    "Domain",
    "HostPause",
    "IdempotencyKey",
    "InstallationSecret",
    "Job",
    "LocalBusiness",
    "MailDomainRow",
    "OptOut",
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
    "Suppression",
    "WebSession",
    "WorkerRow",
]
