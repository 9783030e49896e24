"""The result of a scan, made from everything that it saw."""

from collections.abc import Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.assessment import Contact, assess
from scanlane.domain.contacts import ContactKind, Sighting
from scanlane.services.suppression import storable_sightings
from scanlane.services.verification import document as verification_document
from scanlane.services.verification import with_verification
from scanlane.stores import scans
from scanlane.stores.jobs import JobView
from worklane.outcome import JsonValue

# A document names this many of the pages where a contact was seen; all of them stay in the database.
MOST_SOURCES = 25


def contacts_of(seen: Iterable[tuple[str, Sighting]], own_hosts: Sequence[str]) -> tuple[Contact, ...]:
    """The contacts of a site, best first. `seen` holds (page URL, sighting) pairs."""
    return assess(seen, own_hosts)


async def contacts_of_job(
    session: AsyncSession, job: JobView, *, disposable: frozenset[str] = frozenset()
) -> tuple[Contact, ...]:
    """Everything that a job has found so far and that may be shown, best first. `disposable`: the operator's list."""
    own = await scans.known_hosts(session, job.id)
    seen = await storable_sightings(session, await scans.sightings(session, job.id), tenant=job.tenant)
    return await with_verification(session, contacts_of(seen, [job.domain, *own]), disposable=disposable)


def documents(contacts: Iterable[Contact], kind: ContactKind) -> list[JsonValue]:
    """The contacts of one kind as JSON values: value, type, score, where from."""
    return [_document(contact) for contact in contacts if contact.kind == kind]


def _document(contact: Contact) -> JsonValue:
    document: dict[str, JsonValue] = {
        "value": contact.value,
        "type": contact.type,
        "relation": contact.relation,
        "score": contact.score,
        "obfuscated": contact.obfuscated,
        "sources": [
            {"url": source.url, "method": source.method, "context": source.context}
            for source in contact.sources[:MOST_SOURCES]
        ],
        "source_count": len(contact.sources),
    }
    if contact.network:
        document["network"] = contact.network
    if contact.verification is not None:
        document["verification"] = verification_document(contact.verification)
    return document
