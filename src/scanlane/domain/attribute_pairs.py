"""Addresses that a page keeps in halves: data-user="info" data-domain="host.org", to be joined by its script."""

from collections.abc import Iterator, Mapping

from scanlane.domain.email_rules import address

_USER = "user u name local mailbox account recipient usr username first before to email mail id localpart"
_DOMAIN = "domain d host site server dom hostname after at last website provider"
_ENDING = "tld ext t suffix end extension topdomain top zone"

USER_ATTRIBUTES = tuple(f"data-{name}" for name in _USER.split())
_DOMAIN_ATTRIBUTES = tuple(f"data-{name}" for name in _DOMAIN.split())
_ENDING_ATTRIBUTES = tuple(f"data-{name}" for name in _ENDING.split())


def paired_addresses(attributes: Mapping[str, str]) -> Iterator[str]:
    """Yield the address that an element's data attributes spell in two or three parts."""
    user = _first(attributes, USER_ATTRIBUTES)
    domain = _first(attributes, _DOMAIN_ATTRIBUTES) if user else None
    if user is None or domain is None or "@" in user + domain:
        return
    ending = _first(attributes, _ENDING_ATTRIBUTES)
    whole = address(user, domain) or (address(user, f"{domain}.{ending.lstrip('.')}") if ending else None)
    if whole:
        yield whole


def join_halves(parts: Mapping[str, str]) -> str | None:
    """The address made of the values under keys such as user, domain, tld; None if they make none."""
    return next(paired_addresses({f"data-{key.lower()}": value for key, value in parts.items()}), None)


def _first(attributes: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = attributes.get(name)
        if value and value.strip():
            return value.strip()
    return None
