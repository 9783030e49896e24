"""What can honestly be said of an address from the DNS of its domain and from lists. No mailbox is ever asked. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scanlane.domain.disposable import is_disposable
from scanlane.domain.email_kinds import is_webmail

MOST_WITHOUT_MAIL = 10
MOST_WHEN_DISPOSABLE = 20


class MailState(StrEnum):
    """How a domain receives mail, as its DNS says (RFC 5321, section 5.1; RFC 7505)."""

    MX = "mx"
    IMPLICIT = "implicit"
    NULL_MX = "null_mx"
    NO_HOST = "no_host"
    NO_DOMAIN = "no_domain"
    UNKNOWN = "unknown"


class MailStatus(StrEnum):
    """What that means for an address. Hunter's words, without `valid` and `accept_all`: only SMTP could tell those."""

    DOMAIN_VALID = "domain_valid"
    WEBMAIL = "webmail"
    DISPOSABLE = "disposable"
    INVALID = "invalid"
    UNKNOWN = "unknown"


_WITHOUT_MAIL = {
    MailState.NULL_MX: "the domain takes no mail",
    MailState.NO_HOST: "the domain has no mail server",
    MailState.NO_DOMAIN: "the domain does not exist",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDomain:
    """What the DNS said about a domain, and when. `hosts` are its mail servers, the preferred one first."""

    domain: str
    state: MailState
    hosts: tuple[str, ...] = ()
    checked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What is known of the address's domain. `reason` says why mail is doubtful; None: it is not."""

    status: MailStatus
    mx: tuple[str, ...]
    checked_on: datetime
    reason: str | None = None

    @property
    def most(self) -> int:
        """The highest score that an address of this domain may have."""
        limits = {MailStatus.INVALID: MOST_WITHOUT_MAIL, MailStatus.DISPOSABLE: MOST_WHEN_DISPOSABLE}
        return limits.get(self.status, 100)


def verdict(known: MailDomain, *, disposable: frozenset[str] = frozenset()) -> Verification:
    """Judge a domain. `disposable`: the operator's own list, beside the public one."""
    status, reason = _judged(known, disposable)
    return Verification(status=status, mx=known.hosts, checked_on=known.checked_at, reason=reason)


def _judged(known: MailDomain, own: frozenset[str]) -> tuple[MailStatus, str | None]:
    if known.state in _WITHOUT_MAIL:
        return MailStatus.INVALID, _WITHOUT_MAIL[known.state]
    if is_disposable(known.domain, own):
        return MailStatus.DISPOSABLE, "throw-away mailboxes"
    if is_webmail(known.domain):
        return MailStatus.WEBMAIL, None
    if known.state is MailState.UNKNOWN:
        return MailStatus.UNKNOWN, None
    return MailStatus.DOMAIN_VALID, None
