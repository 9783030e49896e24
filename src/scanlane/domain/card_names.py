"""The names and positions in the lines of a card, each judged against the address that the card holds."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from scanlane.domain.email_kinds import kind_of
from scanlane.domain.name_agreement import Agreement, agreement, spellings
from scanlane.domain.person_names import PersonName, person_name
from scanlane.domain.positions import names_role, position_in
from scanlane.domain.tree import Line

MOST_LINES = 24
MOST_PARTS = 6
MOST_WINDOWS = 30

_ADDRESS = re.compile(r"\S{1,64}@\S{1,253}")
_SEPARATORS = re.compile(r"\s[-–—/]\s|[,:;|•·–—(\n]")
_COMMA_NAME = re.compile(r"[^,]{2,30},[^,]{2,30}")
_CAPITALS = re.compile(r"[^\W\d_][\w.'’-]{0,30}(?: [^\W\d_][\w.'’-]{0,30}){1,4}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name near an address. `loud`: set off as a heading; `place`: the number of its line."""

    name: PersonName
    agreement: Agreement
    loud: bool
    place: int


@dataclass(frozen=True, slots=True)
class Address:
    """The address whose holder is sought, and the letters of the organisations around, which are no people."""

    value: str
    stems: frozenset[str]

    @property
    def local(self) -> str:
        """The part before the sign."""
        return self.value.partition("@")[0]

    @property
    def is_role(self) -> bool:
        """Whether it is not one person's."""
        return kind_of(self.value) != "personal"


@lru_cache(maxsize=400)
def candidates(lines: tuple[Line, ...], address: Address) -> tuple[Candidate, ...]:
    """The names in the lines that are not somebody else's. Remembered, for a footer comes back on every page."""
    found: list[Candidate] = []
    for place, line in enumerate(lines[:MOST_LINES]):
        for text in _texts(line):
            judged = judge(person_name(text), address)
            if judged is not None:
                name, agreed = judged
                found.append(Candidate(name, agreed, line.loud, place))
    if not any(one.agreement is Agreement.FULLY for one in found) and not address.is_role:
        found.extend(islice(_in_prose(lines[:MOST_LINES], address), 1))
    return tuple(found)


def judge(name: PersonName | None, address: Address) -> tuple[PersonName, Agreement] | None:
    """The name and how far the address spells it; None if it is another's, or an organisation's."""
    if name is None:
        return None
    agreed = Agreement.UNTOLD if address.is_role else agreement(name.full, address.local)
    if agreed is Agreement.ANOTHER or (agreed is not Agreement.FULLY and _is_firm(name, address.stems)):
        return None
    return name, agreed


def position_beside(lines: Sequence[Line], candidate: Candidate) -> str | None:
    """What the card says that the person does: in the same line, the next, or the one before."""
    for place in (candidate.place, candidate.place + 1, candidate.place - 1):
        if not 0 <= place < min(len(lines), MOST_LINES):
            continue
        for text in (*_apart(lines[place].text), *lines[place].pieces[:MOST_PARTS]):
            if candidate.name.full not in text and (position := position_in(text)):
                return position
    return None


def says_role(lines: Sequence[Line], local: str) -> str | None:
    """The position on the card that is the one which the address names."""
    positions = (position_in(text) for line in lines[:MOST_LINES] for text in _apart(line.text))
    return next((position for position in positions if position and names_role(position, local)), None)


def _texts(line: Line) -> Iterator[str]:
    plain = _ADDRESS.sub("|", line.text)
    if len(plain) > 300:
        return
    parts = [plain, *line.pieces, *_apart(plain)] if plain != line.text or line.pieces else [plain]
    if _COMMA_NAME.fullmatch(plain):
        parts.append(plain)
    yield from islice(dict.fromkeys(part.strip() for part in parts), MOST_PARTS)


def _apart(text: str) -> list[str]:
    text = _ADDRESS.sub("|", text[:400])
    return [part for part in _SEPARATORS.split(text)[: MOST_PARTS + 2] if part and part.strip()]


def _is_firm(name: PersonName, stems: frozenset[str]) -> bool:
    parts = ["".join(filter(str.isalnum, part.lower())) for part in name.full.split()]
    return any(stem and all(part in stem for part in parts) for stem in stems)


def _in_prose(lines: Sequence[Line], address: Address) -> Iterator[Candidate]:
    """Names in sentences: two to four words in a row that the address spells in full."""
    for place, text in islice(_runs(lines, address), MOST_WINDOWS):
        judged = judge(person_name(text), address)
        if judged is not None and judged[1] is Agreement.FULLY:
            yield Candidate(judged[0], judged[1], False, place)


def _runs(lines: Sequence[Line], address: Address) -> Iterator[tuple[int, str]]:
    tokens = [token for token in re.split(r"[^a-z]+", address.local.lower()) if len(token) > 2]
    for place, line in enumerate(lines):
        if not any(map(line.text.lower().__contains__, tokens)) and line.text.isascii():
            continue
        runs = (run.group().split() for run in _CAPITALS.finditer(line.text[:700]))
        for parts in (parts for parts in runs if _is_told(parts, tokens)):
            yield from ((place, " ".join(parts[first:last])) for first, last in _windows(len(parts)))


def _is_told(parts: Sequence[str], tokens: Sequence[str]) -> bool:
    """Whether a word of the run stands in the address; only then is it worth a closer look."""
    told = [spelling for part in parts if len(part) > 2 for spelling in spellings(part)]
    return any(len(word) > 2 and (word in token or token == word) for word in told for token in tokens)


def _windows(length: int) -> Iterator[tuple[int, int]]:
    for size in (4, 3, 2):
        for first in range(max(0, length - size + 1)):
            yield first, first + size
