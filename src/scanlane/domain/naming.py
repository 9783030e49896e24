"""Whose a contact is, when several pages of a site have their say."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from scanlane.domain.email_kinds import kind_of
from scanlane.domain.name_agreement import Agreement, agreement
from scanlane.domain.sightings import Holder, NamedBy, Sighting

_RELIABILITY = {named_by: place for place, named_by in enumerate(NamedBy)}
_AGREES = {Agreement.FULLY: "the address spells the name", Agreement.PARTLY: "the address spells a part of the name"}


def holder_of(seen: Sequence[tuple[str, Sighting]]) -> tuple[Holder | None, tuple[str, ...]]:
    """The holder of a contact that was seen as (page URL, sighting), and why it is that one.

    Of several names the one that the address spells best counts; if it tells nothing, the one that most pages show, and
    none at all between equals.
    """
    holders = {(url, one.holder) for url, one in seen if one.holder is not None}
    if not holders:
        return None, ()
    value = seen[0][1].value
    pages = Counter((holder.name or "").casefold() for _, holder in holders)
    names = {name: (_agreement(name, value), pages[name]) for name in pages if name}
    best = max(names.values(), default=None)
    chosen = [name for name, rank in names.items() if rank == best]
    ordered = sorted((holder for _, holder in holders), key=_order)
    if len(chosen) != 1:
        firm = next((holder for holder in ordered if holder.organisation), None)
        return (_nameless(firm), (f"organisation: {firm.named_by}",)) if firm is not None else (None, ())
    of_name = [holder for holder in ordered if (holder.name or "").casefold() == chosen[0]]
    return _whole(of_name), _reasons(of_name, value, pages[chosen[0]])


def _order(holder: Holder) -> tuple[int, str, str]:
    return _RELIABILITY[holder.named_by], holder.position or "\uffff", holder.context


def _agreement(name: str, value: str) -> Agreement:
    if "@" not in value or kind_of(value) != "personal":
        return Agreement.UNTOLD
    return agreement(name, value.partition("@")[0])


def _nameless(holder: Holder) -> Holder:
    return replace(holder, name=None, title=None, position=None)


def _whole(holders: Sequence[Holder]) -> Holder:
    """The most reliable one, with what the others know of the same person."""
    return replace(
        holders[0],
        title=next((one.title for one in holders if one.title), None),
        position=next((one.position for one in holders if one.position), None),
        organisation=next((one.organisation for one in holders if one.organisation), None),
    )


def _reasons(holders: Sequence[Holder], value: str, pages: int) -> tuple[str, ...]:
    agreed = _AGREES.get(_agreement(holders[0].name or "", value))
    several = f"named on {pages} pages" if pages > 1 else None
    return tuple(filter(None, (f"name: {holders[0].named_by}", agreed, several)))
