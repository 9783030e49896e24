"""Contacts of domains: all SQL about them."""

from collections.abc import Sequence
from functools import cache
from typing import cast
from uuid import UUID

from sqlalchemy import Executable, Table, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.assessment import Contact
from scanlane.models import Contact as ContactRow
from scanlane.models import Job
from scanlane.stores.bulk import arrays, given
from worklane.outcome import JsonValue

UPDATED = ("type", "relation", "score", "obfuscated", "network")
COLUMNS = ("kind", "value", *UPDATED)
CONTACTS = cast(Table, ContactRow.__table__)


async def save_contacts(session: AsyncSession, contacts: Sequence[Contact], *, tenant: str, domain_id: UUID) -> None:
    """Upsert the contacts of a domain with their present assessment."""
    if not contacts:
        return
    rows = [_row(contact) for contact in sorted(contacts, key=lambda contact: (contact.kind, contact.value))]
    await session.execute(_saving(), {"tenant": tenant, "domain": domain_id, **arrays(COLUMNS, rows)})


async def save_result(session: AsyncSession, job_id: UUID, *, token: int, result: JsonValue) -> None:
    """Put the result on the job that this claim has just settled."""
    await session.execute(update(Job).where(Job.id == job_id, Job.claim_token == token).values(result_data=result))


def _row(contact: Contact) -> dict[str, object]:
    return {
        "kind": contact.kind,
        "value": contact.value,
        "type": contact.type,
        "relation": contact.relation,
        "score": contact.score,
        "obfuscated": contact.obfuscated,
        "network": contact.network,
    }


@cache
def _saving() -> Executable:
    rows = given(CONTACTS, COLUMNS)
    owner = (bindparam("tenant", type_=CONTACTS.c.tenant.type), bindparam("domain", type_=CONTACTS.c.domain_id.type))
    wanted = select(*owner, *(rows.c[name] for name in COLUMNS))
    adding = insert(CONTACTS).from_select(["tenant", "domain_id", *COLUMNS], wanted)
    changed = {name: adding.excluded[name] for name in UPDATED}
    return adding.on_conflict_do_update(
        index_elements=[CONTACTS.c.domain_id, CONTACTS.c.kind, CONTACTS.c.value],
        set_={**changed, "last_seen_at": func.worklane_now()},
    )
