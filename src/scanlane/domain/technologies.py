"""The technologies that one page and its headers give away, each with the evidence for it. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from scanlane.domain.html import Document
from scanlane.domain.structured_data import meta
from scanlane.domain.technology_rules import RULE_OF, RULES
from scanlane.domain.technology_signs import Rule, Seen, Traces

MOST_MARKUP = 300_000
MOST_SOURCES = 400
LONGEST_SOURCE = 500
MOST_COOKIES = 50
MOST_TECHNOLOGIES = 60
MOST_LABELS = 6

_HOST = re.compile(r"\s{0,9}(?:https?:)?//([\w.-]{1,253})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Technology:
    """One technology: the strongest sign of it, and how sure that is (1..100)."""

    name: str
    category: str
    version: str | None
    evidence: str
    confidence: int


def traces_of(
    markup: str, document: Document, *, headers: Mapping[str, str] | None = None, cookies: Iterable[str] = ()
) -> Traces:
    """What is looked at: of each kind, as much as an honest page has. `cookies` are names."""
    links = (one.attributes.get("href", "") for one in document.elements if one.tag == "link")
    sources = [address[:LONGEST_SOURCE].replace("\n", "") for address in (*document.sources, *links)][:MOST_SOURCES]
    metas: dict[str, str] = {}
    for name, content in meta(document):
        # Software that is added to other software often names itself in a second element.
        metas[name] = f"{metas[name]}\n{content[:LONGEST_SOURCE]}" if name in metas else content[:LONGEST_SOURCE]
    return Traces(
        headers={name.lower(): value[:LONGEST_SOURCE] for name, value in (headers or {}).items()},
        cookies=tuple(cookies)[:MOST_COOKIES],
        metas=metas,
        sources="\n".join(sources),
        hosts=frozenset(domain for address in sources for domain in _domains(address)),
        markup=markup[:MOST_MARKUP],
    )


def _domains(address: str) -> list[str]:
    """The host of an address, and every domain above it."""
    match = _HOST.match(address)
    labels = match[1].lower().split(".")[-MOST_LABELS:] if match else []
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def technologies(traces: Traces) -> tuple[Technology, ...]:
    """The technologies, the surest first; at most MOST_TECHNOLOGIES."""
    found = {rule.name: _technology(rule, seen) for rule in RULES if (seen := list(rule.seen(traces)))}
    for one in list(found.values()):
        _add_implied(found, one)
    return tuple(sorted(found.values(), key=lambda one: (-one.confidence, one.name.lower())))[:MOST_TECHNOLOGIES]


def _technology(rule: Rule, seen: list[Seen]) -> Technology:
    surest = max(seen, key=lambda sign: sign.confidence)
    versions = sorted(seen, key=lambda sign: -sign.confidence)
    version = next((sign.version for sign in versions if sign.version), None)
    return Technology(
        name=rule.name,
        category=rule.category,
        version=version,
        evidence=surest.evidence,
        confidence=surest.confidence,
    )


def _add_implied(found: dict[str, Technology], one: Technology) -> None:
    implied = RULE_OF[one.name].implies
    if implied is None:
        return
    known = found.get(implied)
    if known is None:
        evidence = f"implied by {one.name}"
        found[implied] = replace(one, name=implied, category=RULE_OF[implied].category, version=None, evidence=evidence)
        _add_implied(found, found[implied])
