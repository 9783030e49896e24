"""Where a text may spell out the sign '@': in brackets, between marks, as a bare word, or with spaces around it.

A word in brackets is proof enough. The bare word "at" counts only where "dot" is spelled out too, after a label such as
"E-Mail:", or in capitals beside small letters, for prose is full of "found at www.host.org". The places are found by
plain searches; the patterns only ever look at a short stretch there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from scanlane.domain.word_sets import words

MOST_PLACES = 5_000
MOST_GLUED = 1_000
_REACH = 160

# As people write the sign: en, de, es/pt/ca, it, fr, nl, da/no/sv, fi, pl, cs/sk/hr, hu, ro, ru/uk, tr, el, ja, ko, zh.
_AT_WORDS = (
    r"at|@|a|ä|ät|aet|æt|ad|et|bei|at[- ]?(?:sign|symbol|zeichen)|klammeraffe|affe|arroba|chiocciola|arobase|arobas|"
    r"apenstaartje|apestaartje|snabel-?a|alfakr(?:ø|o)ll|kr(?:ø|o)llalfa|ät-merkki|miukumauku|ma(?:ł|l)pa|"
    r"zavin(?:áč|ac|č)|kukac|afna|manki|sobaka|собака|кльомба|arond|a rond|et i(?:ş|s)areti|παπάκι|papaki|"
    r"アットマーク|アット|골뱅이|圈a?|艾特|a\st|majmun|arrova|coad(?:ă|a) de maimu(?:ț|ţ|t)(?:ă|a)"
)
_OPENING = "[({<«|‹（［【"
_OPENED, _CLOSED = r"[\[({<«|‹（［【]{1,2}", r"[\])}>»|›）］】]{1,2}"
_BRACKETED_AT = re.compile(
    rf"{_OPENED}\s{{0,3}}(?:{_AT_WORDS}|[A-Za-z]{{1,16}}@[A-Za-z]{{1,16}})\s{{0,3}}{_CLOSED}\s{{0,4}}", re.I
)
_MARKED_WORDS = ("_at_", "-at-", "*at*", "#at#", '"at"', "'at'", "“at”", "„at“", "„at”", "~at~", "_arroba_")
_QUOTES = frozenset("\"'“”„`")

# Words that mean nothing else before a host name, whether or not its dot is spelled out.
_CLEAR_WORDS = (
    *(" arroba ", " chiocciola ", " arobase ", " ät ", " zavináč ", " małpa ", " kukac ", " apenstaartje "),
    *(
        " apestaartje ",
        " snabel-a ",
        " alfakrøll ",
        " krøllalfa ",
        " miukumauku ",
        " afna ",
        " arond ",
        " アットマーク ",
    ),
)
# Words that mean something else too: an animal, "and". Only a spelled-out dot behind them makes them the sign.
_DOTTED_WORDS = (
    *(
        " собака ",
        " sobaka ",
        " παπάκι ",
        " papaki ",
        " 골뱅이 ",
        " majmun ",
        " et ",
        " malpa ",
        " arrova ",
        " coadă de maimuță ",
    ),
)
_DOT_WORD_BEHIND = re.compile(
    r"[\s\[({](?:dot|точка|tochka|крапка|τελεία|teleia|점|nokta|to(?:č|c)ka|punct|punt|kropka)[\s\])}]", re.IGNORECASE
)
# Pieces of all these words in small letters, found faster than the words: they hold no sign that is frequent. Letters
# outside ASCII are in either case.
_MARKED_AT = re.compile(rb"at(?:[_*#~\-\"']|\xe2\x80[\x9c\x9d])")
_RARE_PIECES = tuple(
    piece.encode()
    for piece in (
        *("rroba", "arobas", "cciol", "kuk", "zavin", "łpa", "Łpa", " ät ", " Ät ", "staartje", "snabel-a", "alfakr"),
        *(
            "llalfa",
            "miukum",
            " afna ",
            " arond ",
            "アットマ",
            "собака",
            "Собака",
            "СОБАКА",
            "sobaka",
            "παπάκι",
            "papaki",
        ),
        *("골뱅이", "majmun", " nokta ", " malpa ", "arrova", "maimu"),
    )
)
_BARE_AT = (" at ", " AT ", " At ", " aT ")
_LABEL = re.compile(
    r"(?:e-?mails?|mails?|mailto|correo|courriel|e-?post|posta|sähköposti|почта|kontakt|contact|contatto|contacto)"
    r"(?:[\s-]{0,2}(?:addresse?|adresse?|adres|us|eletrônico|electrónico|elettronica))?\s{0,2}(?:[:=]|\x00)[\s\x00]{0,4}\Z",
    re.IGNORECASE,
)
_DOT_WORD_AHEAD = re.compile(r"[\s\[({_-](?:dot|punkt)[\s\])}_-]", re.IGNORECASE)
_SURE_NAMES = frozenset(
    ("info", "infos", "kontakt", "contact", "contacto", "contato", "contatti", "office", "mail", "email", "hello")
)


# Words before "AT" in capitals that are no names.
_NO_NAMES = words("us me online available now live here today only found order call visit look out tickets open")


@dataclass(frozen=True, slots=True)
class Sign:
    """A place where '@' may be spelled out, and the proof that is still needed for it.

    `crosses`: the host may follow on the next line. `surely` is false where the marks alone could be something else.
    """

    start: int
    end: int
    needs_dot_word: bool = False
    crosses: bool = False
    surely: bool = True


def signs(text: str) -> Iterator[Sign]:
    """Yield the places in a text."""
    for bracket in _OPENING:
        for start in _places(text, bracket):
            matched = _BRACKETED_AT.match(text, start)
            if matched:
                yield Sign(start, matched.end(), crosses="at" in matched.group().lower())
    yield from _with_spaces(text)
    yield from _glued(text)
    # Letters outside ASCII are slow to make small, and only the words need that.
    small = text.encode("utf-8", "replace").lower()
    if _may_hold_rare_word(small):
        yield from _rare_words(text)
    if b" at " in small:
        yield from _bare_at(text)


def _may_hold_rare_word(small: bytes) -> bool:
    """Whether a word other than the bare "at" may stand in a text, given its bytes, of which ASCII is small."""
    return _MARKED_AT.search(small) is not None or any(piece in small for piece in _RARE_PIECES)


def _rare_words(text: str) -> Iterator[Sign]:
    lowered = text.lower()
    if len(lowered) != len(text):
        return
    for word in _MARKED_WORDS:
        yield from (Sign(start, start + len(word), surely=False) for start in _places(lowered, word))
    for word in _CLEAR_WORDS:
        yield from (Sign(start, start + len(word)) for start in _places(lowered, word))
    for word in _DOTTED_WORDS:
        for start in _places(lowered, word):
            end = start + len(word)
            if _DOT_WORD_BEHIND.search(lowered, end, end + _REACH):
                yield Sign(start, end)


def _bare_at(text: str) -> Iterator[Sign]:
    for start in sorted(start for word in _BARE_AT for start in _places(text, word)):
        if _DOT_WORD_AHEAD.search(text, start, start + _REACH):
            yield Sign(start, start + 4, needs_dot_word=True)
        elif _is_labelled(text, start) or (text[start + 1 : start + 3] == "AT" and _is_small_name(text, start)):
            yield Sign(start, start + 4, surely=False)


def _with_spaces(text: str) -> Iterator[Sign]:
    """The sign itself with spaces around it: "info @ host.de", "info@ host.de", "info @host.de"."""
    for at in _places(text, "@"):
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if before in _QUOTES and after in _QUOTES and before and after:
            yield Sign(at - 1, at + 2, surely=False)
        elif before.isalnum() and (after.isspace() or after == "\x00"):
            yield Sign(at, at + 1, crosses=True)
        elif before == " " and (after == " " or after.isalnum()):
            start = at - len(text[max(0, at - 3) : at]) + len(text[max(0, at - 3) : at].rstrip())
            if _name(text, start) in _SURE_NAMES or _is_labelled(text, start):
                yield Sign(start, at + 1)


def _glued(text: str) -> Iterator[Sign]:
    """Capitals between small letters: "infoAThostDOTde"."""
    if "DOT" not in text:
        return
    for at in islice(_places(text, "AT"), MOST_GLUED):
        around = text[at - 1 : at] + text[at + 2 : at + 3]
        if len(around) == 2 and around.islower() and "DOT" in text[at : at + _REACH]:
            yield Sign(at, at + 2, surely=False)


def _name(text: str, end: int) -> str:
    start, floor = end, max(0, end - 64)
    while start > floor and (text[start - 1].isalnum() or text[start - 1] in "._+-"):
        start -= 1
    return text[start:end]


def _is_small_name(text: str, end: int) -> bool:
    name = _name(text, end)
    return name.islower() and name not in _NO_NAMES


def _is_labelled(text: str, end: int) -> bool:
    """Whether the name before the sign follows a word that announces an address."""
    start = end - len(_name(text, end))
    return start < end and _LABEL.search(text, max(0, start - 40), start) is not None


def _places(text: str, needle: str) -> Iterator[int]:
    return islice(_all_places(text, needle), MOST_PLACES)


def _all_places(text: str, needle: str) -> Iterator[int]:
    start = text.find(needle)
    while start >= 0:
        yield start
        start = text.find(needle, start + 1)
