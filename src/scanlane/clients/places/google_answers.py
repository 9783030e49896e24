"""What Google's answers say: places, and errors in the shape of google.rpc.Status."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from scanlane.clients.places.api_http import Answer, bounded
from scanlane.clients.places.errors import (
    AuthError,
    InvalidRequest,
    NotFound,
    PlacesFailed,
    QuotaExceeded,
    Transient,
)
from scanlane.domain.places import PlaceDetails, PlaceRef, PlaceStub, UnusableRef

A_QUOTA_IS_PER = timedelta(minutes=1)
# A wrong key is answered as a bad request; only the reason tells it from one.
_KEY_REASONS = frozenset({"API_KEY_INVALID", "API_KEY_EXPIRED", "BILLING_DISABLED", "SERVICE_DISABLED"})
_AUTH = frozenset({"PERMISSION_DENIED", "UNAUTHENTICATED"})
_REQUEST = frozenset({"INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE", "UNIMPLEMENTED"})

Point = tuple[float, float]


def document_of(answer: Answer, *, secret: str) -> Mapping[str, object]:
    """The JSON object of a good answer. Raises the error that a bad one describes, without the secret."""
    said = answer.json()
    if not isinstance(said, dict):
        raise Transient(f"{answer.host} answers {answer.status} with something that is not an object")
    if answer.status == 200 and "error" not in said:
        return said
    raise _error(answer, said, secret)


def _error(answer: Answer, said: Mapping[str, object], secret: str) -> PlacesFailed:
    error = _object(said.get("error"))
    status = _text(error.get("status")) or ""
    message = _text(error.get("message")) or f"{answer.host} answers {answer.status}"
    message = message.replace(secret, "***") if secret else message
    details = [_object(one) for one in _list(error.get("details"))]
    if status in _AUTH or answer.status in (401, 403) or any(one.get("reason") in _KEY_REASONS for one in details):
        return AuthError(f"Google refuses the key: {message}")
    if status == "NOT_FOUND":
        return NotFound(f"Google knows no such place: {message}")
    if status == "RESOURCE_EXHAUSTED" or answer.status == 429:
        wait = answer.retry_after or _retry_delay(details) or A_QUOTA_IS_PER
        return QuotaExceeded(f"Google's quota is used up: {message}", retry_after=wait)
    if status in _REQUEST:
        return InvalidRequest(f"Google refuses the request: {message}")
    return Transient(f"Google answers {answer.status}: {message}")


def _retry_delay(details: list[Mapping[str, object]]) -> timedelta | None:
    """The wait of a google.rpc.RetryInfo: seconds with an "s" behind them."""
    for one in details:
        said = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)s", _text(one.get("retryDelay")) or "")
        if said:
            return bounded(float(said[1]))
    return None


def read_stub(place: Mapping[str, object]) -> tuple[PlaceStub, Point | None] | None:
    """A place of a list and where it is; None when it cannot be named."""
    ref = read_ref(place.get("id"))
    if ref is None:
        return None
    stub = PlaceStub(
        ref=ref,
        name=_name(place) or str(ref),
        address=_text(place.get("formattedAddress")),
        category=_text(place.get("primaryType")),
        raw=place,
    )
    return stub, _point(place)


def read_place(place: Mapping[str, object], asked: PlaceRef) -> PlaceDetails:
    """The business that a place's details describe."""
    parts = dict(_address_parts(place))
    point = _point(place)
    phones = (_text(place.get(field)) for field in ("internationalPhoneNumber", "nationalPhoneNumber"))
    return PlaceDetails(
        ref=read_ref(place.get("id")) or asked,
        name=_name(place) or str(asked),
        address=_text(place.get("formattedAddress")),
        street=_street(parts, _text(place.get("formattedAddress")) or ""),
        postcode=parts.get("postal_code"),
        city=parts.get("locality") or parts.get("postal_town") or parts.get("administrative_area_level_3"),
        region=parts.get("administrative_area_level_1"),
        country=parts.get("country"),
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        phones=tuple(phone for phone in phones if phone)[:1],
        website=_text(place.get("websiteUri")),
        category=_text(place.get("primaryType")),
        opening_hours=tuple(_opening_hours(place)),
        rating=_number(place.get("rating")),
        rating_count=_count(place.get("userRatingCount")),
        raw=place,
    )


def read_ref(place_id: object) -> PlaceRef | None:
    """The ref of an id; None for anything else."""
    try:
        return PlaceRef("google", place_id) if isinstance(place_id, str) else None
    except UnusableRef:
        return None


def _name(place: Mapping[str, object]) -> str | None:
    return _text(_object(place.get("displayName")).get("text"))


def _point(place: Mapping[str, object]) -> Point | None:
    # The wire leaves out zeroes: a place on the equator has a longitude only. One that serves an area has neither.
    location = _object(place.get("location"))
    if not location:
        return None
    latitude, longitude = (_number(location.get(name, 0)) for name in ("latitude", "longitude"))
    return None if latitude is None or longitude is None else (latitude, longitude)


def _address_parts(place: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for component in _list(place.get("addressComponents")):
        said = _object(component)
        kinds = [kind for kind in _list(said.get("types")) if isinstance(kind, str)]
        text = _text(said.get("shortText" if "country" in kinds else "longText"))
        yield from ((kind, text) for kind in kinds if text)


def _street(parts: Mapping[str, str], address: str) -> str | None:
    """Street and number, in the order of the country's addresses."""
    said = [parts[part] for part in ("route", "street_number") if part in parts]
    return " ".join(sorted(said, key=address.find)) or None


def _opening_hours(place: Mapping[str, object]) -> Iterator[str]:
    for line in _list(_object(place.get("regularOpeningHours")).get("weekdayDescriptions")):
        if text := _text(line):
            yield text


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _number(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not -1e9 < value < 1e9:
        return None
    return float(value)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
