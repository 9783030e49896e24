"""The providers of this installation, made from its settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from scanlane.clients.places import google, nominatim, osm
from scanlane.clients.places.api_http import ApiHttp
from scanlane.clients.places.errors import InvalidRequest
from scanlane.clients.places.file import FilePlaces
from scanlane.clients.places.port import PlacesProvider
from scanlane.domain.places import Retention
from scanlane.settings import Settings


@dataclass(frozen=True, slots=True)
class Providers:
    """Providers of places by their names, and the name of the one that is asked when none is named."""

    by_name: Mapping[str, PlacesProvider]
    default: str

    def named(self, name: str) -> PlacesProvider:
        """The provider of that name. Raises InvalidRequest."""
        try:
            return self.by_name[name]
        except KeyError:
            known = ", ".join(sorted(self.by_name))
            raise InvalidRequest(f"there is no provider {name[:40]!r}; there are {known}") from None

    @property
    def retentions(self) -> Mapping[str, Retention]:
        """How long what each says may be kept."""
        return {name: provider.retention for name, provider in self.by_name.items()}


def default_provider(settings: Settings) -> str:
    """The one that the operator named; else Google where there is a key; else the file."""
    return settings.places_provider or ("google" if settings.places_api_key else "file")


def make_providers(settings: Settings) -> Providers:
    """All of them. A base URL in the settings is the default provider's."""
    default = default_provider(settings)

    def base(name: str, usual: str) -> str:
        return settings.places_base_url or usual if name == default else usual

    def kept(usual: Retention) -> Retention:
        return retention(settings, usual)

    http = ApiHttp(user_agent=settings.user_agent)
    where = nominatim.Nominatim(http, gate=osm.ONE_A_SECOND, base=settings.places_geocoder_url or nominatim.BASE)
    by_name: Mapping[str, PlacesProvider] = {
        "google": google.GooglePlaces(
            http, key=settings.places_api_key, base=base("google", google.BASE), retention=kept(google.RETENTION)
        ),
        "osm": osm.OsmPlaces(http, where, base=base("osm", osm.BASE), retention=kept(osm.RETENTION)),
        "file": FilePlaces(settings.places_file, retention=kept(Retention())),
    }
    return Providers(by_name, default)


def retention(settings: Settings, usual: Retention) -> Retention:
    """What the provider's terms say, unless the operator has decided otherwise: his agreement may say more."""
    match settings.places_keep:
        case "terms":
            return usual
        case "forever":
            return Retention(attribution=usual.attribution)
        case days:
            span = timedelta(days=days)
            return Retention(keep=span, keep_location=span, attribution=usual.attribution)
