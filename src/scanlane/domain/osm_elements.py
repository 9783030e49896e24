"""Elements of OpenStreetMap as places, by the tags of its wiki. Pure."""

import re
from collections.abc import Iterator, Mapping

from scanlane.domain.places import PlaceDetails, PlaceRef, UnusableDetails, UnusableRef

ELEMENT_TYPES = ("node", "way", "relation")
CATEGORY_KEYS = ("shop", "amenity", "office", "craft", "tourism", "healthcare", "leisure", "club", "industrial")

# The form that most mappers use first.
_WEBSITE = ("website", "contact:website", "url", "contact:url")
_PHONE = ("phone", "contact:phone", "contact:mobile", "mobile")
_CITY = ("addr:city", "addr:town", "addr:village", "addr:suburb", "addr:place")
_REGION = ("addr:state", "addr:province", "addr:region", "addr:county")


def read_element(element: Mapping[str, object]) -> PlaceDetails:
    """The business of an element {type, id, lat, lon or center, tags}. Raises UnusableDetails without a name."""
    given = element.get("tags")
    tags = {key: value for key, value in given.items() if isinstance(value, str)} if isinstance(given, dict) else {}
    try:
        ref = PlaceRef("osm", f"{element.get('type')}/{element.get('id')}")
    except UnusableRef as error:
        raise UnusableDetails(str(error)) from None
    name = _first(tags, ("name", "brand", "operator"))
    if name is None:
        raise UnusableDetails("the place has no name")
    latitude, longitude = _point(element)
    street, postcode, city = _street(tags), _first(tags, ("addr:postcode",)), _first(tags, _CITY)
    return PlaceDetails(
        ref=ref,
        name=name,
        address=_address(tags, street, postcode, city),
        street=street,
        postcode=postcode,
        city=city,
        region=_first(tags, _REGION),
        country=_first(tags, ("addr:country",)),
        latitude=latitude,
        longitude=longitude,
        phones=tuple(dict.fromkeys(_values(tags, _PHONE))),
        website=_website(tags),
        category=next((f"{key}={tags[key]}" for key in CATEGORY_KEYS if tags.get(key)), None),
        opening_hours=tuple(_split(tags.get("opening_hours", ""))),
        raw=element,
    )


def _first(tags: Mapping[str, str], keys: tuple[str, ...]) -> str | None:
    return next((text for key in keys if (text := tags.get(key, "").strip())), None)


def _values(tags: Mapping[str, str], keys: tuple[str, ...]) -> Iterator[str]:
    for key in keys:
        yield from _split(tags.get(key, ""))


def _website(tags: Mapping[str, str]) -> str | None:
    # A semicolon may belong to the address itself.
    said = _first(tags, _WEBSITE)
    return re.split(r"\s*;\s*(?=https?://|www\.)", said)[0].strip(" ;") or None if said else None


def _split(text: str) -> list[str]:
    return [part for one in text.split(";") if (part := one.strip())]


def _street(tags: Mapping[str, str]) -> str | None:
    parts = (tags.get("addr:street", "").strip(), tags.get("addr:housenumber", "").strip())
    return " ".join(part for part in parts if part) or None


def _address(tags: Mapping[str, str], street: str | None, postcode: str | None, city: str | None) -> str | None:
    town = " ".join(part for part in (postcode, city) if part)
    parts = [part for part in (street, town, _first(tags, ("addr:country",))) if part]
    return _first(tags, ("addr:full",)) or ", ".join(parts) or None


def _point(element: Mapping[str, object]) -> tuple[float | None, float | None]:
    centre = element.get("center")
    where = centre if isinstance(centre, dict) else element
    latitude, longitude = where.get("lat"), where.get("lon")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None, None
    return (float(latitude), float(longitude)) if abs(latitude) <= 90 and abs(longitude) <= 180 else (None, None)
