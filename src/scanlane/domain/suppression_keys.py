"""By what a contact can be suppressed: normal forms of addresses, domains, numbers and profiles. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from scanlane.domain.authority import UnusableHost, is_address, read_host, without_www
from scanlane.errors import BadInput

LONGEST = 500
MOST_LABELS = 10

_MAILBOX_OF_GOOGLE = frozenset(("gmail.com", "googlemail.com"))
_NUMBER = re.compile(r"(?:\+|00)[\d\s().\-/]{6,40}\Z")
_PROFILE = re.compile(r"https?://(?:www\.)?([^\s/]+/\S*)\Z", re.I)


class SuppressedKind(StrEnum):
    """What is suppressed: one mailbox, all mailboxes of a domain, one number, one profile."""

    EMAIL = "email"
    DOMAIN = "domain"
    PHONE = "phone"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class SuppressionKey:
    """The normal form of something that is suppressed; the same for every spelling of it."""

    kind: SuppressedKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


def read_key(text: str) -> SuppressionKey:
    """What somebody wants suppressed: `info@example.com`, `@example.com`, `+49 30 123456`, a profile's URL.

    Raises BadInput. The message never repeats what was given: it may end in a log.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    if not typed or len(typed) > LONGEST or not typed.isprintable():
        raise _unusable()
    key = _profile(typed) or _phone(typed) or _domain(typed) or _email(typed)
    if key is None:
        raise _unusable()
    return key


def keys_of(kind: str, value: str) -> tuple[SuppressionKey, ...]:
    """Everything by which a contact may be suppressed. `kind` is a contact's: email, phone or social."""
    if kind == "email":
        mailbox = _email(value)
        return () if mailbox is None else (mailbox, *_domains(mailbox.value.rpartition("@")[2]))
    key = _phone(value) if kind == "phone" else _profile(value)
    return () if key is None else (key,)


def host_suffixes(host: str) -> tuple[str, ...]:
    """The host, in ASCII and without `www.`, and every domain above it that has two labels or more."""
    if is_address(host):
        return (host,)
    labels = without_www(host).split(".")[-MOST_LABELS:]
    return tuple(".".join(labels[start:]) for start in range(max(1, len(labels) - 1)))


def _domains(host: str) -> tuple[SuppressionKey, ...]:
    return tuple(SuppressionKey(SuppressedKind.DOMAIN, one) for one in host_suffixes(host))


def _email(text: str) -> SuppressionKey | None:
    local, at, domain = text.rpartition("@")
    host = _host(domain)
    if not at or not local or host is None or len(text) > LONGEST:
        return None
    local = unicodedata.normalize("NFKC", local).casefold()
    # A tag leads to the same mailbox: whoever objects with one means them all.
    local = local.partition("+")[0] or local
    if host in _MAILBOX_OF_GOOGLE:
        local, host = local.replace(".", ""), "gmail.com"
    return SuppressionKey(SuppressedKind.EMAIL, f"{local}@{host}")


def _domain(text: str) -> SuppressionKey | None:
    host = _host(text[1:]) if text.startswith("@") else None
    return None if host is None else SuppressionKey(SuppressedKind.DOMAIN, without_www(host))


def _phone(text: str) -> SuppressionKey | None:
    number = text.partition(";")[0].strip()
    if not _NUMBER.match(number):
        return None
    digits = re.sub(r"\D", "", number)
    digits = digits if number.startswith("+") else digits[2:]
    return SuppressionKey(SuppressedKind.PHONE, f"+{digits}") if 5 <= len(digits) <= 17 else None


def _profile(text: str) -> SuppressionKey | None:
    match = _PROFILE.match(text)
    return None if match is None else SuppressionKey(SuppressedKind.PROFILE, match[1].rstrip("/").casefold())


def _host(text: str) -> str | None:
    try:
        host = read_host(text.strip().removesuffix("."))
    except UnusableHost:
        return None
    return host if "." in host and not is_address(host) else None


def _unusable() -> BadInput:
    return BadInput(
        "that is nothing that can be suppressed: give an e-mail address, @ and a domain, a telephone number that "
        "begins with + and the country's code, or the URL of a profile",
        field="value",
    )
