"""The result of a scan, made from everything that it saw. The words are those of Hunter's API.

Source: https://hunter.io/api-documentation/v2#domain-search.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.assessment import Contact, Source, assess
from scanlane.domain.contacts import ContactKind, Sighting
from scanlane.domain.people import split_name
from scanlane.domain.positions import department_of
from scanlane.services.suppression import storable_sightings
from scanlane.services.verification import document as verification_document
from scanlane.services.verification import with_verification
from scanlane.stores import scans
from scanlane.stores.jobs import JobView
from scanlane.stores.presences import Key, Presence, key_of, presences
from worklane.outcome import JsonValue

# A document names this many of the pages where a contact was seen; all of them stay in the database.
MOST_SOURCES = 25


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of contacts beside the scan itself: where they were seen, by `key_of`."""

    presences: Mapping[Key, Sequence[Presence]] = field(default_factory=dict)


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


async def known_of(session: AsyncSession, domain_id: UUID, contacts: Iterable[Contact], *, tenant: str) -> Known:
    """What is known of these contacts of a domain beside the scan itself."""
    keys = [(str(contact.kind), contact.value) for contact in contacts]
    return Known(presences=await presences(session, domain_id, tenant=tenant, contacts=keys))


def documents(contacts: Iterable[Contact], kind: ContactKind, known: Known | None = None) -> list[JsonValue]:
    """The contacts of one kind as JSON values: value, type, score, whose, where from. `known`: nothing by default."""
    return [_document(contact, known or Known()) for contact in contacts if contact.kind == kind]


def _document(contact: Contact, known: Known) -> JsonValue:
    document: dict[str, JsonValue] = {
        "value": contact.value,
        "type": contact.type,
        "relation": contact.relation,
        "score": contact.score,
        "confidence": contact.score,
        "reasons": [*contact.reasons, *contact.naming],
        "obfuscated": contact.obfuscated,
        **_holder(contact),
        **_sources(contact, known.presences.get(key_of(contact.kind, contact.value), ())),
    }
    if contact.kind == ContactKind.EMAIL:
        document |= _of_email(contact)
    if contact.network:
        document["network"] = contact.network
    return document


def _of_email(contact: Contact) -> dict[str, JsonValue]:
    """What only e-mail addresses have. `generic`: in Hunter's two words of type, generic rather than personal."""
    return {
        "generic": contact.type != "personal",
        "department": department_of(contact.value),
        "verification": verification_document(contact.verification),
    }


def _holder(contact: Contact) -> dict[str, JsonValue]:
    holder = contact.holder
    name = holder.name if holder else None
    first, last = split_name(name) if name else (None, None)
    return {
        "name": name,
        "first_name": first,
        "last_name": last,
        "title": holder.title if holder else None,
        "position": holder.position if holder else None,
        "organisation": holder.organisation if holder else None,
    }


def _sources(contact: Contact, seen: Sequence[Presence]) -> dict[str, JsonValue]:
    """The pages of this scan, then those of earlier scans on which it stood."""
    by_url = {presence.url: presence for presence in seen}
    here = {source.url for source in contact.sources}
    documents = [_source(source, by_url.get(source.url)) for source in contact.sources]
    earlier = [_earlier_source(presence) for presence in seen if presence.url not in here]
    return {"sources": [*documents, *earlier][:MOST_SOURCES], "source_count": len(documents) + len(earlier)}


def _source(source: Source, presence: Presence | None) -> JsonValue:
    said = {"url": source.url, "method": str(source.method), "context": source.context}
    return {**said, **_presence(source.url, presence)}


def _earlier_source(presence: Presence) -> JsonValue:
    said = {"url": presence.url, "method": presence.methods[0], "context": ""}
    return {**said, **_presence(presence.url, presence)}


def _presence(url: str, presence: Presence | None) -> dict[str, JsonValue]:
    return {
        "uri": url,
        "extracted_on": _date(presence.extracted_on if presence else None),
        "last_seen_on": _date(presence.last_seen_on if presence else None),
        "still_on_page": presence.still_on_page if presence else None,
    }


def _date(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%d}" if moment else None
