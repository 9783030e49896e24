"""Whose the addresses and numbers of a page are: every tie that the page makes, the most reliable one for each.

A page is looked at closely only when it shows an address of somebody: most pages have none, and cost nothing here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from scanlane.domain import cards, hcard, stated_holders, vcard
from scanlane.domain.email_kinds import is_webmail
from scanlane.domain.hcard import Card
from scanlane.domain.html import Document
from scanlane.domain.mail_hosts import registrable
from scanlane.domain.name_agreement import Agreement, agreement
from scanlane.domain.person_names import split_name
from scanlane.domain.public_suffixes import readable_label
from scanlane.domain.sightings import Holder, Method, NamedBy, Sighting, one_line
from scanlane.domain.structured_data import parsed
from scanlane.domain.tree import Tree, records_of_microdata, records_of_rdfa

__all__ = ["Known", "holders", "is_worth_a_tree", "most_reliable", "split_name"]

MOST_ADDRESSES = 200
_UNSEEN = frozenset((Method.SCRIPT, Method.COMMENT, Method.ATTRIBUTE))
_RELIABILITY = {named_by: place for place, named_by in enumerate(NamedBy)}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a page before its holders are sought. `cards`: its business cards."""

    document: Document
    markup: str
    emails: Sequence[Sighting]
    has_stated: bool
    hosts: frozenset[str]
    cards: tuple[Card, ...] = ()
    vcards: tuple[vcard.Card, ...] = ()


def is_worth_a_tree(known: Known) -> bool:
    """Whether the page shows an address that may be one person's, or marks a person or firm beside one."""
    return any(map(_may_be_held, known.emails)) or _marks_somebody(known)


def holders(known: Known, tree: Tree | None) -> tuple[Holder, ...]:
    """The holders of the page's addresses and numbers, the most reliable tie for each."""
    return most_reliable(_found(known, tree))


def most_reliable(found: Iterable[Holder]) -> tuple[Holder, ...]:
    """One holder for each address or number: of several, the best told one; parts that it lacks are taken over."""
    kept: dict[str, Holder] = {}
    for holder in found:
        key = (holder.email or holder.phone or "").lower()
        known = kept.get(key)
        kept[key] = holder if known is None else _merged(known, holder)
    return tuple(holder for key, holder in kept.items() if key)


def _found(known: Known, tree: Tree | None) -> Iterator[Holder]:
    if known.has_stated:
        roots = (parsed(script.text) for script in known.document.scripts if "ld+json" in script.kind)
        yield from stated_holders.holders(stated_holders.from_json(roots), NamedBy.JSON_LD)
    yield from hcard.holders(map(_of_vcard, known.vcards), NamedBy.VCARD)
    if tree is None:
        return
    if "itemprop" in known.markup:
        yield from stated_holders.holders(records_of_microdata(tree), NamedBy.MICRODATA)
    if "typeof" in known.markup:
        yield from stated_holders.holders(records_of_rdfa(tree), NamedBy.RDFA)
    yield from hcard.holders(known.cards, NamedBy.HCARD)
    values = [sighting.value for sighting in known.emails if _may_be_held(sighting)]
    if values:
        spelled = any(sighting.method is Method.AT_WORDS for sighting in known.emails)
        others = [sighting.value for sighting in known.emails if not sighting.hidden]
        yield from cards.holders(tree, [*values, *others][:MOST_ADDRESSES], _stems(known), spelled=spelled)


def _may_be_held(sighting: Sighting) -> bool:
    if sighting.hidden or sighting.method in _UNSEEN:
        return False
    return cards.may_be_held(sighting.value)


def _marks_somebody(known: Known) -> bool:
    if known.cards:
        return True
    # Looking through the whole page costs more than looking through its few addresses.
    is_marked = any(sighting.method is Method.MICRODATA for sighting in known.emails)
    return is_marked and ("itemprop" in known.markup or "typeof" in known.markup)


def _of_vcard(card: vcard.Card) -> Card:
    context = one_line(f"{card.name} {card.organisation}")
    return Card(card.name, card.organisation, card.title, card.emails, (), context)


def _stems(known: Known) -> frozenset[str]:
    domains = {sighting.value.rpartition("@")[2] for sighting in known.emails}
    hosts = [*known.hosts, *(domain for domain in domains if not is_webmail(domain))]
    return frozenset(_letters(readable_label(registrable(host).partition(".")[0])) for host in hosts)


def _letters(label: str) -> str:
    return "".join(filter(str.isalnum, label.lower()))


def _merged(known: Holder, other: Holder) -> Holder:
    first, second = sorted((known, other), key=_rank)
    if first.name and second.name and first.name.casefold() != second.name.casefold():
        return first
    return replace(
        first,
        name=first.name or second.name,
        title=first.title or second.title,
        position=first.position or second.position,
        organisation=first.organisation or second.organisation,
    )


def _rank(holder: Holder) -> tuple[bool, int, int]:
    local = (holder.email or "").partition("@")[0]
    agreed = agreement(holder.name, local) if holder.name and local else Agreement.UNTOLD
    return holder.name is None, _RELIABILITY[holder.named_by], -agreed
