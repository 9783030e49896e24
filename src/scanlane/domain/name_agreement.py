"""Whether a name and the local part of an address are those of one person: ada.example@ and "Ada Example"."""

import re
import unicodedata
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache

from scanlane.domain.name_words import PARTICLES

_BREAK = re.compile(r"[^a-z]+")
_BESIDE_A_NAME = frozenset(
    "dr prof fam familie family praxis kanzlei mail email info kontakt contact office herr frau mr mrs".split()
)
_SPECIAL = str.maketrans({"ß": "ss", "ł": "l", "đ": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d"})
_EXPANDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_PLAIN = str.maketrans({"ø": "o"})
_LETTERS = (
    "а a б b в v г g д d е e ё e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh "
    "щ shch ы y э e ю yu я ya і i ї i є ye ґ g "
    "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o"
).split()
_TRANSLITERATED = str.maketrans({**dict(zip(_LETTERS[::2], _LETTERS[1::2], strict=True)), "ъ": "", "ь": ""})


class Agreement(IntEnum):
    """From "this is somebody else's address" to "the address spells the name"."""

    ANOTHER = -2
    UNLIKE = -1
    UNTOLD = 0
    PARTLY = 1
    FULLY = 2


@lru_cache(maxsize=2_000)
def agreement(name: str, local: str) -> Agreement:
    """How the name of a person and a local part agree. The local part of a role tells nothing: do not ask."""
    parts = [spellings(part) for part in name.split() if spellings(part)]
    tokens = [token for token in _BREAK.split(_folded(local.partition("+")[0].lower())) if token]
    joined = "".join(tokens)
    if not parts or not joined:
        return Agreement.UNTOLD
    if joined in _patterns(parts) or (len(tokens) > 1 and _all_told(parts, tokens)):
        return Agreement.FULLY
    if len(tokens) > 1 and all(len(token) > 1 for token in tokens):
        return _of_several(parts, tokens)
    return _of_one(parts, joined)


@lru_cache(maxsize=5_000)
def spellings(part: str) -> frozenset[str]:
    """How a word of a name may be written in an address: "Müller" as muller and mueller, a double name by halves."""
    lower = part.lower().translate(_SPECIAL)
    halves = lower.split("-") if "-" in lower else ()
    both = (one.translate(table) for one in (lower, *halves) for table in (_EXPANDED, _PLAIN))
    folded = {_BREAK.sub("", _folded(one)) for one in both}
    return frozenset(filter(None, folded))


def _folded(text: str) -> str:
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return plain.translate(_TRANSLITERATED)


def _patterns(parts: list[frozenset[str]]) -> frozenset[str]:
    return frozenset(_spelled_out(parts))


def _spelled_out(parts: list[frozenset[str]]) -> Iterator[str]:
    """What is commonly made of a name: whole, reversed, with initials."""
    if len(parts) < 2:
        return
    initials = "".join(min(part)[0] for part in parts[:-1])
    for family in _families(parts):
        for given in parts[0]:
            yield from (given + family, family + given, given + family[0], family + given[0])
            yield from (given[0] + family, initials + family, family + initials)
    for given in parts[0]:
        for middle in parts[1]:
            yield from (f"{given}{middle}{family}" for family in parts[-1])


def _families(parts: list[frozenset[str]]) -> Iterator[str]:
    """The last word, and the same with the particles before it."""
    yield from parts[-1]
    before = ""
    for part in reversed(parts[1:-1]):
        before = min(part) + before
        yield from (before + family for family in parts[-1])


def _all_told(parts: list[frozenset[str]], tokens: list[str]) -> bool:
    """Whether each token is a word of the name or an initial, and one at least a whole word."""
    left = list(parts)
    whole = 0
    for token in tokens:
        match = next((part for part in left if token in part or (len(token) == 1 and token == min(part)[0])), None)
        if match is None:
            return False
        left.remove(match)
        whole += len(token) > 2 and token in match
    return whole > 0


def _of_several(parts: list[frozenset[str]], tokens: list[str]) -> Agreement:
    """Several words of which not all are in the name: a nickname passes, another given name does not."""
    known = [token for token in tokens if any(token in part for part in parts) or token in PARTICLES]
    rest = [token for token in tokens if token not in known]
    if known and all(token in _BESIDE_A_NAME or _shortens(token, parts) for token in rest):
        return Agreement.PARTLY
    return Agreement.ANOTHER


def _shortens(token: str, parts: list[frozenset[str]]) -> bool:
    return any(
        len(token) > 2 and (word.startswith(token) or (len(word) > 2 and token.startswith(word)))
        for part in parts
        for word in part
    )


def _of_one(parts: list[frozenset[str]], joined: str) -> Agreement:
    words = [word for part in parts for word in part if len(word) > 2]
    if joined in words:
        return Agreement.PARTLY if joined in parts[0] or joined in parts[-1] else Agreement.UNTOLD
    inside = sorted((word for word in words if word in joined and len(word) > 3), key=len, reverse=True)
    if len({word for word in inside if len(word) > 3}) > 1 and not any(
        a != b and a in b for a in inside for b in inside
    ):
        return Agreement.FULLY
    if inside:
        beside = joined.replace(inside[0], "", 1)
        return Agreement.PARTLY if beside in _BESIDE_A_NAME else Agreement.ANOTHER
    if joined == "".join(min(part)[0] for part in parts) or _is_cut(parts, joined):
        return Agreement.PARTLY
    return Agreement.UNTOLD if len(joined) < 5 else Agreement.UNLIKE


def _is_cut(parts: list[frozenset[str]], joined: str) -> bool:
    """Whether it is an initial or some letters of the given name, then some of the family name: "aexamp", "adaexa"."""
    if len(joined) < 5:
        return False
    for given in parts[0]:
        for family in parts[-1]:
            cuts = (cut for cut in (1, 2, 3) if joined[:cut] == given[:cut])
            if any(family.startswith(joined[cut:]) for cut in cuts if len(joined) - cut > 2):
                return True
    return False
