"""Contacts on their way out: suppressed ones are left out once more, and what is known of their domains is added."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.mail_verdicts import MailDomain, verdict
from scanlane.services.suppression import unsuppressed
from scanlane.services.verification import domain_of
from scanlane.stores import mail_domains
from scanlane.stores.contact_lists import ContactFilter, ContactView, list_best
from scanlane.stores.keyset import Listed

EMAIL = "email"


async def shown(
    session: AsyncSession,
    page: Listed[ContactView],
    wanted: ContactFilter,
    *,
    tenant: str,
    disposable: frozenset[str] = frozenset(),
) -> Listed[ContactView]:
    """The page as it may be shown. It may be shorter than it was; its cursor stays."""
    views = await unsuppressed(session, page.items, tenant=tenant, contact=lambda view: (view.kind, view.value))
    names = {domain_of(view.value) for view in views if view.kind == EMAIL}
    known = await mail_domains.known_domains(session, {name for name in names if name})
    judged = [_judged(view, known, disposable) for view in views] if known else views
    least = wanted.min_score or 0
    return Listed([view for view in judged if view.score >= least], page.next_cursor)


async def best(
    session: AsyncSession, wanted: ContactFilter, *, tenant: str, limit: int, disposable: frozenset[str] = frozenset()
) -> Sequence[ContactView]:
    """The best of this tenant's contacts that may be shown, those with the highest score first."""
    views = await list_best(session, wanted, tenant=tenant, limit=limit)
    return (await shown(session, Listed(views, None), wanted, tenant=tenant, disposable=disposable)).items


def _judged(view: ContactView, known: Mapping[str, MailDomain], disposable: frozenset[str]) -> ContactView:
    found = known.get(domain_of(view.value) or "") if view.kind == EMAIL else None
    if found is None:
        return view
    verification = verdict(found, disposable=disposable)
    return replace(view, verification=verification, score=min(view.score, verification.most))
