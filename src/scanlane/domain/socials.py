"""Profiles in social networks: which links lead to somebody's profile, and the one spelling of its address.

Left out are links to share, to log in, to single posts, to the network itself.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from scanlane.domain.word_sets import words

LONGEST_URL = 500
# With the spaces that may stand around it.
LONGEST_WRITTEN = 1_000
MOST_PARAMETERS = 30


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile: the network's name and the normalised URL."""

    network: str
    url: str


@dataclass(frozen=True, slots=True)
class _Network:
    """A network: its hosts, and the paths of profiles (a pattern over the path without slashes at its ends)."""

    name: str
    host: str
    path: re.Pattern[str]


def _network(name: str, host: str, path: str) -> _Network:
    return _Network(name, host, re.compile(path))


_NAME = r"[^/?#@]{2,80}"
_NETWORKS = {
    network.host: network
    for network in (
        _network("linkedin", "linkedin.com", rf"(?:in|company|school|showcase|pub)/{_NAME}"),
        _network("facebook", "facebook.com", rf"(?:{_NAME}|(?:pages|people|pg|groups|p)/{_NAME}(?:/\d+)?)"),
        _network("instagram", "instagram.com", r"[\w.]{1,30}"),
        _network("x", "x.com", r"\w{1,15}"),
        _network("youtube", "youtube.com", rf"(?:@{_NAME}|(?:channel|c|user)/{_NAME}|{_NAME})"),
        _network("tiktok", "tiktok.com", r"@[\w.]{2,30}"),
        _network("github", "github.com", r"[\w-]{1,39}"),
        _network("gitlab", "gitlab.com", r"[\w.-]{2,80}"),
        _network("xing", "xing.com", rf"(?:companies|company|pages|profile)/{_NAME}"),
        _network("pinterest", "pinterest.com", r"[\w.-]{3,40}"),
        _network("telegram", "t.me", r"(?:s/)?\w{4,32}"),
        _network("threads", "threads.net", r"@[\w.]{1,30}"),
        _network("bluesky", "bsky.app", rf"profile/{_NAME}"),
        _network("vimeo", "vimeo.com", r"(?!\d+$)[\w-]{3,60}"),
        _network("soundcloud", "soundcloud.com", r"[\w-]{3,60}"),
        _network("twitch", "twitch.tv", r"\w{3,30}"),
        _network("flickr", "flickr.com", r"(?:people|photos)/[^/]{2,60}"),
        _network("medium", "medium.com", r"@[\w.-]{2,60}"),
        _network("reddit", "reddit.com", r"(?:r|user|u)/[\w-]{2,40}"),
        _network("vk", "vk.com", r"[\w.]{3,60}"),
        _network("snapchat", "snapchat.com", r"add/[\w.-]{3,30}"),
        _network("behance", "behance.net", r"[\w-]{2,60}"),
        _network("dribbble", "dribbble.com", r"[\w-]{2,60}"),
        _network("yelp", "yelp.com", rf"biz/{_NAME}"),
        _network("spotify", "open.spotify.com", r"(?:artist|show|user)/[\w-]{2,60}"),
        _network("discord", "discord.gg", r"[\w-]{2,40}"),
        _network("mastodon", "mastodon.social", r"@\w{1,30}"),
    )
}
_ALIASES = {
    "fb.com": "facebook.com",
    "fb.me": "facebook.com",
    "twitter.com": "x.com",
    "telegram.me": "t.me",
    "threads.com": "threads.net",
    "linkedin.cn": "linkedin.com",
}
_WHATSAPP_HOSTS = frozenset(("wa.me", "api.whatsapp.com", "whatsapp.com"))
_KNOWN_HOSTS = frozenset((*_NETWORKS, *_ALIASES, *_WHATSAPP_HOSTS))
# The last two labels of the hosts that may hold profiles, and where a host ends.
_TAILS = frozenset(".".join(host.split(".")[-2:]) for host in _KNOWN_HOSTS)
_HOST = re.compile(r"//([^/?#:]+)")
_SLASHES = re.compile("/{2,}")
_SUBDOMAINS = re.compile(r"\A(?:www|m|mobile|web|[a-z]{2}|[a-z]{2}-[a-z]{2}|business|touch|new)\.")
_FEDIVERSE_PATH = re.compile(r"@\w{1,30}")
_FEDIVERSE_HOST = re.compile(
    r"mastodon|\Amstdn|\Asocial\.|\.social\Z|fosstodon|troet|\Afedi|pixelfed|hachyderm|chaos\.social"
)

