"""The page of contacts: filters, and the export of exactly what they find."""

from dataclasses import replace
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, StreamingResponse

from scanlane.domain.table_formats import FileFormat
from scanlane.services.exports import Wanted, begun, export, pages_of
from scanlane.services.owned_domains import must_be_own
from scanlane.services.shown_contacts import shown
from scanlane.stores.contact_lists import ContactFilter, count_contacts, list_contacts
from scanlane.web.filters import ContactsSaid
from scanlane.web.gate import InHouse, SignedIn
from scanlane.web.rendering import page
from worklane.clock import now

A_PAGE = 100
OPERATE = "operate"

router = APIRouter()


@router.get("/contacts")
async def list_page(
    request: Request, caller: SignedIn, house: InHouse, said: Annotated[ContactsSaid, Query()]
) -> HTMLResponse:
    """Contacts that the filters find, those that were found last first."""
    conditions, wanted = said.conditions(), _filter(said)
    async with house.sessions() as session:
        await must_be_own(session, said.domain_id, tenant=caller.tenant)
        found = await list_contacts(
            session, wanted, tenant=caller.tenant, limit=A_PAGE, cursor=said.cursor, with_sources=True
        )
        visible = await shown(session, found, wanted, tenant=caller.tenant, disposable=house.disposable)
        count = await count_contacts(session, wanted, tenant=caller.tenant)
    known = {
        "found": visible,
        "count": count,
        "said": said,
        "query": urlencode(conditions),
        "may_suppress": OPERATE in caller.scopes,
        "obfuscated": said.obfuscated or house.settings.obfuscated,
    }
    return page(request, "contacts.html", known)


@router.get("/contacts/export")
async def export_file(
    caller: SignedIn,
    house: InHouse,
    said: Annotated[ContactsSaid, Query()],
    format: Literal["csv", "xlsx", "jsonl"] = "csv",
) -> StreamingResponse:
    """The contacts that the filters find as a file, however many they are."""
    kind = FileFormat(format)
    filtered = replace(_filter(said), obfuscated=said.obfuscated or house.settings.obfuscated)
    async with house.sessions() as session:
        await must_be_own(session, said.domain_id, tenant=caller.tenant)
    pages = pages_of(house.sessions, filtered, tenant=caller.tenant, disposable=house.disposable)
    pieces = export(pages, Wanted(format=kind, mark=kind is FileFormat.CSV))
    sent = await begun(pieces)
    headers = {
        "Content-Disposition": f'attachment; filename="contacts-{now():%Y-%m-%d}.{kind}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(sent, media_type=kind.media_type, headers=headers)


def _filter(said: ContactsSaid) -> ContactFilter:
    return ContactFilter(**said.conditions())  # type: ignore[arg-type]
