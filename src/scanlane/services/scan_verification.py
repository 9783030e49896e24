"""Verification as a part of a scan: the domains of the addresses that it saw are checked when its crawl is over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.assessment import Contact
from scanlane.domain.sightings import ContactKind, Sighting
from scanlane.services.verification import MailVerifier, with_verification


@dataclass(frozen=True, slots=True)
class ScanVerification:
    """How scans verify. `usual`: they do unless they say otherwise; `disposable`: the operator's list of domains."""

    verifier: MailVerifier | None = None
    usual: bool = False
    disposable: frozenset[str] = frozenset()

    async def check(self, domains: frozenset[str], *, wanted: bool | None) -> None:
        """Ask the DNS about these domains, if that is wanted. No session is open meanwhile."""
        if self.verifier is not None and self.is_wanted(wanted):
            await self.verifier.check(domains)

    def is_wanted(self, wanted: bool | None) -> bool:
        """Whether a scan that says this, or nothing, verifies."""
        return self.usual if wanted is None else wanted

    async def judged(self, session: AsyncSession, contacts: Sequence[Contact]) -> tuple[Contact, ...]:
        """The contacts with what is known of their domains."""
        return await with_verification(session, contacts, disposable=self.disposable)


def mail_domains(seen: Iterable[Sighting]) -> frozenset[str]:
    """The domains of the addresses that a visitor can see."""
    emails = (one for one in seen if one.kind is ContactKind.EMAIL and not one.hidden)
    return frozenset(one.value.rpartition("@")[2].lower() for one in emails)
