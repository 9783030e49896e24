"""Contacts of domains: all SQL about them."""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, Table, Text, bindparam, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.assessment import Contact
from scanlane.domain.sightings import Holder
from scanlane.models import Contact as ContactRow
from scanlane.models import Job
from scanlane.stores.bulk import arrays, given
from scanlane.stores.texts import storable
from worklane.outcome import JsonValue

UPDATED = ("type", "relation", "score", "obfuscated", "network")
LISTS = ("methods", "reasons")
HOLDER = ("name", "title", "position", "organisation", "named_by")
COLUMNS = ("kind", "value", *UPDATED, *LISTS, *HOLDER)
LONGEST_NAME = 200
LINE_END = "\n"
CONTACTS = cast(Table, ContactRow.__table__)


async def save_contacts(session: AsyncSession, contacts: Sequence[Contact], *, tenant: str, domain_id: UUID) -> None:
    """Upsert the contacts of a domain with their present assessment. A known holder gives way to another only."""
    if not contacts:
        return
    rows = [_row(contact) for contact in sorted(contacts, key=lambda contact: (contact.kind, contact.value))]
    await session.execute(_saving(), {"tenant": tenant, "domain": domain_id, **arrays(COLUMNS, rows)})


def holder_columns(holder: Holder | None) -> dict[str, str | None]:
    """A holder as columns of a contact or a sighting."""
    if holder is None:
        return dict.fromkeys(HOLDER)
    texts = (holder.name, holder.title, holder.position, holder.organisation, holder.named_by)
    return {name: storable(text, LONGEST_NAME) for name, text in zip(HOLDER, texts, strict=True)}


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
        "methods": LINE_END.join(dict.fromkeys(str(source.method) for source in contact.sources)),
        "reasons": LINE_END.join([*contact.reasons, *contact.naming]),
        **holder_columns(contact.holder),
    }


@cache
def _saving() -> Executable:
    # The server takes no arrays of arrays that differ in length: lists come as lines.
    rows = given(CONTACTS, COLUMNS, types=dict.fromkeys(LISTS, Text()))
    values = [func.string_to_array(rows.c[name], LINE_END) if name in LISTS else rows.c[name] for name in COLUMNS]
    owner = (bindparam("tenant", type_=CONTACTS.c.tenant.type), bindparam("domain", type_=CONTACTS.c.domain_id.type))
    wanted = select(*owner, *values)
    adding = insert(CONTACTS).from_select(["tenant", "domain_id", *COLUMNS], wanted)
    changed: dict[str, ColumnElement[Any]] = {name: adding.excluded[name] for name in (*UPDATED, *LISTS)}
    names_somebody = adding.excluded.named_by.is_not(None)
    for name in HOLDER:
        changed[name] = case((names_somebody, adding.excluded[name]), else_=CONTACTS.c[name])
    return adding.on_conflict_do_update(
        index_elements=[CONTACTS.c.domain_id, CONTACTS.c.kind, CONTACTS.c.value],
        set_={**changed, "last_seen_at": func.worklane_now()},
    )
