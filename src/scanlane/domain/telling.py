"""The elements worth a second look, told by their attributes alone: those that may hold a contact, or hide one.

This runs for each element of a page, and most say nothing but their class.
"""

from collections.abc import Mapping
from typing import cast

from scanlane.domain.attribute_pairs import USER_ATTRIBUTES
from scanlane.domain.encoded_attributes import ENCODED, SHIFTED
from scanlane.domain.shifted import unshifted
from scanlane.domain.word_sets import words

# What `weight` answers, added up.
HIDING = 1
MATTERING = 4
TELLING = 8
# No address is shorter.
SHORTEST_VALUE = 6

GivenAttributes = Mapping[str, str | None]

_TELLING_NAMES = frozenset(
    ("itemprop", "property", "data-cfemail", "data-mailto-token", SHIFTED, *ENCODED, *USER_ATTRIBUTES)
)
# Attributes that hold no contact however they look; the target of a link is looked at apart. Others are not dull though
# they ought to be: where a quote is missing, what a visitor should read is part of any attribute.
_DULL = words("class id src srcset data-src data-srcset placeholder pattern href aria-hidden")
_WEIGHTS = {
    **dict.fromkeys(_TELLING_NAMES, TELLING),
    **dict.fromkeys(("style", "hidden"), HIDING),
    **dict.fromkeys(_DULL, 0),
}
_TAG_WEIGHTS = {
    **dict.fromkeys(("meta", "link", "base", "joomla-hidden-mail"), TELLING),
    # What these say matters otherwise: their language, their source, the direction of their letters.
    **dict.fromkeys(("bdo", "script", "iframe"), MATTERING),
    "html": TELLING | MATTERING,
}


def weight(tag: str, attributes: GivenAttributes) -> int:
    """What there is to know about an element.

    HIDING: its attributes may hide it. MATTERING: they say something that a reader wants to know. TELLING: they can
    hold a contact or say whose page it is. 0: nothing.
    """
    worth = _TAG_WEIGHTS.get(tag, 0)
    if _DULL.issuperset(attributes):
        return worth
    for name, value in attributes.items():
        known = _WEIGHTS.get(name)
        if known is not None:
            worth |= known
        elif (value and len(value) >= SHORTEST_VALUE and _has_sign(value)) or name[:2] == "on":
            worth |= TELLING
    return worth


def link_tells(href: str) -> bool:
    """Whether a link's target holds what other elements seldom do: a script, or shifted letters."""
    # Most links begin so, and no shifted one does.
    if href[:1] in "/#" or href[:4] == "http":
        return False
    if unshifted(href) is not None:
        return True
    return ":" in href and href[:20].lstrip()[:11].lower() == "javascript:"


def told(attributes: dict[str, str | None]) -> dict[str, str]:
    """The attributes, those without a value as empty text."""
    if None not in attributes.values():
        return cast(dict[str, str], attributes)
    return {name: value or "" for name, value in attributes.items()}


def _has_sign(value: str) -> bool:
    # Attributes come decoded: "&#" in one of them was "&amp;#" or the like.
    if "@" in value or "\uff20" in value or "\\u0040" in value:
        return True
    return ("%" in value and "%40" in value) or ("&" in value and ("&#" in value or "&commat" in value))
