"""vCards: the people and organisations in a .vcf file or a `data:` link, each with what belongs to it.

All three versions in use are read alike, folding, quoted-printable and per-line charsets included. The time is linear
in the bytes, and every count and length has a limit. Sources: RFC 6350, RFC 2426, and vCard 2.1 (versit, 1996).
"""

import binascii
import quopri
import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from scanlane.domain import charset
from scanlane.domain.structured_data import Facts

MOST_BYTES = 1_000_000
MOST_CARDS = 500
MOST_LINES = 20_000
MOST_OF_A_KIND = 50
LONGEST_LINE = 4_000
LONGEST_HEAD = 1_000
DEEPEST = 4

MEDIA_TYPES = frozenset(("text/vcard", "text/x-vcard", "text/directory", "application/vcard", "application/x-vcard"))

_TEXTS = frozenset(("FN", "TITLE", "ROLE"))
_STRUCTURED = frozenset(("N", "ORG"))
_WAYS = frozenset(("EMAIL", "TEL", "URL", "X-SOCIALPROFILE", "SOCIALPROFILE", "IMPP"))
_WANTED = frozenset(("BEGIN", "END")) | _TEXTS | _STRUCTURED | _WAYS
_LINE_END = re.compile(rb"\r\n|\n|\r")
_HEAD = re.compile(r'(?:"[^"]*"|[^":])*')
_PARAMETER = re.compile(r'(?:"[^"]*"|[^";])+')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PARTS = re.compile(r"(?:\\.|[^\\;])*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Card:
    """One vCard. `phones` are as written, after the words that say what they are for: "work fax +49 30 901820"."""

    name: str = ""
    organisation: str = ""
    title: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(slots=True)
class _Draft:
    """A card that is not ended yet."""

    texts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)

    def card(self) -> Card:
        return Card(
            name=self.texts.get("FN") or self.texts.get("N", ""),
            organisation=self.texts.get("ORG", ""),
            title=self.texts.get("TITLE") or self.texts.get("ROLE", ""),
            emails=tuple(self.lists.get("EMAIL", ())),
            phones=tuple(self.lists.get("TEL", ())),
            urls=tuple(self.lists.get("URL", ())),
        )


@dataclass(frozen=True, slots=True)
class _Property:
    """One unfolded line, taken apart."""

    name: str
    parameters: dict[str, str]
    value: str


def is_vcard(body: bytes | str, kind: str = "") -> bool:
    """Whether a body is a vCard: by its media type, or because it begins like one."""
    if kind.partition(";")[0].strip().lower() in MEDIA_TYPES:
        return True
    start = body[:200]
    text = start if isinstance(start, str) else start.decode("latin-1").replace("\x00", "")
    return text.lstrip("\ufeff\xef\xbb\xbf\xff\xfe \t\r\n").upper().startswith("BEGIN:VCARD")


def cards(body: bytes | str, content_type: str | None = None) -> tuple[Card, ...]:
    """The cards of a file, in its order; what cannot be read is left out. Accepts anything."""
    raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
    raw = raw[:MOST_BYTES]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raw = charset.decode(raw).encode("utf-8", "replace")
    found: list[Card] = []
    open_drafts: list[_Draft] = []
    for line in _lines(raw.removeprefix(b"\xef\xbb\xbf")):
        prop = _property(line, content_type)
        is_frame = prop.name in ("BEGIN", "END") and prop.value.strip().upper() == "VCARD"
        if not is_frame:
            _note(open_drafts, prop)
        elif prop.name == "BEGIN" and len(open_drafts) < DEEPEST:
            open_drafts.append(_Draft())
        elif prop.name == "END" and open_drafts:
            found.append(open_drafts.pop().card())
        if len(found) >= MOST_CARDS:
            break
    found += [draft.card() for draft in reversed(open_drafts)]
    return tuple(found)[:MOST_CARDS]


def linked_cards(hrefs: Sequence[str]) -> tuple[Card, ...]:
    """The cards that stand in links themselves: `data:text/vcard,BEGIN%3AVCARD...` (RFC 2397)."""
    found: list[Card] = []
    for href in hrefs:
        media_type, comma, data = href.partition(",")
        kind, *parameters = media_type[5:LONGEST_HEAD].lower().split(";")
        if not comma or href[:5].lower() != "data:" or kind.strip() not in MEDIA_TYPES:
            continue
        body = unquote_to_bytes(data[:MOST_BYTES])
        if "base64" in (parameter.strip() for parameter in parameters):
            body = _from_base64(body)
        found += cards(body, ";".join((kind, *parameters)))
        if len(found) >= MOST_CARDS:
            break
    return tuple(found)[:MOST_CARDS]


