"""Contacts of domains: all SQL about them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.assessment import Contact
from scanlane.models import Contact as ContactRow
from scanlane.models import Job
from scanlane.stores.texts import batches
from worklane.outcome import JsonValue

UPDATED = ("type", "relation", "score", "obfuscated", "network")


async def save_contacts(session: AsyncSession, contacts: Sequence[Contact], *, tenant: str, domain_id: UUID) -> None:
    """Upsert the contacts of a domain with their present assessment."""
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
        }
        for contact in sorted(contacts, key=lambda contact: (contact.kind, contact.value))
    ]
    for some in batches(values):
        adding = insert(ContactRow).values(some)
        changed = {name: adding.excluded[name] for name in UPDATED}
        await session.execute(
            adding.on_conflict_do_update(
                index_elements=[ContactRow.domain_id, ContactRow.kind, ContactRow.value],
                set_={**changed, "last_seen_at": func.worklane_now()},
            )
        )


async def save_result(session: AsyncSession, job_id: UUID, *, token: int, result: JsonValue) -> None:
    """Put the result on the job that this claim has just settled."""
    await session.execute(update(Job).where(Job.id == job_id, Job.claim_token == token).values(result_data=result))
