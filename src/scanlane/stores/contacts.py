"""Contacts of domains: all SQL about them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.assessment import Contact
from scanlane.domain.sightings import Holder
from scanlane.models import Contact as ContactRow
from scanlane.models import Job
from scanlane.stores.texts import batches, storable
from worklane.outcome import JsonValue

UPDATED = ("type", "relation", "score", "obfuscated", "network", "methods", "reasons")
HOLDER = ("name", "title", "position", "organisation", "named_by")
LONGEST_NAME = 200


async def save_contacts(session: AsyncSession, contacts: Sequence[Contact], *, tenant: str, domain_id: UUID) -> None:
    """Upsert the contacts of a domain with their present assessment. A known holder gives way to another only."""
    values = [
        {
            "tenant": tenant,
            "domain_id": domain_id,
            "kind": contact.kind,
            "value": contact.value,
            "type": contact.type,
            "relation": contact.relation,
            "score": contact.score,
            "obfuscated": contact.obfuscated,
            "network": contact.network,
            "methods": list(dict.fromkeys(str(source.method) for source in contact.sources)),
            "reasons": [*contact.reasons, *contact.naming],
            **holder_columns(contact.holder),
        }
        for contact in sorted(contacts, key=lambda contact: (contact.kind, contact.value))
    ]
    for some in batches(values):
        adding = insert(ContactRow).values(some)
        changed: dict[str, ColumnElement[Any]] = {name: adding.excluded[name] for name in UPDATED}
        names_somebody = adding.excluded.named_by.is_not(None)
        for name in HOLDER:
            changed[name] = case((names_somebody, adding.excluded[name]), else_=getattr(ContactRow, name))
        await session.execute(
            adding.on_conflict_do_update(
                index_elements=[ContactRow.domain_id, ContactRow.kind, ContactRow.value],
                set_={**changed, "last_seen_at": func.worklane_now()},
            )
        )


def holder_columns(holder: Holder | None) -> dict[str, str | None]:
    """A holder as columns of a contact or a sighting."""
    if holder is None:
        return dict.fromkeys(HOLDER)
    texts = (holder.name, holder.title, holder.position, holder.organisation, holder.named_by)
    return {name: storable(text, LONGEST_NAME) for name, text in zip(HOLDER, texts, strict=True)}


async def save_result(session: AsyncSession, job_id: UUID, *, token: int, result: JsonValue) -> None:
    """Put the result on the job that this claim has just settled."""
    await session.execute(update(Job).where(Job.id == job_id, Job.claim_token == token).values(result_data=result))
