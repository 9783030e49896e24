"""A record that somebody keeps about a business, whatever its columns are called, as a place. Pure."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping

from scanlane.domain.places import PlaceDetails, PlaceRef, UnusableDetails, UnusableRef

# What people call a column, the most telling first.
_CALLED: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "ref", "placeid", "key", "cid", "externalid"),
    "name": ("name", "title", "business", "businessname", "company", "companyname", "organisation", "organization"),
    "address": ("address", "formattedaddress", "fulladdress", "addressfull"),
    "street": ("street", "streetaddress", "address1", "addressline1", "road"),
    "postcode": ("postcode", "zip", "zipcode", "postalcode", "plz"),
    "city": ("city", "town", "locality", "municipality", "village"),
    "region": ("region", "state", "province", "county"),
    "country": ("country", "countrycode"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lng", "lon", "long"),
    "phone": ("phone", "telephone", "tel", "phonenumber", "phones", "mobile", "mobilephone"),
    "website": ("website", "url", "web", "homepage", "site", "websiteuri", "domain", "webpage"),
    "category": ("category", "type", "industry", "categories", "types"),
    "opening_hours": ("openinghours", "hours"),
    "rating": ("rating", "stars", "score"),
    "rating_count": ("ratingcount", "userratingcount", "reviewcount", "reviews"),
}


def read_details(ref: PlaceRef, raw: Mapping[str, object]) -> PlaceDetails:
    """The business that a record describes, by the usual names of columns. Raises UnusableDetails without a name."""
    said = guessed(raw)
    name = _text(said.get("name"))
    if name is None:
        raise UnusableDetails("the place has no name")
    street, postcode, city = (_text(said.get(part)) for part in ("street", "postcode", "city"))
    return PlaceDetails(
        ref=ref,
        name=name,
        address=_text(said.get("address")) or _joined(street, postcode, city),
        street=street,
        postcode=postcode,
        city=city,
        region=_text(said.get("region")),
        country=_text(said.get("country")),
        latitude=_number(said.get("latitude"), 90),
        longitude=_number(said.get("longitude"), 180),
        phones=tuple(_texts(said.get("phone"), r"[;/|\n]")),
        website=_text(said.get("website")),
        category=_text(said.get("category")),
        opening_hours=tuple(_texts(said.get("opening_hours"), r"[;\n]")),
        rating=_number(said.get("rating"), 5),
        rating_count=_count(said.get("rating_count")),
        raw=raw,
    )


def ref_of(raw: Mapping[str, object]) -> PlaceRef:
    """The record's ref: its id where it has one, else a hash of what it says, the same as long as it says the same."""
    said = _text(guessed(raw).get("id"))
    if said is not None:
        try:
            return PlaceRef("file", said.removeprefix("file:"))
        except UnusableRef:
            pass
    text = json.dumps(raw, sort_keys=True, ensure_ascii=True, default=str)
    return PlaceRef("file", hashlib.sha256(text.encode()).hexdigest()[:24])


def guessed(raw: Mapping[str, object]) -> dict[str, object]:
    """The record's values by our own names: for each the first column that is called so and says something."""
    columns = {re.sub(r"[^a-z0-9]", "", name.casefold()): value for name, value in raw.items()}
    return {
        ours: columns[theirs]
        for ours, names in _CALLED.items()
        for theirs in reversed(names)
        if columns.get(theirs) not in (None, "", [])
    }


def _text(value: object) -> str | None:
    if isinstance(value, list | tuple):
        return next((text for one in value if (text := _text(one))), None)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


def _texts(value: object, between: str) -> Iterator[str]:
    for one in value if isinstance(value, list | tuple) else [value]:
        yield from (part.strip() for part in re.split(between, _text(one) or "") if part.strip())


def _joined(street: str | None, postcode: str | None, city: str | None) -> str | None:
    town = " ".join(part for part in (postcode, city) if part)
    return ", ".join(part for part in (street, town) if part) or None


def _number(value: object, most: float) -> float | None:
    try:
        number = float(_text(value) or "nan")
    except ValueError:
        return None
    return number if abs(number) <= most else None


def _count(value: object) -> int | None:
    number = _number(value, 2**31 - 1)
    return int(number) if number is not None and number >= 0 else None
