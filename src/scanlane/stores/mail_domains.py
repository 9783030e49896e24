"""What the DNS said about mail, remembered for all workers: all SQL about it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Interval, Text, bindparam, cast, column, delete, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.mail_verdicts import MailDomain, MailState
from scanlane.models import MailDomainRow
from scanlane.stores.texts import storable

LONGEST_HOST = 253


async def known_domains(session: AsyncSession, domains: Collection[str]) -> Mapping[str, MailDomain]:
    """By name, what is known of these domains and has not expired."""
    if not domains:
        return {}
    given = bindparam("given_domains", sorted(domains), type_=ARRAY(Text))
    asked = func.unnest(given).table_valued(column("name", Text)).render_derived(name="asked")
    query = select(MailDomainRow).join(asked, asked.c.name == MailDomainRow.domain)
    rows = await session.scalars(query.where(MailDomainRow.expires_at > func.worklane_now()))
    return {
        row.domain: MailDomain(
            domain=row.domain, state=MailState(row.state), hosts=tuple(row.hosts), checked_at=row.checked_at
        )
        for row in rows
    }


async def save_domain(
    session: AsyncSession, domain: str, *, state: MailState, hosts: Sequence[str], keep: timedelta
) -> None:
    """Remember an answer for so long."""
    adding = insert(MailDomainRow).values(
        domain=domain,
        state=state,
        hosts=[storable(host, LONGEST_HOST) for host in hosts],
        checked_at=func.worklane_now(),
        expires_at=func.worklane_now() + cast(literal(keep), Interval),
    )
    changed = {name: adding.excluded[name] for name in ("state", "hosts", "checked_at", "expires_at")}
    await session.execute(adding.on_conflict_do_update(index_elements=[MailDomainRow.domain], set_=changed))


async def forget_expired(session: AsyncSession, *, older_than: timedelta, limit: int) -> int:
    """Delete up to so many answers that expired so long ago; answer how many."""
    old = (
        select(MailDomainRow.domain)
        .where(MailDomainRow.expires_at < func.worklane_now() - cast(literal(older_than), Interval))
        .order_by(MailDomainRow.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    gone = delete(MailDomainRow).where(MailDomainRow.domain.in_(old)).returning(MailDomainRow.domain)
    return len((await session.scalars(gone)).all())
