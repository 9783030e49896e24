"""Contacts and addresses of origin that a page states for machines: JSON-LD, microdata, meta elements."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanlane.domain.html import Document, Element

MOST_NODES = 50_000
LONGEST_JSON = 2_000_000

_WRAPPING = re.compile(
    r"\A\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>|/\*\s*\]\]>\s*\*/)\s*\Z"
)
_TRAILING_COMMA = re.compile(r",(?=\s{0,200}[\]}])")
_PHONE_KEYS = frozenset(("telephone", "phone", "phonenumber", "tel"))
_PROFILE_KEYS = frozenset(("sameas",))
_SITE_TYPES = frozenset(("website", "webpage", "organization", "corporation", "localbusiness", "person"))


@dataclass(slots=True)
class Facts:
    """What the structured data of a page says. Values are as written."""

    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    profiles: list[str] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)


def json_ld(document: Document) -> Facts:
    """The facts in all JSON-LD scripts of a page; a script that is no JSON says nothing."""
    facts = Facts()
    for script in document.scripts:
        if "ld+json" in script.kind:
            for key, value, kind in _pairs(parsed(script.text)):
                _note(facts, key, value, kind)
    return facts


def microdata(document: Document) -> Facts:
    """The facts in itemprop and property (RDFa) attributes; the value is the attribute's, else the text's."""
    facts = Facts()
    for element in document.telling():
        given = element.attributes
        names = given.get("itemprop") or (given.get("property") if element.tag != "meta" else None) or ""
        for name in names.lower().split()[:5]:
            _note(facts, name.rpartition(":")[2].rpartition("/")[2], _value_of(element), "")
    return facts


def declared_urls(document: Document, facts: Facts) -> list[str]:
    """The URLs under which a page says that it, or its site, lives."""
    urls = [element.attributes.get("href", "") for element in document.elements if is_canonical(element)]
    urls += [content for name, content in meta(document) if name in ("og:url", "twitter:url")]
    return [*urls, *facts.sites[:5]]


def is_canonical(element: Element) -> bool:
    """Whether the element says which URL the page prefers."""
    return element.tag == "link" and "canonical" in element.attributes.get("rel", "").lower().split()


def meta(document: Document) -> Iterator[tuple[str, str]]:
    """Yield the name (lower case) and content of each meta element."""
    for element in document.elements:
        if element.tag == "meta":
            name = element.attributes.get("property") or element.attributes.get("name") or ""
            yield name.lower(), element.attributes.get("content", "")


def parsed(text: str) -> object:
    """Parse JSON as leniently as search engines do: raw line breaks, wrappers, trailing commas; None if hopeless."""
    if len(text) > LONGEST_JSON:
        return None
    for attempt in (text, _TRAILING_COMMA.sub("", _WRAPPING.sub("", text).strip().rstrip(";"))):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _pairs(root: object) -> Iterator[tuple[str, str, str]]:
    """Yield (key, text, type of the object around it) for every text below the root, breadth first."""
    waiting: list[tuple[str, object, str]] = [("", root, "")]
    for seen, (key, node, kind) in enumerate(waiting):
        if seen >= MOST_NODES:
            return
        if isinstance(node, dict):
            own_kind = _kind(node)
            waiting.extend((str(name).lower(), value, own_kind) for name, value in node.items())
        elif isinstance(node, list):
            waiting.extend((key, value, kind) for value in node)
        elif isinstance(node, str):
            yield key, node, kind


def _kind(node: dict[str, object]) -> str:
    kind = node.get("@type")
    first = kind[0] if isinstance(kind, list) and kind else kind
    return first.lower() if isinstance(first, str) else ""


def _note(facts: Facts, key: str, value: str, kind: str) -> None:
    if key == "email":
        facts.emails.append(value)
    elif key in _PHONE_KEYS:
        facts.phones.append(value)
    elif key in _PROFILE_KEYS:
        facts.profiles.append(value)
    elif key == "addresscountry" and len(value) == 2:
        facts.countries.append(value.upper())
    elif key in ("url", "@id") and value.startswith("http") and (kind in _SITE_TYPES or kind.endswith("business")):
        facts.sites.append(value)


def _value_of(element: Element) -> str:
    attributes = element.attributes
    return attributes.get("content") or attributes.get("href") or element.text
