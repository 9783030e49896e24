"""Websites as people name them: from whatever was typed to the identity and the start of a scan."""

import re
from dataclasses import dataclass

from scanlane.domain.authority import is_local, owned_domain, without_www
from scanlane.domain.urls import LONGEST_URL, Url, normalise, read_url
from scanlane.errors import BadInput

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(//)?")


class UnusableWebsite(BadInput):
    """This is not the address of a website."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message, field="website")


@dataclass(frozen=True, slots=True)
class Site:
    """A website.

    `name` is its identity: the host without `www.`, with the port unless it is the scheme's default.
    `registrable` is the registered domain that bounds a scan; for an address or localhost the host itself.
    """

    name: str
    start_url: str
    registrable: str


def parse_site(text: str) -> Site:
    """Read a website's address: `example.com`, `https://www.example.com/contact`, `127.0.0.1:9100`, an IDN ...

    Private addresses are read like any other; the address guard decides about them. Raises UnusableWebsite.
    """
    typed = _usable_text(text)
    try:
        url = read_url(_with_scheme(typed))
    except ValueError as error:
        raise _unusable(typed, str(error)) from None
    if "." not in url.host and not is_local(url.host):
        raise _unusable(typed, "a host name holds a dot, such as example.com")
    start_url = normalise(str(url))
    if start_url is None:
        raise _unusable(typed, "its path or query is not one that a scan would start from")
    return Site(name=_name(url), start_url=start_url, registrable=owned_domain(url.host))


def _usable_text(text: str) -> str:
    if len(text) > LONGEST_URL:
        raise UnusableWebsite(f"The website's address is longer than {LONGEST_URL} characters.")
    typed = text.strip(" \t\r\n")
    if not typed:
        raise UnusableWebsite("The website's address is empty.")
    if _CONTROL.search(typed):
        raise UnusableWebsite("The website's address holds characters that cannot be seen.")
    if re.search(r"[\s\\<>\"`{}|^]", typed):
        raise _unusable(typed, "it holds a space or a character that no address has")
    return typed


def _with_scheme(typed: str) -> str:
    """Put the likely scheme before a bare host, and refuse other schemes by name."""
    match = _SCHEME.match(typed)
    if match is None or _is_port(match, typed):
        bare = typed.removeprefix("//")
        _refuse_user_names(bare)
        return f"{_likely_scheme(bare)}://{bare}"
    scheme = match[1].lower()
    if scheme not in ("http", "https") or not match[2]:
        raise ValueError(f"it starts with {scheme}:, not with http:// or https://")
    _refuse_user_names(typed[match.end() :])
    return typed


def _is_port(match: re.Match[str], typed: str) -> bool:
    after = re.split(r"[/?#]", typed[match.end(1) + 1 :])[0]
    return not match[2] and (after.isdigit() or "." in match[1])


def _likely_scheme(bare: str) -> str:
    # A laptop's own servers and bare addresses seldom have a certificate; everything else usually has one.
    authority = re.split(r"[/?#]", bare)[0]
    host, _, port = authority.rpartition(":") if not authority.endswith("]") else (authority, "", "")
    plain = re.fullmatch(r"\[.*\]|[0-9.]+|(?:.*\.)?localhost", host or authority, re.IGNORECASE)
    return "http" if port == "80" or plain else "https"


def _refuse_user_names(rest: str) -> None:
    authority = re.split(r"[/?#]", rest)[0]
    if "@" in authority:
        # The text is not repeated: it may hold a password.
        raise UnusableWebsite("The website's address holds an @; give it without user name, password or mailbox.")


def _name(url: Url) -> str:
    return without_www(url.host) + url.netloc.removeprefix(url.host)


def _unusable(typed: str, reason: str) -> UnusableWebsite:
    shown = typed if len(typed) <= 100 else typed[:99] + "…"
    return UnusableWebsite(f"{shown} is not a website's address: {reason}.")
