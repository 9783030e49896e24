"""The stages of the pipeline: what waits in which status column, and the work that is done about it."""

from collections.abc import Callable
from dataclasses import dataclass

from scanlane.clients.address_guard import parse_networks
from scanlane.services.contact_scan import CONTACT_SCANS, ContactScan
from scanlane.services.domain_extraction import DOMAIN_EXTRACTIONS, DomainExtraction
from scanlane.services.domain_processing import DOMAINS, DomainProcessing
from scanlane.services.fetching import fetching, product_token
from scanlane.services.places.places_deep_service import DEEP_SCANS, DeepScan
from scanlane.wiring import Wiring
from worklane.executor import AnyWork
from worklane.postgres.status_column import StatusColumn


@dataclass(frozen=True, slots=True)
class Stage:
    """One status queue, and how its work is made. Its settings are called after the queue."""

    column: StatusColumn
    work: Callable[[Wiring], AnyWork]

    @property
    def name(self) -> str:
        """The queue's name."""
        return self.column.queue


def _domain_extraction(wiring: Wiring) -> DomainExtraction:
    settings = wiring.settings
    return DomainExtraction(networks=parse_networks(settings.allow_networks), wants_scan=settings.scan_domains)


def _domain_processing(wiring: Wiring) -> DomainProcessing:
    settings = wiring.settings
    return DomainProcessing(lambda: fetching(settings), agent=product_token(settings.user_agent))


# In the order in which a business becomes contacts.
STAGES: tuple[Stage, ...] = (
    Stage(DEEP_SCANS, lambda _: DeepScan()),
    Stage(DOMAIN_EXTRACTIONS, _domain_extraction),
    Stage(DOMAINS, _domain_processing),
    Stage(CONTACT_SCANS, lambda wiring: ContactScan(wiring.queue, waits=wiring.settings.sitemap_import_on)),
)
