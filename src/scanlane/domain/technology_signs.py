"""What gives a technology away: signs in headers, cookies, meta elements, addresses of files, and markup. Pure.

Every pattern takes linear time: its quantifiers are bounded, and a sign in the markup is plain text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

VERSION = r"(?P<version>\d{1,6}(?:\.\d{1,6}){0,4})"
LONGEST_EVIDENCE = 80


class Category(StrEnum):
    """What a technology is for."""

    CMS = "cms"
    BUILDER = "website builder"
    SHOP = "shop"
    ANALYTICS = "analytics"
    ADVERTISING = "advertising"
    TAGS = "tag manager"
    CHAT = "chat"
    BOOKING = "booking"
    MARKETING = "marketing"
    REVIEWS = "reviews"
    PAYMENT = "payment"
    CONSENT = "consent"
    CAPTCHA = "captcha"
    MAPS = "maps"
    MEDIA = "media"
    FONTS = "fonts"
    SEO = "seo"
    PLUGIN = "plugin"
    LIBRARY = "library"
    FRAMEWORK = "framework"
    LANGUAGE = "language"
    SERVER = "server"
    CDN = "cdn"
    HOSTING = "hosting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What one answer shows of its making.

    headers and metas by lower-case name; cookies: their names; sources: the addresses of scripts, styles and frames,
    one a line; hosts: the hosts in them, and the domains above those; markup: the beginning of the page.
    """

    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    metas: Mapping[str, str]
    sources: str
    hosts: frozenset[str]
    markup: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A sign that was seen: where, how sure that is (1..100), and the version if it tells one."""

    evidence: str
    confidence: int
    version: str | None = None


@dataclass(frozen=True, slots=True)
class HeaderSign:
    """A response header, and what its value holds."""

    name: str
    value: re.Pattern[str]
    confidence: int = 100

    def seen(self, traces: Traces) -> Seen | None:
        """The sign, if it is there."""
        return _found(self.value, traces.headers.get(self.name), f"header {self.name}", self.confidence)


@dataclass(frozen=True, slots=True)
class MetaSign:
    """A meta element, and what its content holds."""

    name: str
    value: re.Pattern[str]
    confidence: int = 100

    def seen(self, traces: Traces) -> Seen | None:
        """The sign, if it is there."""
        return _found(self.value, traces.metas.get(self.name), f"meta {self.name}", self.confidence)


@dataclass(frozen=True, slots=True)
class SourceSign:
    """The address of a script, a style or a frame."""

    address: re.Pattern[str]
    confidence: int = 90

    def seen(self, traces: Traces) -> Seen | None:
        """The sign, if it is there."""
        return _found(self.address, traces.sources, "source", self.confidence)


@dataclass(frozen=True, slots=True)
class HostSign:
    """A host from which the page takes scripts, styles or frames."""

    names: tuple[str, ...]
    confidence: int = 95

    def seen(self, traces: Traces) -> Seen | None:
        """The sign, if it is there."""
        found = next((name for name in self.names if name in traces.hosts), None)
        return None if found is None else Seen(f"source on {found}", self.confidence)


@dataclass(frozen=True, slots=True)
class CookieSign:
    """The name of a cookie that the server sets."""

    name: re.Pattern[str]
    confidence: int = 80

    def seen(self, traces: Traces) -> Seen | None:
        """The sign, if it is there."""
        found = next(filter(self.name.fullmatch, traces.cookies), None)
        return None if found is None else Seen(f"cookie {found[:LONGEST_EVIDENCE]}", self.confidence)


@dataclass(frozen=True, slots=True)
class MarkupSign:
    """A piece of the markup or of an inline script, as it stands there."""

    text: str
    confidence: int = 80

    def seen(self, traces: Traces) -> Seen | None:
        """The sign, if it is there."""
        return Seen(f"markup: {self.text}", self.confidence) if self.text in traces.markup else None


Sign = HeaderSign | MetaSign | SourceSign | HostSign | CookieSign | MarkupSign


@dataclass(frozen=True, slots=True)
class Rule:
    """A technology, its signs, and another technology that it never comes without."""

    name: str
    category: Category
    signs: tuple[Sign, ...]
    implies: str | None = None

    def seen(self, traces: Traces) -> Iterator[Seen]:
        """The signs that are there."""
        return (found for sign in self.signs if (found := sign.seen(traces)) is not None)


def rule(name: str, category: Category, *signs: Sign, implies: str | None = None) -> Rule:
    """A rule of these signs."""
    return Rule(name, category, signs, implies)


def header(name: str, value: str = "", confidence: int = 100) -> HeaderSign:
    """A header whose value holds the pattern; without one, the header is enough."""
    return HeaderSign(name, re.compile(value, re.IGNORECASE), confidence)


def meta(name: str, value: str, confidence: int = 100) -> MetaSign:
    """A meta element whose content holds the pattern."""
    return MetaSign(name, re.compile(value, re.IGNORECASE | re.MULTILINE), confidence)


def generator(value: str, *, version: bool = True) -> MetaSign:
    """The meta element in which software names itself, with its version behind its name."""
    return meta("generator", rf"^{value}" + (rf"(?:[ v]{{1,2}}{VERSION})?" if version else ""))


def source(address: str, confidence: int = 90) -> SourceSign:
    """An address that holds the pattern."""
    return SourceSign(re.compile(address, re.IGNORECASE), confidence)


def host(*names: str) -> HostSign:
    """An address on one of these hosts, or below them."""
    return HostSign(names)


def cookie(name: str, confidence: int = 80) -> CookieSign:
    """A cookie whose whole name fits the pattern."""
    return CookieSign(re.compile(name, re.IGNORECASE), confidence)


def markup(text: str, confidence: int = 80) -> MarkupSign:
    """Markup that holds the text."""
    return MarkupSign(text, confidence)


def _found(pattern: re.Pattern[str], text: str | None, place: str, confidence: int) -> Seen | None:
    match = pattern.search(text) if text is not None else None
    if match is None:
        return None
    shown = match[0].strip()[:LONGEST_EVIDENCE]
    version = match.groupdict().get("version")
    return Seen(f"{place}: {shown}" if shown else place, confidence, version)
