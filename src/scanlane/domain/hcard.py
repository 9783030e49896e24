"""Business cards in a page: the microformats hCard and h-card, whose class names say what each part is.

Source: https://microformats.org/wiki/hcard, https://microformats.org/wiki/h-card.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from scanlane.domain.email_sightings import one_or_more
from scanlane.domain.flow import seen_as
from scanlane.domain.mailto import recipients
from scanlane.domain.name_agreement import Agreement, agreement
from scanlane.domain.person_names import person_name
from scanlane.domain.positions import stated_position
from scanlane.domain.sightings import Holder, NamedBy, one_line
from scanlane.domain.tree import Element, Tree

MOST_CARDS = 300
MOST_NODES = 300
MOST_OF_A_PART = 10

_PART = re.compile(r"class\s{0,5}=\s{0,5}[\"']?[^\"'>]{0,200}?\b(?:email|tel)\b")
_CARDS = ".vcard, .h-card"
_NAMES, _GIVEN, _FAMILY = ".fn, .p-name", ".given-name, .p-given-name", ".family-name, .p-family-name"
_ORGANISATIONS = ".org, .p-org"
_POSITIONS = ".role, .title, .p-role, .p-job-title, .p-title"
_EMAILS, _PHONES = ".email, .u-email", ".tel, .p-tel, .u-tel"


@dataclass(frozen=True, slots=True)
class Card:
    """One card. Texts as written; `emails` are addresses already."""

    name: str
    organisation: str
    position: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    context: str


def may_hold_cards(markup: str) -> bool:
    """Whether the page is worth a closer look: cards without an address or number, as blogs have, are not."""
    return ("vcard" in markup or "h-card" in markup) and _PART.search(markup) is not None


def cards(tree: Tree) -> tuple[Card, ...]:
    """The cards of a page that say how to reach somebody."""
    found = (_card(element) for element in tree.select(_CARDS)[:MOST_CARDS] if _is_short(element))
    return tuple(card for card in found if card.emails or card.phones)


def holders(found: Iterable[Card], named_by: NamedBy) -> Iterator[Holder]:
    """Whose the addresses and numbers on the cards are."""
    for card in found:
        is_firm = bool(card.organisation) and card.organisation == card.name
        name = None if is_firm else person_name(card.name, stated=True)
        if name is None and not card.organisation:
            continue
        for email, phone in [(email, None) for email in card.emails] + [(None, phone) for phone in card.phones]:
            if name and email and agreement(name.full, email.partition("@")[0]) is Agreement.ANOTHER:
                continue
            yield Holder(
                named_by=named_by,
                name=name.full if name else None,
                title=(name.title or None) if name else None,
                position=stated_position(card.position),
                organisation=card.organisation or None,
                email=email,
                phone=phone,
                context=card.context,
            )


def _is_short(element: Element) -> bool:
    """Whether it is a card and not half the page: cards inside cards would be read over and over."""
    return sum(1 for _ in islice(element.descendants, MOST_NODES)) < MOST_NODES


def _card(element: Element) -> Card:
    composed = f"{_text(element, _GIVEN)} {_text(element, _FAMILY)}".strip()
    return Card(
        name=_text(element, _NAMES) or composed,
        organisation=_text(element, _ORGANISATIONS)[:120],
        position=_text(element, _POSITIONS),
        emails=tuple(dict.fromkeys(value for part in _parts(element, _EMAILS) for value in _emails(part))),
        phones=tuple(dict.fromkeys(filter(None, map(_phone, _parts(element, _PHONES))))),
        context=one_line(element.text[:1000]),
    )


def _parts(element: Element, selector: str) -> list[Element]:
    return [part for part in element.select(selector) if part is not element][:MOST_OF_A_PART]


def _text(element: Element, selector: str) -> str:
    return next((text for part in _parts(element, selector) if (text := " ".join(part.text[:400].split()))), "")


def _emails(part: Element) -> Iterator[str]:
    href = part.attr("href") or next((link.attr("href") or "" for link in part.select("a[href]")[:1]), "")
    written = list(recipients(href)) or [seen_as(part.text[:300])]
    for text in written[:MOST_OF_A_PART]:
        yield from one_or_more(text)


def _phone(part: Element) -> str:
    href = part.attr("href") or ""
    if href.lower().startswith("tel:"):
        return href
    value = part.select_one(".value")
    return " ".join((value or part).text[:60].split())
