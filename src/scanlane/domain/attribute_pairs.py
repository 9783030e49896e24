"""Addresses that a page keeps in halves: data-user="info" data-domain="host.org", to be joined by its script."""

from collections.abc import Iterator, Mapping

from scanlane.domain.email_rules import address

USER_ATTRIBUTES = (
    "data-user", "data-u", "data-username", "data-usr", "data-local", "data-localpart", "data-mailbox", "data-account",
    "data-recipient", "data-name", "data-first", "data-before", "data-email-user", "data-email-name", "data-mail-user",
    "data-part1", "data-n", "data-to", "data-email", "data-mail", "data-id",
)  # fmt: skip
_USER_SET = frozenset(USER_ATTRIBUTES)
_DOMAIN_ATTRIBUTES = (
    "data-domain", "data-d", "data-host", "data-hostname", "data-dom", "data-site", "data-server", "data-provider",
    "data-website", "data-after", "data-last", "data-at", "data-email-domain", "data-email-host",
    "data-mail-domain", "data-part2",
)  # fmt: skip
_ENDING_ATTRIBUTES = (
    "data-tld", "data-ext", "data-extension", "data-t", "data-suffix", "data-topdomain", "data-end", "data-zone",
    "data-part3",
)  # fmt: skip


def paired_addresses(attributes: Mapping[str, str]) -> Iterator[str]:
    """Yield the address that an element's data attributes spell in two or three parts."""
    if _USER_SET.isdisjoint(attributes):
        return
    user = _first(attributes, USER_ATTRIBUTES)
    domain = _first(attributes, _DOMAIN_ATTRIBUTES) if user else None
    if user is None or domain is None or "@" in user + domain:
        return
    ending = _first(attributes, _ENDING_ATTRIBUTES)
    whole = address(user, domain) or (address(user, f"{domain}.{ending.lstrip('.')}") if ending else None)
    # Some scripts turn both halves round.
    whole = whole or address(user[::-1], domain[::-1])
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
