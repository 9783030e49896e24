"""The HTTP face of domains: add, import, list, requeue, delete. Decides nothing."""

import json
import tempfile
from typing import Annotated, BinaryIO, cast
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from scanlane.auth.jwt_auth import AuthenticatedRoute, CurrentUser
from scanlane.domain.website_columns import Columns
from scanlane.errors import BadInput
from scanlane.routers.dependencies import InHouse, Transaction
from scanlane.schemas.domain import (
    AddDomains,
    AddedDomain,
    AddedDomains,
    ColumnMapping,
    DomainDetails,
    DomainFilters,
    DomainItem,
    DomainsQuery,
    Imported,
    ImportQuery,
    QueuedDomains,
    QueueDomains,
)
from scanlane.schemas.lists import PageOf
from scanlane.services import owned_domains
from scanlane.services.domain_import import AddedWebsite, Importer, add_websites, import_table
from scanlane.stores.domain_lists import DomainFilter, DomainStage, list_domains

PREFIX = "/api/v3/domains"
IMPORT = f"{PREFIX}/import"
KEPT_IN_MEMORY = 1 << 20
NOT_A_TABLE = ("multipart/", "application/json", "application/x-www-form-urlencoded")
CSV_BODY = {
    "requestBody": {
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string"}, "example": "Website\nexample.com\n"}},
    }
}

router = APIRouter(prefix=PREFIX, tags=["domains"], route_class=AuthenticatedRoute)


@router.get("")
async def list_(query: Annotated[DomainsQuery, Query()], user: CurrentUser, session: Transaction) -> PageOf[DomainItem]:
    """List domains, newest first."""
    found = await list_domains(session, _filter(query), tenant=user.tenant, limit=query.limit, cursor=query.cursor)
    return PageOf[DomainItem].model_validate(found)


@router.post("")
async def add(wanted: AddDomains, user: CurrentUser, house: InHouse, session: Transaction) -> AddedDomains:
    """Take in up to 1,000 websites; each is answered for itself. One that is there already stays as it is."""
    importer = Importer(tenant=user.tenant, source="api", scan=wanted.scan, networks=house.networks)
    items = [_added(one) for one in await add_websites(session, wanted.domains, importer)]
    results = [item.result for item in items]
    return AddedDomains(
        created=results.count("created"), existing=results.count("existing"), failed=results.count("error"), items=items
    )


@router.post("/import", openapi_extra=CSV_BODY)
async def import_(
    query: Annotated[ImportQuery, Query()], request: Request, user: CurrentUser, house: InHouse
) -> Imported:
    """Take in the websites of a CSV file, sent as the body (text/csv, up to 20 MB and 200,000 rows).

    Encoding and delimiter are found out; so is the column with the websites, unless it is named.
    """
    columns = _columns(query)
    importer = Importer(tenant=user.tenant, source="import", scan=query.scan, networks=house.networks)
    with tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY) as spooled:
        await _receive(request, cast(BinaryIO, spooled))
        report = await import_table(house.sessions, cast(BinaryIO, spooled), importer, columns, dry_run=query.dry_run)
    return Imported.model_validate(report)


@router.post("/queue")
async def queue(wanted: QueueDomains, user: CurrentUser, house: InHouse) -> QueuedDomains:
    """Put domains back in one of their queues. Those that wait there, or are worked on, are left alone."""
    stage = DomainStage(wanted.stage)
    if wanted.filter is not None:
        found = await owned_domains.requeue_found(house.sessions, _filter(wanted.filter), stage, tenant=user.tenant)
    else:
        async with house.sessions.begin() as session:
            found = await owned_domains.requeue_some(session, wanted.ids or (), stage, tenant=user.tenant)
    return QueuedDomains.model_validate(found)


@router.get("/{domain_id}")
async def show(domain_id: UUID, user: CurrentUser, session: Transaction) -> DomainDetails:
    """One domain, and how much was found on it."""
    domain, counts = await owned_domains.find(session, domain_id, tenant=user.tenant)
    more = {"sitemap_count": counts.sitemaps, "page_count": counts.pages, "contact_count": counts.contacts}
    names = DomainDetails.model_fields.keys() - more.keys()
    return DomainDetails.model_validate({name: getattr(domain, name) for name in names} | more)


@router.delete("/{domain_id}", status_code=204)
async def delete(domain_id: UUID, user: CurrentUser, house: InHouse) -> None:
    """Delete a domain with its sitemaps, pages, contacts and jobs."""
    await owned_domains.delete(house.sessions, domain_id, tenant=user.tenant)


def _filter(said: DomainFilters) -> DomainFilter:
    return DomainFilter(**{name: getattr(said, name) for name in DomainFilters.model_fields})


def _added(one: AddedWebsite) -> AddedDomain:
    if one.domain is None:
        return AddedDomain(website=one.website, result="error", error=one.error)
    result = "created" if one.domain.is_new else "existing"
    return AddedDomain(website=one.website, result=result, id=one.domain.id, name=one.name)


def _columns(query: ImportQuery) -> Columns:
    if query.mapping is None:
        return Columns(website=query.column)
    try:
        mapping = ColumnMapping.model_validate(json.loads(query.mapping))
    except (ValueError, ValidationError):
        raise BadInput('write it like {"website": "Homepage", "email": "E-mail"}', field="mapping") from None
    if query.column is not None and mapping.website is not None:
        raise BadInput("name the websites' column once: in column or in mapping", field="column")
    return Columns(website=query.column or mapping.website, email=mapping.email)


async def _receive(request: Request, file: BinaryIO) -> None:
    """Write the body to a file as it comes. How long it may be, the body limit of this route says."""
    kind = request.headers.get("content-type", "")
    if kind.lower().startswith(NOT_A_TABLE):
        raise HTTPException(415, "send the CSV file itself as the body, with Content-Type: text/csv")
    async for piece in request.stream():
        file.write(piece)
