"""The addresses of a sitemap, made absolute: as the site spells them where that is a URL, repaired where it is not."""

import re
from urllib.parse import quote, urljoin

from scanlane.domain.authority import UnusableHost, read_host, without_www
from scanlane.domain.sitemap_entries import Notes

LONGEST_LOC = 2048
MOST_AUTHORITIES = 1000

# What stands around an address without belonging to it: all spaces and controls, marks without width, quotes.
_EDGES = (
    "".join(map(chr, range(0x21)))
    + "\x7f\x85\xa0\u00ad\u1680\u2028\u2029\u202f\u205f\u3000\"'<>"
    + "".join(map(chr, (*range(0x2000, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF, 0xFFFE)))
)
_BREAKS = re.compile(r"[\t\r\n\x0b\x0c\x85\u2028\u2029]+")
_DOUBLED = re.compile(r"(?:https?:/+)+(?=https?:/)", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_PLAIN = re.compile(r"https?://[a-z0-9.-]++(?::[0-9]++)?/[A-Za-z0-9._~!$()*+,;=:@%/?#&-]*+")
_AUTHORITY_END = re.compile(r"[/?#]")
_PATH_END = re.compile(r"[?#;]")
_QUERY = re.compile(r"[?#].*", re.DOTALL)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_NO_ADDRESS = frozenset(("", "none", "null", "undefined", "nan", "n/a", "false", "true", "nil"))
_SAFE = "/%:@!$&'()*+,;=~-._?#[]|"


class Base:
    """The file's own address, against which its addresses are read."""

    __slots__ = ("_authorities", "_notes", "host", "prefix", "url")

    def __init__(self, url: str, notes: Notes) -> None:
        self.url = url
        self._notes = notes
        scheme, _, rest = url.partition("://")
        authority = _AUTHORITY_END.split(rest, maxsplit=1)[0]
        self.host = without_www(_host(authority))
        self.prefix = f"{scheme}://{authority}/"
        self._authorities: dict[str, str | None] = {}

    def absolute(self, text: str, base: str | None = None) -> str | None:
        """The address as an absolute http or https URL in ASCII; None, with a note, if it is none or is too long.

        `base` stands in for the file's address where the document says so (xml:base).
        """
        if len(text) <= LONGEST_LOC and _PLAIN.fullmatch(text):
            return text if text.startswith(self.prefix) else self.foreign(text)
        if len(text) > 4 * LONGEST_LOC:
            self._notes.add("long_loc")
            return None
        found = self._repaired(text, base or self.url)
        if found is None:
            self._notes.add("dropped_loc")
        elif len(found) > LONGEST_LOC:
            self._notes.add("long_loc")
            return None
        return found

    def foreign(self, url: str) -> str | None:
        """The well-spelled URL, whose origin is not the file's; None, with a note, if its host is none."""
        scheme, _, rest = url.partition("://")
        authority, _, path = rest.partition("/")
        spelled = self._judged(authority)
        if spelled is None:
            self._notes.add("dropped_loc")
            return None
        return url if spelled == authority else f"{scheme}://{spelled}/{path}"

    def _judged(self, authority: str) -> str | None:
        if authority not in self._authorities:
            if len(self._authorities) > MOST_AUTHORITIES:
                self._authorities.clear()
            self._authorities[authority] = spelled = _authority(authority)
            # A file may name hundreds of its neighbours, or just one: `www.` makes no other host.
            if spelled and without_www(_host(spelled)) != self.host:
                self._notes.add("cross_host")
        return self._authorities[authority]

    def _repaired(self, text: str, base: str) -> str | None:
        # An address that the next tags were swallowed into: its CDATA section was never closed.
        text = text.partition("</")[0]
        text = "".join(piece.strip(_EDGES) for piece in _BREAKS.split(text.strip(_EDGES)))
        text = _DOUBLED.sub("", _INVISIBLE.sub("", text), count=1)
        if text.lower() in _NO_ADDRESS or text.startswith("#"):
            return None
        scheme = _SCHEME.match(text)
        if scheme and scheme[1].lower() not in ("http", "https"):
            return None
        return self._spelled(text if scheme else self._resolved(text, base))

    def _resolved(self, text: str, base: str) -> str:
        self._notes.add("relative_loc")
        address, mark, query = text.partition("?")
        text = address.replace("\\", "/") + mark + query
        if without_www(text.partition("/")[0].lower()) == self.host:
            text = "//" + text
        return joined(base, text)

    def _spelled(self, url: str) -> str | None:
        scheme, _, rest = url.partition(":")
        address, mark, query = rest.partition("?")
        rest = address.replace("\\", "/").lstrip("/") + mark + query
        authority = _AUTHORITY_END.split(rest, maxsplit=1)[0]
        path = rest[len(authority) :]
        spelled = self._judged(authority)
        if spelled is None or scheme.lower() not in ("http", "https"):
            return None
        return f"{scheme.lower()}://{spelled}{quote(path if path.startswith('/') else '/' + path, safe=_SAFE)}"


def joined(base: str, reference: str) -> str:
    """The address that a reference means from a base; an empty one if there is none."""
    # Only the path: urljoin drops what is empty behind ";", "?" and "#".
    cut = _PATH_END.search(reference)
    path, rest = (reference[: cut.start()], reference[cut.start() :]) if cut else (reference, "")
    try:
        return urljoin(_QUERY.sub("", base), path) + rest
    except ValueError:
        return ""


def _authority(text: str) -> str | None:
    """Host and port in their one spelling; None if there is a user name, or no usable host."""
    host, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    if not colon:
        host, port = text, ""
    if "@" in text or (port and not (port.isascii() and port.isdigit() and int(port[:6]) < 65536)):
        return None
    try:
        host = read_host(host)
    except UnusableHost:
        return None
    return f"{host}:{port}" if port else host


def _host(authority: str) -> str:
    return re.sub(r":[0-9]*$", "", authority.rpartition("@")[2]).lower()
