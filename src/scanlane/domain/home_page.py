"""What the home page of a website says about the website: its name, its language, where else it is found. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar
from urllib.parse import urljoin

from scanlane.domain import charset, html, socials, structured_data
from scanlane.domain.html import Document, Element
from scanlane.domain.parked_pages import is_parked
from scanlane.domain.socials import Profile
from scanlane.domain.structured_data import is_canonical
from scanlane.domain.technologies import Technology, technologies, traces_of
from scanlane.domain.urls import join

T = TypeVar("T")
LONGEST_TITLE = 300
LONGEST_DESCRIPTION = 1000
LONGEST_ADDRESS = 2000
MOST_ICONS = 20
MOST_FEEDS = 20
MOST_PROFILES = 50

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}", re.IGNORECASE)
_ICONS = frozenset(("icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon", "fluid-icon"))
_FEEDS = frozenset(("application/rss+xml", "application/atom+xml", "application/feed+json"))
_TITLES = ("og:title", "twitter:title", "og:site_name", "application-name")
_DESCRIPTIONS = ("description", "og:description", "twitter:description")
_LANGUAGES = ("content-language", "language", "og:locale", "dc.language")


@dataclass(frozen=True, slots=True)
class Icon:
    """A picture that stands for the website. `sizes` as written: "32x32", "any"."""

    url: str
    rel: str
    sizes: str | None


@dataclass(frozen=True, slots=True)
class Feed:
    """News to subscribe to; `kind` is the media type."""

    url: str
    kind: str
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """A home page, read. Addresses are absolute. `language` is a language tag: "de", "en-GB"."""

    title: str | None = None
    description: str | None = None
    language: str | None = None
    canonical: str | None = None
    generator: str | None = None
    icons: tuple[Icon, ...] = ()
    socials: tuple[Profile, ...] = ()
    feeds: tuple[Feed, ...] = ()
    technologies: tuple[Technology, ...] = ()
    parked: bool = False


def read_home(
    body: bytes,
    url: str,
    content_type: str | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    cookies: Iterable[str] = (),
) -> HomePage:
    """Read a home page, parsing it once. Accepts anything; what cannot be read says nothing."""
    markup = charset.decode(body, content_type)
    document = html.parse(markup)
    base = _base(document, url)
    metas = _metas(document)
    said = [headers["content-language"]] if headers and "content-language" in headers else []
    return HomePage(
        title=_text([document.title, *_of(metas, _TITLES)], LONGEST_TITLE),
        description=_text(_of(metas, _DESCRIPTIONS), LONGEST_DESCRIPTION),
        language=_language([document.language, *_of(metas, _LANGUAGES), *said]),
        canonical=_canonical(document, base),
        generator=_text(_of(metas, ("generator",)), LONGEST_TITLE),
        icons=_distinct(_icons(document, base), MOST_ICONS),
        socials=_distinct(_profiles(document), MOST_PROFILES),
        feeds=_distinct(_feeds(document, base), MOST_FEEDS),
        technologies=technologies(traces_of(markup, document, headers=headers, cookies=cookies)),
        parked=is_parked(document),
    )


def _metas(document: Document) -> dict[str, str]:
    """The first content of each meta element that has one, by lower-case name."""
    found: dict[str, str] = {}
    for element in document.elements:
        if element.tag == "meta":
            given = element.attributes
            name = given.get("property") or given.get("name") or given.get("http-equiv") or ""
            if given.get("content", "").strip():
                found.setdefault(name.lower().strip(), given["content"])
    return found


def _of(metas: Mapping[str, str], names: Iterable[str]) -> list[str]:
    return [metas[name] for name in names if name in metas]


def _text(candidates: Iterable[str], longest: int) -> str | None:
    """The first candidate with text in it, its white space made single spaces."""
    cleaned = (" ".join(text[: longest * 4].split())[:longest] for text in candidates)
    return next(filter(None, cleaned), None)


def _language(candidates: Iterable[str]) -> str | None:
    for text in candidates:
        match = _LANGUAGE.fullmatch(text.partition(",")[0].strip().replace("_", "-"))
        if match is not None:
            primary, *rest = match[0].split("-")
            return "-".join((primary.lower(), *(part.upper() if len(part) == 2 else part for part in rest)))
    return None


def _canonical(document: Document, base: str) -> str | None:
    found = (element.attributes.get("href", "").strip() for element in document.elements if is_canonical(element))
    return next((url for href in found if href and (url := join(base, href)) is not None), None)


def _icons(document: Document, base: str) -> Iterator[Icon]:
    for element, rels in _links(document):
        rel = next((one for one in rels if one in _ICONS), None)
        url = _address(base, element) if rel is not None else None
        if rel is not None and url is not None:
            yield Icon(url, rel, element.attributes.get("sizes", "").strip().lower()[:50] or None)


def _feeds(document: Document, base: str) -> Iterator[Feed]:
    for element, rels in _links(document):
        kind = element.attributes.get("type", "").partition(";")[0].strip().lower()
        if "alternate" in rels and kind in _FEEDS:
            url = _address(base, element)
            if url is not None:
                yield Feed(url, kind, _text([element.attributes.get("title", "")], LONGEST_TITLE))


def _profiles(document: Document) -> Iterator[Profile]:
    written = [link.attributes["href"] for link in document.links]
    stated = structured_data.json_ld(document).profiles
    own = [element.attributes.get("href", "") for element, rels in _links(document) if "me" in rels]
    yield from socials.profiles([*written, *stated, *own])


def _links(document: Document) -> Iterator[tuple[Element, list[str]]]:
    """The link elements, and what they are."""
    for element in document.elements:
        if element.tag == "link":
            yield element, element.attributes.get("rel", "").lower().split()


def _address(base: str, element: Element) -> str | None:
    """Where a link element leads, if that is on the web: no data in its stead."""
    try:
        url = urljoin(base, element.attributes.get("href", "").strip())
    except ValueError:
        return None
    return url if url.startswith(("http://", "https://")) and len(url) <= LONGEST_ADDRESS else None


def _base(document: Document, url: str) -> str:
    given = (element.attributes.get("href", "").strip() for element in document.elements if element.tag == "base")
    return next((base for href in given if href and (base := join(url, href)) is not None), url)


def _distinct(found: Iterable[T], most: int) -> tuple[T, ...]:
    return tuple(islice(dict.fromkeys(found), most))
