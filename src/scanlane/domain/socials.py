"""Profiles in social networks: which links lead to somebody's profile, and the one spelling of its address.

Left out are links to share, to log in, to single posts, to the network itself. Parameters that only track are cut off.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from scanlane.domain.social_networks import (
    ALIASES,
    COUNTRY_HOSTS,
    FACEBOOK_PAGE,
    FOLLOWED_BY_PROFILE,
    NETWORKS,
    NOT_PEOPLE,
    OWN_HOSTS,
    WHATSAPP_HOSTS,
)

LONGEST_URL = 500
# With the spaces that may stand around it.
LONGEST_WRITTEN = 2_000

_KNOWN_HOSTS = frozenset((*NETWORKS, *ALIASES, *WHATSAPP_HOSTS))
# The last two labels of the hosts that may hold profiles, and where a host ends.
_TAILS = frozenset((*(".".join(host.split(".")[-2:]) for host in _KNOWN_HOSTS), *OWN_HOSTS, "goo.gl"))
_HOST = re.compile(r"//([^/?#:]+)")
_SUBDOMAINS = re.compile(r"\A(?:www|m|mobile|web|[a-z]{2}|[a-z]{2}-[a-z]{2}|business|touch|new)\.")
_FEDIVERSE_PATH = re.compile(r"@\w{1,30}")
_FEDIVERSE_HOST = re.compile(
    r"mastodon|\Amstdn|\Asocial\.|\.social\Z|fosstodon|troet|\Afedi|pixelfed|hachyderm|chaos\.social"
)
_MAP_HOST = re.compile(r"(?:maps\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?\Z")
_MAP_PLACE = re.compile(r"maps/place/([^/@]{3,200})")
_SHORT_MAP = re.compile(r"maps/[\w-]{6,30}\Z")
_OWN_HOST = re.compile(
    r"(?!www\.|api\.|help\.|status\.|blog\.|about\.|assets\.|static\.|support\.|policy\.)([\w-]{2,60})\."
)


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile: the network's name and the normalised URL."""

    network: str
    url: str


def profiles(urls: Iterable[str]) -> Iterator[Profile]:
    """Yield the profiles among the given absolute URLs."""
    for url in urls:
        found = profile(url)
        if found is not None:
            yield found


def profile(url: str) -> Profile | None:
    """The profile that a URL leads to, or None."""
    return _profile(url) if "//" in url and len(url) <= LONGEST_WRITTEN and _may_be_profile(url) else None


@lru_cache(maxsize=2_048)
def _profile(url: str) -> Profile | None:
    parts = _parts(url)
    if parts is None:
        return None
    host, path, query = parts
    if host in WHATSAPP_HOSTS:
        return _whatsapp(host, path, query)
    if host == "facebook.com":
        return _facebook(path, query)
    if host in NETWORKS:
        return _in_network(host, path)
    if _MAP_HOST.match(host) or host == "goo.gl":
        return _place(host, path, query)
    return _on_its_own_host(host, path)


def _may_be_profile(url: str) -> bool:
    """Look at the host alone: most links of most pages lead elsewhere."""
    found = _HOST.search(url, 0, LONGEST_URL)
    if found is None:
        return False
    return "@" in url or _may_hold_profiles(found[1])


@lru_cache(maxsize=2_048)
def _may_hold_profiles(host: str) -> bool:
    host = host.lower()
    if ".".join(host.rsplit(".", 2)[-2:]) in _TAILS:
        return True
    return host.startswith(("maps.google.", "www.google.", "google.")) or any(name in host for name in COUNTRY_HOSTS)


def _parts(url: str) -> tuple[str, str, dict[str, list[str]]] | None:
    """Host under its one name, path without slashes at its ends, query; None for what is no web URL."""
    url = url.strip()
    if url.startswith("//"):
        url = f"https:{url}"
    if len(url) > LONGEST_URL or not url[:8].lower().startswith(("http://", "https://")):
        return None
    try:
        split = urlsplit(url)
        host, query = split.hostname or "", parse_qs(split.query, max_num_fields=30)
    except ValueError:
        return None
    path = re.sub(r"/{2,}", "/", unquote(split.path).replace("/#!/", "/")).strip("/ ")
    if split.fragment.startswith("!/") and not path:
        path = split.fragment[2:].strip("/")
    return _one_host(host.lower().removeprefix("www.")), path, query


def _one_host(host: str) -> str:
    if host not in _KNOWN_HOSTS:
        host = _SUBDOMAINS.sub("", host, count=1)
    for name in COUNTRY_HOSTS:
        if host.startswith(name):
            host = f"{name}com"
    return ALIASES.get(host, host)


def _in_network(host: str, path: str) -> Profile | None:
    network = NETWORKS[host]
    first = path.split("/")[0].lower()
    found = network.path.fullmatch(path)
    if found is None or first in NOT_PEOPLE - FOLLOWED_BY_PROFILE or path.lower() in NOT_PEOPLE or not path.strip("."):
        return None
    return Profile(network.name, f"https://{host}/{found['profile']}")


def _facebook(path: str, query: dict[str, list[str]]) -> Profile | None:
    identifier = query.get("id", [""])[0]
    if path in ("profile.php", "people", "") and identifier.isdigit():
        return Profile("facebook", f"https://facebook.com/profile.php?id={identifier}")
    grouped = _in_network("facebook.com", path)
    found = FACEBOOK_PAGE.fullmatch(path)
    if grouped or found is None or found["profile"].lower() in NOT_PEOPLE or not found["profile"].strip("."):
        return grouped
    return Profile("facebook", f"https://facebook.com/{found['profile']}")


def _whatsapp(host: str, path: str, query: dict[str, list[str]]) -> Profile | None:
    if host == "chat.whatsapp.com":
        return Profile("whatsapp", f"https://{host}/{path}") if re.fullmatch(r"(?:invite/)?\w{15,30}", path) else None
    if re.fullmatch(r"(?:channel|c)/\w{8,40}|message/\w{8,20}", path):
        return Profile("whatsapp", f"https://{host}/{path}")
    number = "".join(filter(str.isdigit, query.get("phone", [path])[0]))
    return Profile("whatsapp", f"https://wa.me/{number}") if 8 <= len(number) <= 15 else None


def _place(host: str, path: str, query: dict[str, list[str]]) -> Profile | None:
    """A place on Google's map, which is the profile of a business there."""
    if host == "goo.gl":
        return Profile("google-maps", f"https://goo.gl/{path}") if _SHORT_MAP.match(path) else None
    number = query.get("cid", [""])[0]
    if number.isdigit() and path in ("", "maps"):
        return Profile("google-maps", f"https://google.com/maps?cid={number}")
    named = _MAP_PLACE.match(path)
    return Profile("google-maps", f"https://google.com/maps/place/{named[1].replace(' ', '+')}") if named else None


def _on_its_own_host(host: str, path: str) -> Profile | None:
    network = OWN_HOSTS.get(".".join(host.split(".")[-2:]))
    if network and not path and host.count(".") == 2 and _OWN_HOST.match(host):
        return Profile(network, f"https://{host}")
    is_fediverse = _FEDIVERSE_PATH.fullmatch(path) and _FEDIVERSE_HOST.search(host)
    return Profile("mastodon", f"https://{host}/{path}") if is_fediverse else None
