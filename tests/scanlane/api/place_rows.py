"""Rows that were there before the request, and what every list and every error has in common."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from scanlane.models import Base, Domain, LocalBusiness, Place, SitemapFile
from tests.scanlane.api.conftest import Api

NOBODYS = "00000000-0000-0000-0000-000000000001"
PROBLEM = "application/problem+json"


async def add(api: Api, *rows: Base) -> list[UUID]:
    """Store rows, one transaction each, so that the later ones are younger; answer their ids."""
    ids: list[UUID] = []
    for row in rows:
        async with api.app.state.house.sessions.begin() as session:
            session.add(row)
            await session.flush()
            ids.append(row.id)  # type: ignore[attr-defined]
    return ids


async def see(api: Api, kind: type[Base], row_id: UUID | str) -> Any:
    """The row as it is now, or None."""
    async with api.app.state.house.sessions() as session:
        return await session.scalar(select(kind).where(kind.id == row_id))  # type: ignore[attr-defined]


def place(number: int, *, tenant: str = "harbour", **more: object) -> Place:
    """A place that was found."""
    return Place(tenant=tenant, ref=f"file:{number}", name=f"Bakery {number}", raw={"name": "Bakery"}, **more)


def domain(name: str = "shop.example", *, tenant: str = "harbour", **more: object) -> Domain:
    """A domain."""
    return Domain(tenant=tenant, name=name, start_url=f"https://{name}/", **more)


def business(place_id: UUID, *, tenant: str = "harbour", name: str = "Bakery", **more: object) -> LocalBusiness:
    """A business that was made of a place."""
    return LocalBusiness(tenant=tenant, place_id=place_id, name=name, **more)


def sitemap(domain_id: UUID, number: int = 1, *, tenant: str = "harbour", **more: object) -> SitemapFile:
    """A sitemap file of a domain."""
    url = f"https://shop.example/sitemap-{number}.xml"
    return SitemapFile(tenant=tenant, domain_id=domain_id, url=url, found_by="robots", **more)


async def all_pages(caller: httpx.AsyncClient, path: str, *, limit: int) -> list[list[str]]:
    """The ids of a list, page by page."""
    pages: list[list[str]] = []
    cursor = None
    while True:
        params = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        answer = await caller.get(path, params=params)
        assert answer.status_code == 200, answer.text
        pages.append([one["id"] for one in answer.json()["items"]])
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return pages


async def ids(caller: httpx.AsyncClient, path: str, **params: str) -> list[str]:
    """The ids on the first page of a list."""
    answer = await caller.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


def assert_problem(answer: httpx.Response, status: int, *, field: str | None = None) -> None:
    """One problem document, that names the field where there is one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["status"] == status
    assert len(str(answer.json()["detail"]).splitlines()) == 1
    if field is not None:
        assert field in [one["field"] for one in answer.json()["errors"]], answer.text


def texts(row_ids: Sequence[UUID]) -> list[str]:
    """Ids as the API writes them."""
    return [str(one) for one in row_ids]
