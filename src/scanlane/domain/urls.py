"""The one spelling of a URL: what two spellings have in common is fetched once."""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urljoin

from scanlane.domain.authority import UnusableHost, read_host

LONGEST_URL = 2000
MOST_PARAMETERS = 6
MOST_SEGMENTS = 12
DEFAULT_PORTS = {"http": 80, "https": 443}

_TRACKING = re.compile(
    r"(?:utm_\w*|mtm_\w*|pk_\w*|_gl|_ga|gclid|gbraid|wbraid|dclid|fbclid|msclkid|yclid|twclid|igshid|mc_cid|mc_eid"
    r"|_hs\w*|hsctatracking|vero_id|ref_src|oly_\w*|__cf_chl\w*"
    r"|phpsessid|jsessionid|aspsessionid\w*|sessionid|session_id|sess_id|sessid|cfid|cftoken)(?:=.*)?"
    r"|(?:sid|s|session|sess|\w{0,6}sid|zenid)=(?=[a-z]*[0-9])[0-9a-z-]{16,}",
    re.IGNORECASE,
)
# Servlets put it behind a semicolon, ASP.NET without cookies into a segment of its own.
_SESSION_IN_PATH = re.compile(
    r";(?:jsession|phpsess|session_?|s)id=[^/?;]*|/\([a-z]\([0-9a-z]{8,}\)\)(?=/)", re.IGNORECASE
)
_LONGEST_REFRAIN = 6
# Paths in their one spelling already: no escape, no dot segment, nothing empty in between.
_PLAIN_SEGMENT = r"[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*"
_PLAIN_PATH = re.compile(rf"(?:{_PLAIN_SEGMENT}/)*(?:{_PLAIN_SEGMENT})?")
_BREAKS = re.compile(r"[\t\r\n]+")
_EDGES = "".join(map(chr, range(0x21)))
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?[]|"


@dataclass(frozen=True, slots=True)
class Url:
    """An absolute http or https URL in its parts, all in their one spelling."""

    scheme: str
    host: str
    port: int
    path: str
    query: str

    @property
    def netloc(self) -> str:
        """Host and port; the scheme's default port is left out."""
        return self.host if self.port == DEFAULT_PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port: what one robots.txt speaks for."""
        return f"{self.scheme}://{self.netloc}"

    def __str__(self) -> str:
        return f"{self.origin}{self.path}" + (f"?{self.query}" if self.query else "")


def read_url(text: str) -> Url:
    """Take an absolute http or https URL apart. Raises UnusableHost or ValueError; the message says why."""
    scheme, colon, rest = text.partition("://")
    if not colon or scheme.lower() not in DEFAULT_PORTS:
        raise ValueError("it is neither http nor https")
    address, _, query = rest.partition("#")[0].partition("?")
    authority, slash, path = address.partition("/")
    if "@" in authority or "\\" in authority:
        raise ValueError("it holds a user name")
    host, port = _host_and_port(authority)
    return Url(scheme.lower(), read_host(host), port or DEFAULT_PORTS[scheme.lower()], _path(slash + path), query)


@lru_cache(maxsize=8192)
def normalise(text: str) -> str | None:
    """The one spelling of an absolute URL; None when it cannot or should not be fetched.

    Dropped: fragment, default port, tracking and session parameters, dot segments, needless escapes. Refused: other
    schemes, user names, odd hosts, more than LONGEST_URL characters, many parameters, paths that repeat themselves.
    """
    if len(text) > LONGEST_URL:
        return None
    try:
        url = read_url(text.strip(_EDGES).partition("#")[0])
        parameters = [part for part in url.query.split("&") if part and not _TRACKING.fullmatch(part)]
        query = quote(_without_needless_escapes("&".join(parameters)), safe=_QUERY_SAFE)
    except ValueError:
        return None
    if len(parameters) > MOST_PARAMETERS or _repeats_itself(url.path):
        return None
    spelled = str(Url(url.scheme, url.host, url.port, url.path, query))
    return spelled if len(spelled) <= LONGEST_URL else None


def join(base: str, reference: str) -> str | None:
    """Resolve a reference as it stands in a page or in a Location header, and normalise it."""
    if len(reference) > LONGEST_URL:
        return None
    if _PLAIN_PATH.fullmatch(reference, 1 if reference[:1] == "/" else 0):
        return _join_plain(base, reference) if reference else normalise(base)
    read = _as_browsers_read(reference)
    # Nine of ten references need no resolving, which costs more than all the rest.
    if read.startswith(("http://", "https://")):
        return normalise(read)
    if read.startswith("/") and not read.startswith("//"):
        return normalise(origin(base) + read)
    try:
        return normalise(urljoin(base, read))
    except ValueError:
        return None


def _join_plain(base: str, path: str) -> str | None:
    """The same for a path that needs no spelling: most links of most pages are such."""
    if path[0] != "/":
        path = path_of(base).partition("?")[0].rpartition("/")[0] + "/" + path
    url = origin(base) + path
    return None if len(url) > LONGEST_URL or _repeats_itself(path) else url


def origin(url: str) -> str:
    """Scheme, host and port of a normalised URL."""
    end = url.find("/", 8)
    return url if end < 0 else url[:end]


def host_of(url: str) -> str:
    """The host of a normalised URL, without the port."""
    return _host_and_port(origin(url).partition("://")[2])[0]


def path_of(url: str) -> str:
    """Path and query of a normalised URL."""
    start = url.find("/", 8)
    return "/" if start < 0 else url[start:]


def _as_browsers_read(reference: str) -> str:
    """Drop line breaks, take a backslash in the path for a slash (WHATWG URL, basic parser)."""
    address, mark, query = _BREAKS.sub("", reference.strip(_EDGES)).partition("?")
    return address.replace("\\", "/") + mark + query


def _host_and_port(netloc: str) -> tuple[str, int | None]:
    host, _, port = netloc.rpartition(":") if netloc.rfind(":") > netloc.rfind("]") else (netloc, "", "")
    if not host:
        raise UnusableHost("it names no host")
    if not port:
        return host, None
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65536):
        raise ValueError("its port is not a number from 1 to 65535")
    return host, int(port)


def _path(path: str) -> str:
    spelled = quote(_without_needless_escapes(_SESSION_IN_PATH.sub("", path)), safe=_PATH_SAFE)
    return _without_dots(spelled) or "/"


def _without_needless_escapes(text: str) -> str:
    def spell(match: re.Match[str]) -> str:
        code = int(match[1], 16)
        return chr(code) if code in _UNRESERVED else f"%{match[1].upper()}"

    return _ESCAPE.sub(spell, text)


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept) if kept[:1] == [""] else "/" + "/".join(kept)


def _repeats_itself(path: str) -> bool:
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > MOST_SEGMENTS or any(segments.count(segment) > 2 for segment in set(segments)):
        return True
    spans = range(2, min(_LONGEST_REFRAIN, len(segments) // 2) + 1)
    return any(_has_refrain(segments, span) for span in spans)


def _has_refrain(segments: list[str], span: int) -> bool:
    """Whether so many segments are followed by the same ones: /a/b/a/b."""
    starts = range(len(segments) - 2 * span + 1)
    return any(segments[start : start + span] == segments[start + span : start + 2 * span] for start in starts)
