"""Names of people: recognised by their shape, titles taken off, given and family names told apart.

A doubtful text is no name: no name is better than a wrong one.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from scanlane.domain.email_kinds import kind_of
from scanlane.domain.name_words import NOT_NAMES, PARTICLES, SALUTATIONS, SUFFIXES, TITLES

LONGEST_NAME = 60
MOST_WORDS = 6

_EDGES = " \t\n\r,;:|·•–—-*\"“”„»«‹›'’`<>()[]{}/…"
_GLUED_TITLE = re.compile(r"\b((?:Prof|Dr|Mag|Ing|Dipl\.-Ing|Dr\.-Ing)\.)(?=[^\W\d_a-z])")
_SIGN = re.compile(r"[@&=\\_+#%0-9]")
_WORD = re.compile(r"[^\W\d_]+(?:['’`-][^\W\d_]+)*\.?")
_INNER_CAPITAL = re.compile(r"(?:Mc|Mac|De|Di|Da|Du|La|Le|Lo|Van|Von|Fitz|San|O)[A-Z]")
_BRACKETS = re.compile(r"\([^()]{0,40}\)|\[[^\[\]]{0,40}\]")
_FOREIGN_LETTER = re.compile(
    r"[\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u10d0-\u10ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name without its titles; `given` and `family` are empty where the order cannot be known.

    `cased`: its script has capitals, by which names are told from other words.
    """

    full: str
    title: str = ""
    given: str = ""
    family: str = ""
    cased: bool = True


def person_name(text: str, *, stated: bool = False) -> PersonName | None:
    """The person's name that the whole text is, or None. `stated`: the page itself says that it is one."""
    if not text or len(text) > 3 * LONGEST_NAME or _SIGN.search(text):
        return None
    return _read(text, stated)


@lru_cache(maxsize=4_000)
def _read(text: str, stated: bool) -> PersonName | None:
    # Remembered: labels and names come back on every page of a site.
    plain = _BRACKETS.sub(" ", _GLUED_TITLE.sub(r"\1 ", text)).strip(_EDGES)
    if not plain or plain[-1] in "?!":
        return None
    written, behind = _degrees_off(plain)
    titles, parts = _titles_off(written.split())
    if not parts or len(" ".join(parts)) > LONGEST_NAME or len(parts) > MOST_WORDS:
        return None
    title = ", ".join(filter(None, (" ".join(titles), behind)))
    if _FOREIGN_LETTER.search(written):
        return _uncased(parts, title) if stated else None
    return _cased(parts, title, stated=stated)


def split_name(name: str) -> tuple[str | None, str | None]:
    """Given and family name of a full name; (None, None) where the order cannot be known."""
    parts = name.split()
    if len(parts) < 2 or _FOREIGN_LETTER.search(name):
        return None, None
    start = len(parts) - 1
    while start > 1 and parts[start - 1].lower() in PARTICLES:
        start -= 1
    return " ".join(parts[:start]), " ".join(parts[start:])


def _degrees_off(text: str) -> tuple[str, str]:
    """The text before its first comma, if only degrees follow it; "Example, Ada" is turned round."""
    before, comma, after = text.partition(",")
    if not comma:
        return text, ""
    behind = after.replace(",", " ").split()
    if behind and all(_bare(word) in SUFFIXES or _bare(word) in TITLES for word in behind):
        return before, after.strip()
    if len(before.split()) == 1 and 1 <= len(behind) <= 2 and "," not in after:
        return f"{after.strip()} {before.strip()}", ""
    return "", ""


def _titles_off(parts: list[str]) -> tuple[list[str], list[str]]:
    titles: list[str] = []
    while parts and (_bare(parts[0]) in TITLES or _bare(parts[0]) in SALUTATIONS or _bare(parts[0])[:5] == "dipl-"):
        if _bare(parts[0]) not in SALUTATIONS:
            titles.append(parts[0])
        parts = parts[1:]
    while len(parts) > 2 and _bare(parts[-1]) in SUFFIXES and not parts[-1][1:].islower():
        titles.append(parts[-1])
        parts = parts[:-1]
    return titles, parts


def _bare(word: str) -> str:
    return word.replace(".", "").strip("(),").lower()


def _cased(parts: list[str], title: str, *, stated: bool) -> PersonName | None:
    if not all(map(_is_part, parts)) or not _is_word(parts[-1]):
        return None
    long = [part for part in parts if len(part.rstrip(".")) > 1 and part.lower() not in PARTICLES]
    if not long or (len(parts) < 2 and not stated) or (len(long) < 2 and len(parts) > 2):
        return None
    if any(map(_is_no_name, parts)):
        return None
    full = " ".join(map(_in_usual_case, parts)) if any(map(_is_shouted, parts)) else " ".join(parts)
    given, family = split_name(full)
    return PersonName(full, title, given or "", family or "")


def _uncased(parts: list[str], title: str) -> PersonName | None:
    if len(parts) > 4 or not all(re.fullmatch(r"[^\W\d_]+(?:[-・·'][^\W\d_]+)*", part) for part in parts):
        return None
    return PersonName(" ".join(parts), title, cased=False) if 2 <= len("".join(parts)) <= 40 else None


def _is_part(part: str) -> bool:
    return (part.lower() == part and part in PARTICLES) or _is_word(part)


def _is_word(part: str) -> bool:
    if not _WORD.fullmatch(part) or not part[0].isupper() or (part.endswith(".") and len(part) > 3):
        return False
    inner = part[1:]
    if inner.islower() or not inner or part.isupper():
        return True
    return "-" in part or "'" in part or "’" in part or inner.rstrip(".").islower() or bool(_INNER_CAPITAL.match(part))


def _is_no_name(part: str) -> bool:
    lower = part.lower().rstrip(".")
    if len(lower) < 2 or part in PARTICLES:
        return False
    pieces = {lower, *lower.split("-")}
    return not NOT_NAMES.isdisjoint(pieces) or (len(lower) > 3 and kind_of(f"{lower}@name.example") != "personal")


def _is_shouted(part: str) -> bool:
    return len(part) > 2 and part.isupper()


def _in_usual_case(part: str) -> str:
    return "-".join(piece.capitalize() for piece in part.split("-")) if _is_shouted(part) else part
