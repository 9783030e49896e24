"""The pages of domains: the list with its filters, and one domain with all that is known of it."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from scanlane.services import owned_domains
from scanlane.services.shown_contacts import best
from scanlane.stores.contact_lists import ContactFilter
from scanlane.stores.domain_lists import DomainFilter, DomainStage, list_domains
from scanlane.web.filters import DomainsSaid
from scanlane.web.gate import InHouse, SignedIn
from scanlane.web.rendering import page

A_PAGE = 100
SHOWN_CONTACTS = 100

router = APIRouter()


@router.get("/domains")
async def list_page(
    request: Request, caller: SignedIn, house: InHouse, said: Annotated[DomainsSaid, Query()]
) -> HTMLResponse:
    """Domains, newest first."""
    conditions = said.conditions()
    wanted = DomainFilter(**conditions)  # type: ignore[arg-type]
    async with house.sessions() as session:
        found = await list_domains(session, wanted, tenant=caller.tenant, limit=A_PAGE, cursor=said.cursor)
    return page(request, "domains.html", {"found": found, "said": said, "query": urlencode(conditions)})


@router.get("/domains/{domain_id}")
async def domain_page(domain_id: UUID, request: Request, caller: SignedIn, house: InHouse) -> HTMLResponse:
    """One domain."""
    async with house.sessions() as session:
        domain, counts = await owned_domains.find(session, domain_id, tenant=caller.tenant)
        wanted = ContactFilter(domain_id=domain_id)
        contacts = await best(session, wanted, tenant=caller.tenant, limit=SHOWN_CONTACTS, disposable=house.disposable)
    return page(request, "domain.html", {"domain": domain, "counts": counts, "contacts": contacts})


@router.post("/domains/{domain_id}/queue")
async def queue(domain_id: UUID, caller: SignedIn, house: InHouse, stage: Annotated[DomainStage, Form()]) -> Response:
    """Put a domain back in one of its queues."""
    async with house.sessions.begin() as session:
        await owned_domains.must_be_own(session, domain_id, tenant=caller.tenant)
        await owned_domains.requeue_some(session, [domain_id], stage, tenant=caller.tenant)
    return RedirectResponse(f"/domains/{domain_id}", status_code=303)


@router.post("/domains/{domain_id}/delete")
async def delete(domain_id: UUID, caller: SignedIn, house: InHouse) -> Response:
    """Delete a domain with everything found on it."""
    await owned_domains.delete(house.sessions, domain_id, tenant=caller.tenant)
    return RedirectResponse("/domains", status_code=303)
