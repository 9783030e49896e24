"""Verification: what the DNS and lists say of the domains of addresses. Each domain is asked once, and remembered."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.clients.mail_dns import MailAnswer, MailDns
from scanlane.domain.assessment import Contact
from scanlane.domain.authority import UnusableHost, read_host
from scanlane.domain.disposable import read_list
from scanlane.domain.mail_verdicts import MailDomain, MailState, MailStatus, Verification, verdict
from scanlane.domain.sightings import ContactKind
from scanlane.errors import BadInput
from scanlane.settings import Settings
from scanlane.stores import mail_domains
from worklane.outcome import JsonValue

AT_ONCE = 20
SHORTEST = timedelta(hours=1)
LONGEST = timedelta(days=7)
# How long the absence of mail is believed, and how long a name server that did not answer is left alone.
ABSENCE = timedelta(hours=6)
SILENCE = timedelta(minutes=5)

Ask = Callable[[str], Awaitable[MailAnswer]]


class MailVerifier:
    """Knows of domains how they receive mail: from the database, else from the DNS. Holds no session while it asks."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        *,
        nameservers: Sequence[str] = (),
        ask: Ask | None = None,
    ) -> None:
        """`ask` replaces the DNS."""
        self._sessions = sessions
        self._nameservers = nameservers
        self._ask = ask
        self._room = asyncio.Semaphore(AT_ONCE)
        self._asking: dict[str, asyncio.Future[None]] = {}

    async def check(self, domains: Iterable[str]) -> Mapping[str, MailDomain]:
        """By name, what is known of these domains now. Those that are known are not asked; the others once."""
        wanted = set(filter(None, map(ascii_domain, domains)))
        async with self._sessions() as session:
            known = dict(await mail_domains.known_domains(session, wanted))
        missing = wanted - known.keys()
        if missing:
            await self._ask_about(missing)
            async with self._sessions() as session:
                known |= await mail_domains.known_domains(session, missing)
        return known

    async def _ask_about(self, domains: Collection[str]) -> None:
        async with AsyncExitStack() as stack:
            ask = self._ask or (await stack.enter_async_context(MailDns(self._nameservers))).ask
            await asyncio.gather(*(self._ask_once(domain, ask) for domain in sorted(domains)))

    async def _ask_once(self, domain: str, ask: Ask) -> None:
        """Ask, or wait for another scan of this process that is asking already."""
        if domain in self._asking:
            await asyncio.shield(self._asking[domain])
            return
        asking = self._asking[domain] = asyncio.get_running_loop().create_future()
        try:
            # Whoever asked a moment ago has saved the answer since we looked.
            if not await self._is_known(domain):
                async with self._room:
                    answer = await ask(domain)
                await self._save(domain, answer)
        finally:
            del self._asking[domain]
            asking.set_result(None)

    async def _is_known(self, domain: str) -> bool:
        async with self._sessions() as session:
            return domain in await mail_domains.known_domains(session, [domain])

    async def _save(self, domain: str, answer: MailAnswer) -> None:
        keep = kept_for(answer)
        async with self._sessions.begin() as session:
            await mail_domains.save_domain(session, domain, state=answer.state, hosts=answer.hosts, keep=keep)


def kept_for(answer: MailAnswer) -> timedelta:
    """How long an answer is believed: its own time to live within bounds, absence and silence for shorter."""
    if answer.state is MailState.UNKNOWN:
        return SILENCE
    if answer.state in (MailState.NO_DOMAIN, MailState.NO_HOST):
        return ABSENCE
    return min(max(timedelta(seconds=answer.ttl), SHORTEST), LONGEST)


def ascii_domain(domain: str) -> str | None:
    """The domain as the DNS has it, or None for what is no name."""
    try:
        return read_host(domain)
    except UnusableHost:
        return None


def domain_of(address: str) -> str | None:
    """The domain of an address, as the DNS has it."""
    return ascii_domain(address.rpartition("@")[2])


async def with_verification(
    session: AsyncSession, contacts: Sequence[Contact], *, disposable: frozenset[str] = frozenset()
) -> tuple[Contact, ...]:
    """The contacts with what is known of their domains, best first. Nothing is asked; a score only ever sinks."""
    names = {contact.value: domain_of(contact.value) for contact in contacts if contact.kind is ContactKind.EMAIL}
    known = await mail_domains.known_domains(session, set(filter(None, names.values())))
    if not known:
        return tuple(contacts)
    verdicts = {name: verdict(one, disposable=disposable) for name, one in known.items()}
    judged = [_judged(contact, verdicts.get(names.get(contact.value) or "")) for contact in contacts]
    return tuple(sorted(judged, key=lambda contact: (-contact.score, contact.kind, contact.value)))


def document(found: Verification | None) -> dict[str, JsonValue]:
    """A verification as JSON. None: nobody has asked, so that the status is unknown."""
    if found is None:
        return {"status": MailStatus.UNKNOWN, "mx": [], "checked_on": None}
    return {"status": found.status, "mx": list(found.mx), "checked_on": found.checked_on.isoformat()}


def own_disposable(settings: Settings) -> frozenset[str]:
    """The operator's list of domains of throw-away mailboxes. Raises BadInput when it cannot be read."""
    if settings.disposable_file is None:
        return frozenset()
    try:
        with settings.disposable_file.open(encoding="utf-8") as lines:
            return read_list(lines)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"SCANLANE_DISPOSABLE_FILE: {settings.disposable_file} cannot be read: {error}") from None


def _judged(contact: Contact, found: Verification | None) -> Contact:
    if found is None or contact.kind is not ContactKind.EMAIL:
        return contact
    reasons = contact.reasons
    if found.reason is not None:
        reasons = (*reasons, f"{found.reason}: at most {found.most}")
    return replace(contact, score=min(contact.score, found.most), reasons=reasons, verification=found)
