"""People whom a page ties to an address by where it puts their names: in the same card, row, list item or line.

From the address outwards, the largest part of the page that holds no other address is taken for its card. A name counts
when the address spells it, or when it is the only one there, set off, and nothing contradicts.
"""

import html
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from scanlane.domain import cloudflare
from scanlane.domain.card_names import Address, Candidate, candidates, judge, position_beside, says_role
from scanlane.domain.email_kinds import kind_of
from scanlane.domain.emails import addresses
from scanlane.domain.flow import BREAK, seen_as
from scanlane.domain.name_agreement import Agreement
from scanlane.domain.person_names import PersonName, person_name
from scanlane.domain.positions import is_personal_role
from scanlane.domain.sightings import Holder, NamedBy, one_line
from scanlane.domain.spelled import spelled_addresses
from scanlane.domain.tree import SILENT, Element, Line, Node, Text, Tree, lines

MOST_ANCHORS = 200
MOST_ANCESTORS = 12
LONGEST_CARD = 700
LONGEST_CLOSE_CARD = 350
LONGEST_LEAD = 300
LONGEST_TEXT = 4_000
MOST_LEADS = 4
MOST_NUMBERS = 3

_TOP = frozenset(("body", "html", "main", "table", "tbody", "form"))
_TEXTS = '//*[text()[contains(., "@")]]'
_TEXTS_WITH_WORDS = '//*[text()[contains(., "@") or contains(., "at") or contains(., "AT") or contains(., "arroba")]]'


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A place in the tree that holds an address. A link has its `target`, and the `text` that it shows."""

    value: str
    element: Element
    text: str = field(default="", compare=False)
    target: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class _Card:
    """The surroundings of one address: its own lines, and those right before them."""

    own: tuple[Line, ...]
    lead: tuple[Line, ...]
    size: int
    numbers: tuple[str, ...]

    @property
    def lines(self) -> list[Line]:
        """From the nearest one before the address backwards, then the rest: the nearest name comes first."""
        return [*self.own, *self.lead]


def may_be_held(value: str) -> bool:
    """Whether the address may be that of one person: a personal one, or that of a post such as president@."""
    return kind_of(value) == "personal" or is_personal_role(value.partition("@")[0])


def holders(tree: Tree, values: Sequence[str], stems: frozenset[str], *, spelled: bool) -> Iterator[Holder]:
    """Who the addresses belong to, and the numbers on their cards.

    `stems`: the letters of the site's own names; `spelled`: the signs of some addresses are written as words.
    """
    anchors = list(dict.fromkeys(_anchors(tree, {value.lower(): value for value in values}, spelled=spelled)))
    surroundings = _Surroundings(anchors)
    found: list[tuple[Holder, _Card]] = []
    named: set[str] = set()
    for anchor in anchors:
        address = Address(anchor.value, stems)
        if anchor.value in named or not may_be_held(anchor.value):
            continue
        card = surroundings.card(anchor)
        holder = _holder(anchor, card, address)
        if holder is not None:
            yield holder
            found.append((holder, card))
            named.add(anchor.value)
    owners = Counter(number for number, _ in {(n, holder.name) for holder, card in found for n in card.numbers})
    for holder, card in found:
        yield from (replace(holder, email=None, phone=n) for n in card.numbers if owners[n] == 1)


def _anchors(tree: Tree, values: Mapping[str, str], *, spelled: bool) -> Iterator[_Anchor]:
    found = 0
    for element in tree.select("a[href], [data-cfemail]"):
        target = _target(element)
        for value in _values_in(target, values, spelled=False):
            found += 1
            yield _Anchor(value, element, " ".join(element.text[:200].split()), target)
        if found > MOST_ANCHORS:
            return
    for element in _elements(tree, _TEXTS_WITH_WORDS if spelled else _TEXTS):
        for value in _values_in(_own_text(element), values, spelled=spelled):
            found += 1
            yield _Anchor(value, element)
        if found > MOST_ANCHORS:
            return


def _elements(tree: Tree, expression: str) -> list[Element]:
    found = tree.xpath(expression)
    return (
        [one for one in found if isinstance(one, Element) and one.tag not in SILENT] if isinstance(found, list) else []
    )


def _own_text(element: Element) -> str:
    texts = [child.data for child in element.children if isinstance(child, Text)]
    return BREAK.join(text for text in texts if len(text) < LONGEST_TEXT)


def _target(element: Element) -> str:
    href = element.attr("href") or ""
    payload = element.attr("data-cfemail") or cloudflare.payload_of(href)
    if payload:
        return cloudflare.decoded(payload.strip()) or ""
    return unquote(html.unescape(href[:2000])) if "@" in href or "ail" in href or "&" in href or "%" in href else ""


def _values_in(text: str, values: Mapping[str, str], *, spelled: bool) -> list[str]:
    if "@" not in text and "\uff20" not in text and not spelled:
        return []
    plain = seen_as(text)
    found = [one.value.lower() for one in addresses(plain)] if "@" in plain else []
    found += [one.value.lower() for one in spelled_addresses(plain)] if spelled else []
    return list(dict.fromkeys(values[value] for value in found if value in values))


class _Surroundings:
    """Which parts of the page hold which addresses, and how long they are."""

    def __init__(self, anchors: Sequence[_Anchor]) -> None:
        self._held: dict[Element, set[str]] = defaultdict(set)
        self._sizes: dict[Element, int] = {}
        for anchor in anchors:
            for element in _upwards(anchor.element):
                self._held[element].add(anchor.value)

    def card(self, anchor: _Anchor) -> _Card:
        """The largest short part around the address that holds no other."""
        chosen = anchor.element
        for element in _upwards(anchor.element)[:MOST_ANCESTORS]:
            if len(self._held[element]) > 1 or element.tag in _TOP or self._size(element) > LONGEST_CARD:
                break
            chosen = element
        numbers = {link.attr("href") or "" for link in chosen.select('a[href^="tel:"]')[:MOST_NUMBERS]}
        return _Card(
            tuple(lines([chosen])), tuple(lines(self._lead(chosen))), self._size(chosen), tuple(sorted(numbers))
        )

    def _lead(self, card: Element) -> list[Node]:
        """What stands right before the card, back to the next address."""
        before: list[Node] = []
        size = 0
        for node in card.previous_siblings:
            if isinstance(node, Element):
                size += self._size(node)
                if self._held.get(node) or size > LONGEST_LEAD or len(before) >= MOST_LEADS:
                    break
                before.insert(0, node)
            elif isinstance(node, Text) and node.data.strip():
                before.insert(0, node)
            if len(before) >= MOST_LEADS:
                break
        return before

    def _size(self, element: Element) -> int:
        if element not in self._sizes:
            self._sizes[element] = len(element.text)
        return self._sizes[element]


def _upwards(element: Element) -> list[Element]:
    above = [one for one, _ in zip(element.ancestors, range(60), strict=False) if isinstance(one, Element)]
    return [element, *above]


def _holder(anchor: _Anchor, card: _Card, address: Address) -> Holder | None:
    stated = _of_header(anchor, card, address) or _of_link(anchor, card, address)
    if stated is not None:
        return stated
    own = candidates(card.own, address)
    chosen = _chosen(own, card, address)
    if chosen is not None:
        return _made(address, NamedBy.CARD, chosen.name, position_beside(card.own, chosen), card)
    led = candidates(card.lead, address) if not own else ()
    chosen = _chosen(led, card, address)
    if chosen is None:
        return None
    position = position_beside(card.lead, chosen) or position_beside(
        [*card.lead[-1:], *card.own], replace_place(chosen)
    )
    return _made(address, NamedBy.CARD, chosen.name, position, card)


def replace_place(candidate: Candidate) -> Candidate:
    """The same name in the first line."""
    return replace(candidate, place=0)


def _chosen(found: Sequence[Candidate], card: _Card, address: Address) -> Candidate | None:
    """The name that the address spells best; otherwise the only one of a small card, if it is set off."""
    if not found:
        return None
    names = {one.name.full for one in found}
    if address.is_role:
        told = says_role(card.lines, address.local)
        return found[0] if told and len(names) == 1 else None
    best = max(one.agreement for one in found)
    agreeing = [one for one in found if one.agreement is best]
    if best >= Agreement.PARTLY:
        return agreeing[0] if best is Agreement.FULLY or len({one.name.full for one in agreeing}) == 1 else None
    lone = len(names) == 1 and agreeing[0].loud and card.size <= LONGEST_CLOSE_CARD
    return agreeing[0] if lone and best is Agreement.UNTOLD else None


def _of_header(anchor: _Anchor, card: _Card, address: Address) -> Holder | None:
    """ "Ada Example" <address>, in the link's target or in the text."""
    texts = [anchor.target.partition(":")[2].strip(), *(line.text for line in card.own)]
    for text in texts:
        before, mark, after = text.partition("<")
        if mark and after.strip().lower().startswith(anchor.value.lower()):
            judged = judge(person_name(before.strip()), address)
            if judged is not None and not address.is_role:
                return _made(address, NamedBy.HEADER, judged[0], None, card)
    return None


def _of_link(anchor: _Anchor, card: _Card, address: Address) -> Holder | None:
    judged = judge(person_name(anchor.text), address) if anchor.text and "@" not in anchor.text else None
    if judged is None:
        return None
    if address.is_role and not says_role(card.lines, address.local):
        return None
    name, agreed = judged
    here = Candidate(name, agreed, False, _place_of(name, card.own))
    return _made(address, NamedBy.LINK, name, position_beside(card.own, here), card)


def _place_of(name: PersonName, own: Sequence[Line]) -> int:
    return next((place for place, line in enumerate(own) if name.full in line.text), -5)


def _made(address: Address, named_by: NamedBy, name: PersonName, position: str | None, card: _Card) -> Holder:
    near = " ".join(line.text for line in card.own[:6])
    return Holder(
        named_by=named_by,
        name=name.full,
        title=name.title or None,
        position=position,
        email=address.value,
        context=one_line(near if name.full in near else f"{name.full} {near}"),
    )
