"""The HTTP face of contacts: list and export. Decides nothing."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from scanlane.auth.jwt_auth import AuthenticatedRoute, CurrentUser
from scanlane.domain.table_formats import FileFormat
from scanlane.routers.dependencies import InHouse, Transaction
from scanlane.schemas.contact import ContactFilters, ContactItem, ContactsQuery, ExportQuery
from scanlane.schemas.lists import PageOf
from scanlane.services.exports import Wanted, begun, export, pages_of, read_columns
from scanlane.services.owned_domains import must_be_own
from scanlane.services.shown_contacts import shown
from scanlane.stores.contact_lists import ContactFilter, list_contacts
from worklane.clock import now

router = APIRouter(prefix="/api/v3/contacts", tags=["contacts"], route_class=AuthenticatedRoute)


@router.get("")
async def list_(
    query: Annotated[ContactsQuery, Query()], user: CurrentUser, house: InHouse, session: Transaction
) -> PageOf[ContactItem]:
    """List contacts, those that were found last first."""
    await must_be_own(session, query.domain_id, tenant=user.tenant)
    found = await list_contacts(
        session, _filter(query), tenant=user.tenant, limit=query.limit, cursor=query.cursor, with_sources=True
    )
    visible = await shown(session, found, _filter(query), tenant=user.tenant, disposable=house.disposable)
    return PageOf[ContactItem].model_validate(visible)


@router.get("/export", response_class=StreamingResponse)
async def export_(query: Annotated[ExportQuery, Query()], user: CurrentUser, house: InHouse) -> StreamingResponse:
    """All contacts that the filters find, as a file. It is made while it is sent, however many they are.

    CSV cells that a spreadsheet would compute are put behind an apostrophe; telephone numbers stay as they are. In
    XLSX every text is a text cell. Addresses of people that their page hides from harvesters are left out unless
    `obfuscated` or the operator's settings say otherwise.
    """
    format = FileFormat(query.format)
    wanted = Wanted(format=format, columns=read_columns(query.columns), mark=query.bom)
    async with house.sessions() as session:
        await must_be_own(session, query.domain_id, tenant=user.tenant)
    found = replace(_filter(query), obfuscated=query.obfuscated or house.settings.obfuscated)
    pages = pages_of(
        house.sessions, found, tenant=user.tenant, with_sources=wanted.with_sources, disposable=house.disposable
    )
    pieces = export(pages, wanted)
    sent = await begun(pieces)
    name = f"contacts-{now():%Y-%m-%d}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(sent, media_type=format.media_type, headers=headers)


def _filter(said: ContactsQuery | ExportQuery) -> ContactFilter:
    names = (*ContactFilters.model_fields, "obfuscated")
    return ContactFilter(**{name: getattr(said, name) for name in names})
