"""The page of contacts: filters, and the export of exactly what they find."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, StreamingResponse

from scanlane.domain.table_formats import FileFormat
from scanlane.services.exports import Wanted, export, pages_of
from scanlane.services.owned_domains import must_be_own
from scanlane.stores.contact_lists import ContactFilter, count_contacts, list_contacts
from scanlane.web.filters import ContactsSaid
from scanlane.web.gate import InHouse, SignedIn
from scanlane.web.rendering import page
from worklane.clock import now

A_PAGE = 100

router = APIRouter()


@router.get("/contacts")
async def list_page(
    request: Request, caller: SignedIn, house: InHouse, said: Annotated[ContactsSaid, Query()]
) -> HTMLResponse:
    """Contacts that the filters find, those that were found last first."""
    conditions = said.conditions()
    wanted = ContactFilter(**conditions)  # type: ignore[arg-type]
    async with house.sessions() as session:
        await must_be_own(session, said.domain_id, tenant=caller.tenant)
        found = await list_contacts(session, wanted, tenant=caller.tenant, limit=A_PAGE, cursor=said.cursor)
        count = await count_contacts(session, wanted, tenant=caller.tenant)
    known = {"found": found, "count": count, "said": said, "query": urlencode(conditions)}
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
    filtered = ContactFilter(**said.conditions())  # type: ignore[arg-type]
    async with house.sessions() as session:
        await must_be_own(session, said.domain_id, tenant=caller.tenant)
    pieces = export(
        pages_of(house.sessions, filtered, tenant=caller.tenant), Wanted(format=kind, mark=kind is FileFormat.CSV)
    )
    first = await anext(pieces)
    headers = {
        "Content-Disposition": f'attachment; filename="contacts-{now():%Y-%m-%d}.{kind}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_sent(first, pieces), media_type=kind.media_type, headers=headers)


async def _sent(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async with aclosing(rest) as pieces:  # type: ignore[type-var]
        if first:
            yield first
        async for piece in pieces:
            if piece:
                yield piece
