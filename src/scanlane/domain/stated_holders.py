"""People and organisations that structured data ties to an address or number: JSON-LD, microdata, RDFa.

The three are brought into one shape first: records of a type with properties, which hold texts and other records.
Vocabulary: https://schema.org/Person, /Organization, /ContactPoint.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from scanlane.domain.name_agreement import Agreement, agreement
from scanlane.domain.person_names import person_name
from scanlane.domain.positions import stated_position
from scanlane.domain.sightings import Holder, NamedBy, one_line
from scanlane.domain.word_sets import words

MOST_RECORDS = 20_000
MOST_HOLDERS = 300
LONGEST_ORGANISATION = 120
_PERSON = "person"
_POINT = "contactpoint"
_ORGANISATIONS = words(
    "organization corporation localbusiness ngo educationalorganization school collegeoruniversity",
    "sportsclub store performinggroup professionalservice restaurant hotel bakery foodestablishment church",
    "placeofworship library museum dentist physician attorney legalservice medicalclinic realestateagent travelagency",
)
_PHONES = ("telephone", "phone", "phonenumber", "tel")
_EMPLOYERS = ("worksfor", "affiliation", "memberof")


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that structured data speaks of. Keys are lower case, without vocabulary."""

    types: frozenset[str]
    texts: Mapping[str, list[str]] = field(default_factory=dict)
    inner: Mapping[str, list["Record"]] = field(default_factory=dict)

    def text(self, *keys: str) -> str:
        """The first text under one of the keys; empty if there is none."""
        return next((text for key in keys for text in self.texts.get(key, ()) if text.strip()), "")

    @property
    def is_organisation(self) -> bool:
        """Whether it is a business, a club, an office or the like."""
        return any(
            kind in _ORGANISATIONS or kind.endswith(("business", "organization", "store")) for kind in self.types
        )


def short(name: str) -> str:
    """The name of a type or property without its vocabulary, lower case."""
    return name.strip().rpartition("/")[2].rpartition("#")[2].rpartition(":")[2].lower()


def from_json(roots: Iterable[object]) -> Iterator[Record]:
    """The records of parsed JSON-LD, outermost ones first."""
    budget = [MOST_RECORDS]
    for root in roots:
        yield from _records_in(root, budget, depth=0)


def _records_in(node: object, budget: list[int], *, depth: int) -> Iterator[Record]:
    if isinstance(node, list) and depth < 30:
        for one in node:
            yield from _records_in(one, budget, depth=depth + 1)
    elif isinstance(node, dict) and depth < 30 and budget[0] > 0:
        budget[0] -= 1
        yield _record(node, budget, depth)


def _record(node: dict[str, object], budget: list[int], depth: int) -> Record:
    kinds = node.get("@type")
    types = [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]
    texts: dict[str, list[str]] = {}
    inner: dict[str, list[Record]] = {}
    for name, value in node.items():
        key = short(str(name))
        values = value if isinstance(value, list) else [value]
        texts[key] = [one for one in values if isinstance(one, str)]
        inner[key] = list(_records_in(values, budget, depth=depth + 1))
    return Record(frozenset(map(short, types)), texts, inner)


def holders(records: Iterable[Record], named_by: NamedBy) -> list[Holder]:
    """Whose the addresses and numbers of the records are."""
    return list(islice(_holders(records, named_by, ""), MOST_HOLDERS))


def _holders(records: Iterable[Record], named_by: NamedBy, around: str) -> Iterator[Holder]:
    for record in records:
        own = _organisation_name(record.text("name", "legalname")) if record.is_organisation else ""
        if _PERSON in record.types:
            yield from _of_person(record, named_by, around)
        elif own or (around and _POINT in record.types):
            yield from _of_organisation(record, named_by, own or around)
        for inner in record.inner.values():
            yield from _holders(inner, named_by, own or around)


def _of_person(record: Record, named_by: NamedBy, around: str) -> Iterator[Holder]:
    composed = " ".join(filter(None, (record.text("givenname"), record.text("familyname"))))
    name = person_name(record.text("name") or composed, stated=True)
    employer = next((one.text("name") for key in _EMPLOYERS for one in record.inner.get(key, ())), "")
    if name is None:
        return
    points = [record, *record.inner.get(_POINT, ())]
    emails = list(dict.fromkeys(_address(text) for point in points for text in point.texts.get("email", ())))
    phones = [text for point in points for key in _PHONES for text in point.texts.get(key, ())]
    ties = [(email, None) for email in emails] + [(None, phone) for phone in dict.fromkeys(phones)]
    for email, phone in ties[:20]:
        if email and agreement(name.full, email.partition("@")[0]) is Agreement.ANOTHER:
            continue
        yield Holder(
            named_by=named_by,
            name=name.full,
            title=_title(name.title, record.text("honorificprefix")),
            position=stated_position(record.text("jobtitle")),
            organisation=_organisation_name(employer or record.text(*_EMPLOYERS)) or around or None,
            email=email,
            phone=phone,
            context=one_line(" ".join(filter(None, (name.full, record.text("jobtitle"), email or phone)))),
        )


def _of_organisation(record: Record, named_by: NamedBy, name: str) -> Iterator[Holder]:
    emails = [_address(text) for text in record.texts.get("email", ())]
    phones = [text for key in _PHONES for text in record.texts.get(key, ())]
    for email in dict.fromkeys(emails[:20]):
        yield Holder(named_by=named_by, organisation=name, email=email, context=one_line(f"{name} {email}"))
    for phone in dict.fromkeys(phones[:20]):
        yield Holder(named_by=named_by, organisation=name, phone=phone, context=one_line(f"{name} {phone}"))


def _address(text: str) -> str:
    plain = text.strip()
    return plain[7:].partition("?")[0].strip() if plain[:7].lower() == "mailto:" else plain


def _organisation_name(text: str) -> str:
    plain = " ".join(text[: 4 * LONGEST_ORGANISATION].split())
    return plain[:LONGEST_ORGANISATION] if len(plain) > 1 and "@" not in plain and "://" not in plain else ""


def _title(of_name: str, stated: str) -> str | None:
    return of_name or " ".join(stated.split())[:40] or None
