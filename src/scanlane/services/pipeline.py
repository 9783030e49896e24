"""The stages of the pipeline: what waits in which status column, and the work that is done about it."""

from collections.abc import Callable
from dataclasses import dataclass

from scanlane.clients.address_guard import parse_networks
from scanlane.clients.places.make import make_providers
from scanlane.services.contact_scan import CONTACT_SCANS, ContactScan
from scanlane.services.domain_extraction import DOMAIN_EXTRACTIONS, DomainExtraction
from scanlane.services.domain_processing import DOMAINS, DomainProcessing
from scanlane.services.opt_outs import UnlessOptedOut, by_file, by_row
from scanlane.services.places.place_search_service import PLACE_SEARCHES, PlaceSearching
from scanlane.services.places.places_deep_service import DEEP_SCANS, DeepScan
from scanlane.services.site_access import Access, access_to_sites
from scanlane.services.sitemap_discovery import SITEMAP_DISCOVERIES, SitemapDiscovery
from scanlane.services.sitemap_import import SITEMAP_IMPORTS, SitemapImport, import_limits
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


def _processing(wiring: Wiring) -> UnlessOptedOut:
    return UnlessOptedOut(DomainProcessing(_access(wiring)), by_row)


def _discovery(wiring: Wiring) -> UnlessOptedOut:
    work = SitemapDiscovery(_access(wiring), most_files=wiring.settings.sitemap_most_files)
    return UnlessOptedOut(work, by_row)


def _import(wiring: Wiring) -> UnlessOptedOut:
    return UnlessOptedOut(SitemapImport(_access(wiring), import_limits(wiring.settings)), by_file)


def _contact_scan(wiring: Wiring) -> UnlessOptedOut:
    return UnlessOptedOut(ContactScan(wiring.queue, waits=wiring.settings.sitemap_import_on), by_row)


def _access(wiring: Wiring) -> Access:
    return access_to_sites(wiring.settings, wiring.manners)


# In the order in which a business becomes contacts.
STAGES: tuple[Stage, ...] = (
    Stage(PLACE_SEARCHES, lambda wiring: PlaceSearching(make_providers(wiring.settings))),
    Stage(DEEP_SCANS, lambda wiring: DeepScan(make_providers(wiring.settings))),
    Stage(DOMAIN_EXTRACTIONS, _domain_extraction),
    Stage(DOMAINS, _processing),
    Stage(SITEMAP_DISCOVERIES, _discovery),
    Stage(SITEMAP_IMPORTS, _import),
    Stage(CONTACT_SCANS, _contact_scan),
)