# First path segments that name a page of the network itself, or a made-up person.
_NOT_PEOPLE = words(
    "about account accounts ads api apps blog business careers contact cookies create dialog directory discover",
    "download embed events explore feed feeds features features.php groups hashtag help home home.php i intent",
    "jobs join joinchat legal login login.php l.php media messages newsroom notifications oauth p permalink.php",
    "photo.php pin plugins policies policy popular posts premium pricing privacy profile.php reel reels search",
    "settings share share.php sharearticle sharer sharer.php shop shorts signin signup sitemap stories story.php",
    "tag terms topics tos tr trending tv upload video videos watch web widgets your-username yourname yourpage",
    "yourprofile username user wix wordpress wordpressdotcom wordpresscom squarespace example playlist results",
    "live gaming channel c groups.php addtoany marketplace sponsors site security orgs topics collections hc app",
    "addstickers iv proxy",
)


# These begin the path of profiles too.
_NO_PROFILES = _NOT_PEOPLE - {"groups", "p", "c", "channel", "user", "company"}


def profiles(urls: Iterable[str]) -> Iterator[Profile]:
    """Yield the profiles among the given absolute URLs."""
    for url in urls:
        found = profile(url)
        if found is not None:
            yield found


def profile(url: str) -> Profile | None:
    """The profile that a URL leads to, or None."""
    # Most links of most pages stay on their site: those without a host are no look-up.
    return _profile(url) if "//" in url and len(url) <= LONGEST_WRITTEN else None


@lru_cache(maxsize=8_192)
def _profile(url: str) -> Profile | None:
    parts = _parts(url) if _may_be_profile(url) else None
    if parts is None:
        return None
    host, path, query = parts
    if host in _WHATSAPP_HOSTS:
        return _whatsapp(path, query)
    network = _NETWORKS.get(host)
    if network is None:
        is_fediverse = _FEDIVERSE_PATH.fullmatch(path) and _FEDIVERSE_HOST.search(host)
        return Profile("mastodon", f"https://{host}/{path}") if is_fediverse else None
    if host == "facebook.com" and path == "profile.php":
        number = parse_qs(query).get("id", [""])[0]
        return Profile("facebook", f"https://facebook.com/profile.php?id={number}") if number.isdigit() else None
    if path.split("/")[0].lower() in _NO_PROFILES or path == ".":
        return None
    return Profile(network.name, f"https://{host}/{path}") if network.path.fullmatch(path) else None


def _may_be_profile(url: str) -> bool:
    """Look at the host alone: most links of most pages lead elsewhere."""
    found = _HOST.search(url[:LONGEST_URL])
    return found is not None and (_may_hold_profiles(found[1]) or "@" in url)


@lru_cache(maxsize=2_048)
def _may_hold_profiles(host: str) -> bool:
    host = host.lower()
    return ".".join(host.rsplit(".", 2)[-2:]) in _TAILS or "pinterest." in host


def _parts(url: str) -> tuple[str, str, str] | None:
    """Host under its one name, path without slashes at its ends, query; None for what is no web URL."""
    url = url.strip()
    if url.startswith("//"):
        url = f"https:{url}"
    if len(url) > LONGEST_URL or not url[:8].lower().startswith(("http://", "https://")):
        return None
    try:
        split = urlsplit(url)
        host = split.hostname or ""
    except ValueError:
        return None
    if split.query.count("&") >= MOST_PARAMETERS:
        return None
    host = host.lower().removeprefix("www.")
    if host not in _KNOWN_HOSTS:
        host = _SUBDOMAINS.sub("", host, count=1)
    path = _SLASHES.sub("/", unquote(split.path)).strip("/ ")
    host = "pinterest.com" if host.startswith("pinterest.") else host
    return _ALIASES.get(host, host), path, split.query


def _whatsapp(path: str, query: str) -> Profile | None:
    number = "".join(filter(str.isdigit, parse_qs(query).get("phone", [path])[0]))
    return Profile("whatsapp", f"https://wa.me/{number}") if 8 <= len(number) <= 15 else None
