"""Addresses under Cloudflare's e-mail protection: hexadecimal; the first byte is the key, XORed with all others.

Source: the decoder script that Cloudflare serves to browsers as /cdn-cgi/scripts/.../email-decode.min.js.
"""

import html
from urllib.parse import unquote

PATH = "/cdn-cgi/l/email-protection"
LONGEST_PAYLOAD = 1_000


def decoded(payload: str) -> str | None:
    """The text behind a payload, or None. Not all of it is mail: Cloudflare protects whatever contains an '@'."""
    if not 4 <= len(payload) <= LONGEST_PAYLOAD:
        return None
    try:
        key, *letters = bytes.fromhex(payload)
    except ValueError:
        return None
    text = bytes(letter ^ key for letter in letters).decode("utf-8", "replace")
    return unquote(html.unescape(unquote(text)))


def payload_of(href: str) -> str | None:
    """The payload in the fragment of a protected link, or None for any other link."""
    path, mark, payload = href.partition("#")
    return payload.strip() if mark and path.split("?")[0].endswith(PATH) else None
