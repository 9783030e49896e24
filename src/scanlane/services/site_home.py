"""Where a website really begins: which scheme and host answer, and whether robots may come in."""

from scanlane.clients.website_errors import AddressRefused, DnsFailed, FetchFailed, HostPaused, PageUnreachable
from scanlane.domain.authority import is_local, without_www
from scanlane.domain.sites import Site
from scanlane.domain.urls import host_of, origin, path_of
from scanlane.services.crawl_values import SiteUnreachable
from scanlane.services.politeness import Politeness


async def find_home(site: Site, politeness: Politeness) -> str:
    """The URL to start from. Raises SiteUnreachable with the reason why there is none."""
    first_failure: FetchFailed | None = None
    unresolved: set[str] = set()
    for url in candidates(site.start_url):
        if host_of(url) in unresolved:
            continue
        try:
            return await _allowed_start(url, politeness)
        except PageUnreachable as error:
            first_failure = first_failure or error
            if isinstance(error, DnsFailed):
                unresolved.add(host_of(url))
        except FetchFailed as error:
            raise unreachable(error) from error
    raise unreachable(first_failure or PageUnreachable())


def candidates(start_url: str) -> list[str]:
    """The start, then the same without encryption, then both with `www.` added or taken away."""
    host, address = host_of(start_url), origin(start_url)
    found = [start_url, _unencrypted(start_url)]
    if not is_local(host):
        other = f"www.{host}" if without_www(host) == host else without_www(host)
        toggled = address.replace(f"://{host}", f"://{other}", 1) + path_of(start_url)
        found += [toggled, _unencrypted(toggled)]
    return list(dict.fromkeys(found))


def unreachable(error: FetchFailed) -> SiteUnreachable:
    """The failure of a page as the failure of the whole site."""
    temporary = error.temporary and not isinstance(error, AddressRefused)
    wait = getattr(error, "retry_after", None)
    return SiteUnreachable(error.message, temporary=temporary, retry_after=wait, paused=isinstance(error, HostPaused))


async def _allowed_start(url: str, politeness: Politeness) -> str:
    for start in dict.fromkeys((url, origin(url) + "/")):
        if await politeness.allows(start):
            return start
    raise SiteUnreachable(f"robots.txt of {origin(url).partition('://')[2]} forbids the visit.", temporary=False)


def _unencrypted(url: str) -> str:
    return "http://" + url.partition("://")[2]
