"""How good a contact is: its kind, its relation to the site, and a score from 0 to 100 that can be explained."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scanlane.domain.email_kinds import has_words_to_remove, is_webmail, kind_of
from scanlane.domain.link_priority import CONTACT, PEOPLE, stated_by
from scanlane.domain.mail_hosts import ascii_host, is_reserved, registrable
from scanlane.domain.mail_verdicts import Verification
from scanlane.domain.naming import holder_of
from scanlane.domain.phone_labels import is_fax
from scanlane.domain.placeholders import is_name_pattern, is_picture_credit, is_placeholder
from scanlane.domain.public_suffixes import readable_label
from scanlane.domain.sightings import ContactKind, Holder, Method, Sighting
from scanlane.domain.social_networks import PLACES

# Networks in whose addresses capitals matter.
_CASE_SENSITIVE = frozenset(("youtube", "discord", "spotify", "google-maps", "line", "whatsapp", "telegram"))

SHOWN_FROM = 50
MOST_SOURCES = 50

# How far a way of writing is trusted before anything else is known.
_TRUST = {
    Method.MAILTO: 80,
    Method.JSON_LD: 80,
    Method.MICRODATA: 80,
    Method.VCARD: 80,
    Method.CLOUDFLARE: 80,
    Method.HCARD: 80,
    Method.TEL: 80,
    Method.LINK: 70,
    Method.TEXT: 70,
    Method.AT_WORDS: 66,
    Method.RENDERED: 68,
    Method.PDF: 60,
    Method.ATTRIBUTE: 58,
    Method.SCRIPT: 52,
    Method.COMMENT: 15,
}
_DECODED_SCRIPT = 70
_NAMED_IN_SCRIPT = 60
_MOST_WHEN_HIDDEN = 30
# Addresses that nobody has are no contacts at all: placeholders, and an address with a piece of its neighbour.
_NOBODY = 0
_RELATION_COUNTS = {"own": 15, "sibling": 10, "webmail": 0, "third-party": -8}
_AS_MAIL = re.compile(
    r"[\"'](?:e-?mail|mail|emailaddress|e-?mail_?address|contact_?e?mail)[\"']\s?:\s?[\"'][^\"'\s]{1,64}@", re.I
)
_GLUE_BEFORE = re.compile(r"\A(?:\d+|e-?mail|mail|tel|fax|phone|u003[ce]|20|3a|nbsp|x[0-9a-f]{2})+", re.I)


@dataclass(frozen=True, slots=True)
class Source:
    """A page on which the contact was seen, how it was written there, and the words around it."""

    url: str
    method: Method
    context: str


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact of a site with everything known about it. A score of SHOWN_FROM and more is worth showing.

    `holder`: whose it is, for the reasons in `naming`.
    """

    kind: ContactKind
    value: str
    type: str
    relation: str
    score: int
    reasons: tuple[str, ...]
    obfuscated: bool
    network: str | None
    sources: tuple[Source, ...]
    holder: Holder | None = None
    naming: tuple[str, ...] = ()
    verification: Verification | None = None


@dataclass(frozen=True, slots=True)
class _Group:
    """All sightings of one contact, with what the whole site knows."""

    seen: Sequence[tuple[str, Sighting]]
    owners: frozenset[str]
    addresses: frozenset[str]

    @property
    def first(self) -> Sighting:
        return self.seen[0][1]


@dataclass(frozen=True, slots=True)
class _Score:
    """A number and how it came about."""

    value: int
    reasons: tuple[str, ...]

    def plus(self, points: int, reason: str) -> "_Score":
        return _Score(self.value + points, (*self.reasons, f"{reason} {points:+d}")) if points else self

    def at_most(self, limit: int, reason: str) -> "_Score":
        return _Score(min(self.value, limit), (*self.reasons, f"{reason}: at most {limit}"))


def assess(sightings: Iterable[tuple[str, Sighting]], own_hosts: Collection[str]) -> tuple[Contact, ...]:
    """Judge the sightings of a whole site, given as (page URL, sighting); best contacts first.

    Addresses that nobody has are left out: those of reserved domains, placeholders, those glued to a neighbour.
    """
    groups: dict[tuple[ContactKind, str], list[tuple[str, Sighting]]] = {}
    for url, sighting in sightings:
        groups.setdefault((sighting.kind, _identity(sighting)), []).append((url, sighting))
    owners = frozenset(filter(None, (registrable(_host(host)) for host in own_hosts)))
    addresses = frozenset(value for kind, value in groups if kind is ContactKind.EMAIL)
    judged = [_contact(_Group(seen, owners, addresses)) for seen in groups.values()]
    found = [contact for contact in judged if contact.score > _NOBODY]
    return tuple(sorted(found, key=lambda contact: (-contact.score, contact.kind, contact.value)))


def _identity(sighting: Sighting) -> str:
    if sighting.kind is ContactKind.SOCIAL and sighting.network in _CASE_SENSITIVE:
        return sighting.value
    if sighting.kind is ContactKind.EMAIL:
        return _address(sighting.value)
    return sighting.value.lower()


def _address(value: str) -> str:
    """The one spelling of an address that comparisons use: lower case, the host as the DNS spells it."""
    local, _, domain = value.rpartition("@")
    return f"{local.lower()}@{ascii_host(domain)}"


def _host(text: str) -> str:
    return text.rpartition(":")[0] if text.rpartition(":")[2].isdigit() else text


def _contact(group: _Group) -> Contact:
    relation = _relation(group)
    score = _score(group, relation)
    holder, naming = holder_of(group.seen)
    return Contact(
        kind=group.first.kind,
        value=group.first.value,
        type=_type(group),
        relation=relation,
        score=max(0, min(100, score.value)),
        reasons=score.reasons,
        obfuscated=all(sighting.obfuscated for _, sighting in group.seen),
        network=group.first.network,
        sources=_sources(group.seen),
        holder=holder,
        naming=naming,
    )


