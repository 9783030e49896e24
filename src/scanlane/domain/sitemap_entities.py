"""Character references of XML, decoded once: `&amp;copy=` is an ampersand and a parameter, not a copyright sign."""

import re
from html.entities import html5

from scanlane.domain.sitemap_entries import Notes

_REFERENCE = re.compile(r"&(?:#(?:[xX]([0-9a-fA-F]{1,6})|([0-9]{1,7}))|([A-Za-z][A-Za-z0-9]{0,31}));|&")
_OF_XML = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def decoded(text: str, notes: Notes) -> str:
    """Replace the references of the text. Those of HTML count, for feeds use them; unknown ones and a bare & stay."""
    if "&" not in text:
        return text
    if "&" not in (plain := text.replace("&amp;", "")):
        return text.replace("&amp;", "&")
    del plain

    def spelled(match: re.Match[str]) -> str:
        in_hex, in_decimal, name = match.groups()
        if name:
            return _named(name, match[0], notes)
        number = int(in_hex, 16) if in_hex else int(in_decimal or 0)
        return _numbered(number, match[0], notes)

    return _REFERENCE.sub(spelled, text)


def _named(name: str, written: str, notes: Notes) -> str:
    if name in _OF_XML:
        return _OF_XML[name]
    if (known := html5.get(name + ";")) is not None:
        notes.add("html_entities")
        return known
    if (known := _OF_XML.get(name.lower())) is not None:
        return known
    notes.add("recovered_xml")
    return written


def _numbered(number: int, written: str, notes: Notes) -> str:
    if number and number < 0x110000 and not 0xD800 <= number < 0xE000:
        return chr(number)
    notes.add("recovered_xml")
    return "" if written != "&" else written
