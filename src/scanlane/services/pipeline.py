"""The stages of the pipeline: what waits in which status column, and the work that is done about it."""

from collections.abc import Callable
from dataclasses import dataclass

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


def _discovery(wiring: Wiring) -> SitemapDiscovery:
    return SitemapDiscovery(_access(wiring), most_files=wiring.settings.sitemap_most_files)


def _import(wiring: Wiring) -> SitemapImport:
    return SitemapImport(_access(wiring), import_limits(wiring.settings))


def _access(wiring: Wiring) -> Access:
    return access_to_sites(wiring.settings, wiring.manners)


# In the order in which a business becomes contacts.
STAGES: tuple[Stage, ...] = (
    Stage(DEEP_SCANS, lambda _: DeepScan()),
    Stage(SITEMAP_DISCOVERIES, _discovery),
    Stage(SITEMAP_IMPORTS, _import),
)