def _sources(seen: Sequence[tuple[str, Sighting]]) -> tuple[Source, ...]:
    distinct = dict.fromkeys(Source(url, sighting.method, sighting.context) for url, sighting in seen)
    return tuple(distinct)[:MOST_SOURCES]


def _type(group: _Group) -> str:
    if group.first.kind is ContactKind.EMAIL:
        return kind_of(group.first.value)
    if group.first.kind is ContactKind.PHONE:
        return "fax" if _is_only_fax(group) else "phone"
    return "profile"


def _is_only_fax(group: _Group) -> bool:
    return all(is_fax(sighting.context) for _, sighting in group.seen)


def _relation(group: _Group) -> str:
    if group.first.kind is ContactKind.PHONE:
        return "own"
    if group.first.kind is ContactKind.SOCIAL:
        return _profile_relation(group.first.value, group.owners)
    domain = ascii_host(group.first.value.rpartition("@")[2])
    registered = registrable(domain)
    if registered in group.owners:
        return "own"
    if is_webmail(domain):
        return "webmail"
    return (
        "sibling" if _letters(readable_label(registered.partition(".")[0])) in _stems(group.owners) else "third-party"
    )


def _profile_relation(url: str, owners: frozenset[str]) -> str:
    handle = _letters(url.rpartition("/")[2])
    stems = _stems(owners) if len(handle) > 2 else ()
    return "own" if any(stem in handle or handle in stem for stem in stems if len(stem) > 2) else "third-party"


@lru_cache(maxsize=16)
def _stems(owners: frozenset[str]) -> frozenset[str]:
    """What the owners' domains are called, letters and digits only."""
    return frozenset(map(_stem, owners))


def _stem(domain: str) -> str:
    return _letters(readable_label(domain.partition(".")[0]))


@lru_cache(maxsize=2048)
def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def _score(group: _Group, relation: str) -> _Score:
    score = _trust(group)
    if group.first.kind is not ContactKind.PHONE:
        score = score.plus(_RELATION_COUNTS[relation], relation)
    if len({url for url, _ in group.seen}) > 1:
        score = score.plus(3, "several pages")
    if any(_is_contact_page(url) for url, _ in group.seen):
        score = score.plus(4, "contact page")
    if group.first.network in PLACES and relation != "own":
        score = score.plus(-15, "may be another's place")
    if group.first.kind is ContactKind.EMAIL:
        score = _without_unreal(score, group, relation)
    elif group.first.kind is ContactKind.PHONE and _is_only_fax(group):
        score = score.plus(-20, "fax")
    if all(sighting.hidden for _, sighting in group.seen):
        score = score.at_most(_MOST_WHEN_HIDDEN, "only hidden")
    return score


@lru_cache(maxsize=8192)
def _is_contact_page(url: str) -> bool:
    """Whether the address of the page says that it tells how to reach somebody, or who works there."""
    return PEOPLE <= stated_by("/" + url.partition("://")[2].partition("/")[2]) <= CONTACT


def _trust(group: _Group) -> _Score:
    """The best way in which the contact was written, a visible one if there is any."""
    visible = [sighting for _, sighting in group.seen if not sighting.hidden]
    points, name = max((_points(sighting), str(sighting.method)) for sighting in visible or [group.first])
    return _Score(points, (f"{name} {points}",))


def _points(sighting: Sighting) -> int:
    if sighting.method is Method.SCRIPT and sighting.obfuscated:
        return _DECODED_SCRIPT
    if sighting.method is Method.SCRIPT and _AS_MAIL.search(sighting.context):
        return _NAMED_IN_SCRIPT
    return _TRUST[sighting.method]


def _without_unreal(score: _Score, group: _Group, relation: str) -> _Score:
    value = _address(group.first.value)
    if relation != "own" and is_reserved(value.rpartition("@")[2]):
        return score.at_most(_NOBODY, "reserved domain")
    if is_placeholder(value) if relation != "own" else is_name_pattern(value):
        return score.at_most(_NOBODY, "placeholder")
    if relation != "own" and is_picture_credit(value):
        return score.at_most(_NOBODY, "credit of a picture")
    if has_words_to_remove(value):
        return score.at_most(_MOST_WHEN_HIDDEN, "holds a word to be removed")
    if _is_only_text(group) and _is_glued(value, group):
        return score.at_most(_NOBODY, "glued to its neighbour")
    return score.plus(-15, "no reply") if kind_of(value) == "no-reply" else score


def _is_only_text(group: _Group) -> bool:
    return all(sighting.method in (Method.TEXT, Method.PDF) for _, sighting in group.seen)


def _is_glued(value: str, group: _Group) -> bool:
    """Whether the address is another address of the site with a stray word at one of its ends."""
    glue = _GLUE_BEFORE.match(value)
    if glue and glue.end() < value.index("@") and value[glue.end() :].lstrip(".-_") in group.addresses:
        return True
    name, _, domain = value.partition("@")
    if any(_ends_in_word_and(owner, domain) and f"{name}@{owner}" in group.addresses for owner in group.owners):
        return True
    # One letter more is another suffix rather than glue: .co and .com.
    return any(value[:end] in group.addresses for end in range(value.rindex(".") + 3, len(value) - 1))


def _ends_in_word_and(owner: str, domain: str) -> bool:
    """Whether the host is the owner's with a word before it: what some pages show to harvesters only."""
    return len(domain) > len(owner) and domain.endswith(owner) and domain[-len(owner) - 1] not in ".-"
