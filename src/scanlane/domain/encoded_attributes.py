"""Addresses in attributes that a script would decode: base64, ROT13, letters backwards, the element of Joomla."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping

from scanlane.domain.email_rules import address
from scanlane.domain.emails import addresses
from scanlane.domain.shifted import rot13

# The element of Joomla 4 and later: its script joins the two halves.
# Source: https://github.com/joomla/joomla-cms, build/media_source/system/js/joomla-hidden-mail.es6.js
JOOMLA = "joomla-hidden-mail"
SHIFTED = "data-rot13"
ENCODED = (
    *("data-email", "data-mail", "data-to", "data-recipient", "data-user", "data-account"),
    *("data-encoded", "data-enc", "data-b64", "data-base64", "data-encoded-email", "data-email-encoded"),
)
_ENCODED_SET = frozenset(ENCODED)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,400}={0,2}")


def encoded_addresses(tag: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """Yield the addresses that an element's attributes hold in code."""
    if tag == JOOMLA:
        whole = address(_from_base64(attributes.get("first", "")), _from_base64(attributes.get("last", "")))
        yield from [whole] if whole else []
        return
    if SHIFTED in attributes:
        yield from (found.value for found in addresses(rot13(attributes[SHIFTED][:400])))
    if _ENCODED_SET.isdisjoint(attributes):
        return
    for name in ENCODED:
        value = attributes.get(name, "").strip()
        if "@" in value:
            yield from (found.value for found in addresses(value[:400][::-1]) if not any(addresses(value[:400])))
        elif _BASE64.fullmatch(value):
            yield from (found.value for found in addresses(_from_base64(value)))


def _from_base64(text: str) -> str:
    try:
        plain = base64.b64decode(text + "==", altchars=b"-_" if "-" in text or "_" in text else None)
        return plain.decode().removeprefix("mailto:")
    except (ValueError, binascii.Error):
        return ""