def facts(found: Sequence[Card]) -> Facts:
    """What the cards say, as other structured data says it."""
    return Facts(
        emails=[email for card in found for email in card.emails],
        phones=[phone for card in found for phone in card.phones],
        profiles=[url for card in found for url in card.urls],
    )


def _from_base64(data: bytes) -> bytes:
    try:
        return b64decode(data + b"==", validate=False)
    except (binascii.Error, ValueError):
        return b""


def _lines(raw: bytes) -> Iterator[str]:
    """Unfold: yield logical lines as Latin-1, their bytes untouched. What exceeds LONGEST_LINE is cut off."""
    pieces: list[bytes] = []
    length, is_soft, keeps_space = 0, False, False
    for line in _LINE_END.split(raw, maxsplit=MOST_LINES)[:MOST_LINES]:
        is_fold = line[:1] in (b" ", b"\t")
        if not (is_fold or is_soft):
            yield b"".join(pieces).decode("latin-1")
            pieces, length = [], 0
            keeps_space = keeps_space or line.strip().upper() == b"VERSION:2.1"
        # Only vCard 2.1 folds at a space that belongs to the text.
        part = line[1:] if is_fold and not is_soft and not keeps_space else line
        is_quoted = is_soft or (not is_fold and b"QUOTED-PRINTABLE" in line[:LONGEST_HEAD].upper())
        is_soft = is_quoted and part.endswith(b"=")
        part = part[:-1] if is_soft else part
        if length < LONGEST_LINE:
            pieces.append(part[: LONGEST_LINE - length])
            length += len(part)
    yield b"".join(pieces).decode("latin-1")


def _property(line: str, content_type: str | None) -> _Property:
    head = _HEAD.match(line[:LONGEST_HEAD])
    end = head.end() if head else 0
    if line[end : end + 1] != ":":
        return _Property("", {}, "")
    name, *given = _PARAMETER.findall(line[:end]) or [""]
    name = name.rpartition(".")[2].strip().upper()
    if name not in _WANTED:
        return _Property("", {}, "")
    parameters = _parameters(given)
    return _Property(name, parameters, _decoded(line[end + 1 :], parameters, content_type))


def _parameters(given: list[str]) -> dict[str, str]:
    """Values by name in upper case; those that vCard 2.1 writes without a name are types."""
    found: dict[str, str] = {}
    for parameter in given[:20]:
        name, equals, value = parameter.partition("=")
        key = name.strip().upper() if equals else "TYPE"
        text = (value if equals else name).strip().strip('"')
        found[key] = f"{found[key]},{text}" if key in found else text
    return found


def _decoded(value: str, parameters: dict[str, str], content_type: str | None) -> str:
    raw = value.encode("latin-1")
    encoding = ",".join((parameters.get("ENCODING", ""), parameters.get("TYPE", ""))).upper()
    if "QUOTED-PRINTABLE" in encoding:
        raw = quopri.decodestring(raw)
    elif "BASE64" in encoding or encoding.startswith("B,"):
        raw = _from_base64(raw)
    label = parameters.get("CHARSET")
    return charset.decode(raw, f"charset={label}" if label else content_type).replace("\x00", "")


def _note(open_drafts: list[_Draft], prop: _Property) -> None:
    if not open_drafts:
        return
    draft = open_drafts[-1]
    if prop.name in _TEXTS:
        draft.texts.setdefault(prop.name, _plain(prop.value))
    elif prop.name in _STRUCTURED:
        parts = [_plain(part) for part in _PARTS.findall(prop.value)[:10] if part]
        ordered = [*parts[1:2], *parts[:1]] if prop.name == "N" else parts[:1]
        draft.texts.setdefault(prop.name, " ".join(ordered))
    elif prop.name in _WAYS:
        _note_way(draft, prop)


def _note_way(draft: _Draft, prop: _Property) -> None:
    name = prop.name if prop.name in ("EMAIL", "TEL") else "URL"
    value = _plain(prop.value)
    if name == "EMAIL":
        value = value[7:] if value[:7].lower() == "mailto:" else value
        value = value if "<" in value else value.replace(" ", "")
    if name == "TEL":
        number = value[4:] if value[:4].lower() == "tel:" else value
        kinds = prop.parameters.get("TYPE", "").lower().replace(",", " ").replace("quoted-printable", "")
        value = " ".join(f"{kinds} {number.partition(';')[0]}".split())
    ways = draft.lists.setdefault(name, [])
    if value and len(ways) < MOST_OF_A_KIND:
        ways.append(value[:500])


def _plain(value: str) -> str:
    """A value without its escapes, in one line."""
    text = _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value[:LONGEST_LINE])
    return " ".join(text.split())[:300]
