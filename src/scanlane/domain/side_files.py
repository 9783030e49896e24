"""Files that a page leads to and that are no pages: vCards, documents that promise contacts, scripts that decode."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from scanlane.domain.link_priority import PLACES, PRIVACY, priority
from scanlane.domain.links import Link, Scope
from scanlane.domain.urls import join, path_of

MOST_LINKS = 3_000
MOST_CHARACTERS = 200_000
LONGEST_HREF = 2_000

_ENDING = re.compile(r"\.(vcf|vcard|pdf|docx?|xlsx?|od[ts]|rtf|pptx?)(?:[?#]|\Z)", re.IGNORECASE)
# Beside the words of contact pages: what flyers, price lists and forms are called.
_PROMISING = re.compile(
    r"(?:^|[\W_\d])(?:flyer|folder|leaflet|brochure|broschuere|prospekt|faltblatt|prices?|price-?list|preis(?:e|liste)|tarif\w{0,3}|"
    r"menu|menue|speisekarte|carte|programm?e?|anmelde?\w{0,8}|antrag|application|formular|form|vereins\w{0,12}|satzung|"
    r"statuten|bylaws|organigramm\w{0,2}|directory|telefonliste|phone-?list|visitenkarte|business-?card|press|media-?kit|"
    r"folleto|depliant|plaquette|listino|prezzi|tarifas|cennik|cenik|arlista)(?:[\W_\d]|$)",
    re.IGNORECASE,
)
_DECODERS = re.compile(
    r"mail|spam|crypt|cipher|decod|obfus|cloak|contact|kontakt|footer|partial|include|component|layout|protect|encod",
    re.IGNORECASE,
)
_OWN_CODE = re.compile(
    r"(?:^|[/._-])(?:main|app|site|custom|common|global|scripts?|functions?|base|load)(?:[._-]|$)", re.IGNORECASE
)
_FOREIGN_CODE = re.compile(
    r"jquery|bootstrap|polyfill|analytics|gtag|gtm|pixel|matomo|piwik|cookie|consent|recaptcha|swiper|slick|lazy|"
    r"modernizr|vendor|wp-emoji|maps?[./-]|font|gallery|slider|lightbox",
    re.IGNORECASE,
)


class FileKind(StrEnum):
    """What kind of file it is, judged by its address."""

    CARD = "vcard"
    PDF = "pdf"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SideFile:
    """A file of the site, and how much it promises: 0 to 100."""

    url: str
    kind: FileKind
    worth: int


def documents(links: Iterable[Link], base: str, scope: Scope) -> list[SideFile]:
    """The vCards and promising documents among the links of a page, best first; none that visitors do not see."""
    found: dict[str, SideFile] = {}
    for link, ending in _files(links):
        url = join(base, link.href)
        if url is None or not scope.holds(url):
            continue
        kind = FileKind.CARD if ending.startswith("vc") else FileKind.PDF if ending == "pdf" else FileKind.OTHER
        worth = 100 if kind is FileKind.CARD else _worth(path_of(url), link.text)
        if worth >= PRIVACY - 5:
            found.setdefault(scope.spell(url), SideFile(scope.spell(url), kind, worth))
    return sorted(found.values(), key=lambda file: -file.worth)


def scripts(addresses: Iterable[str], base: str, scope: Scope) -> list[str]:
    """The script files of the site's own that may decode addresses or load parts of the page, best first."""
    found: dict[str, int] = {}
    for address in addresses:
        url = join(base, address) if len(address) <= LONGEST_HREF else None
        if url is None or not scope.holds(url):
            continue
        path = path_of(url).partition("?")[0]
        name = path.rpartition("/")[2]
        if _DECODERS.search(name):
            found.setdefault(url, 2)
        elif _OWN_CODE.search(name) and not _FOREIGN_CODE.search(path):
            found.setdefault(url, 1)
    return sorted(found, key=lambda url: -found[url])


def _files(links: Iterable[Link]) -> Iterator[tuple[Link, str]]:
    characters = 0
    for link in islice(links, MOST_LINKS):
        ending = _ENDING.search(link.href, 0, LONGEST_HREF)
        if ending is None or link.hidden or "nofollow" in link.rel.lower() or len(link.href) > LONGEST_HREF:
            continue
        characters += len(link.href)
        if characters > MOST_CHARACTERS:
            return
        yield link, ending[1].lower()


def _worth(path: str, text: str) -> int:
    worth = priority(path, text.strip().lower())
    is_promising = _PROMISING.search(path) or (len(text) < 100 and _PROMISING.search(text))
    return max(worth, PLACES - 5) if is_promising else worth
