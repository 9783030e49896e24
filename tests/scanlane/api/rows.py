"""Rows that tests of lists start from, and what all lists have in common."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
from sqlalchemy import insert

from scanlane.models import Base, Contact, Domain, Page
from tests.scanlane.api.conftest import Api

NOWHERE = "00000000-0000-0000-0000-000000000001"


async def put(api: Api, *rows: Base) -> None:
    """Store rows."""
    async with api.app.state.house.sessions.begin() as session:
        session.add_all(rows)


def domain(name: str, *, tenant: str = "harbour", **more: object) -> Domain:
    """A domain of a tenant."""
    return Domain(tenant=tenant, name=name, start_url=f"https://{name}/", **more)


async def put_contacts(api: Api, owner: Domain, number: int, **more: object) -> None:
    """Store contacts of a domain: info1@, info2@, ..."""
    usual = {"tenant": owner.tenant, "domain_id": owner.id, "kind": "email", "type": "role", "relation": "own"}
    values = [{**usual, "value": f"info{n}@{owner.name}", "score": 80, **more} for n in range(1, number + 1)]
    async with api.app.state.house.sessions.begin() as session:
        await session.execute(insert(Contact), values)


async def put_pages(api: Api, owner: Domain, *urls: str, worth: int = 10) -> None:
    """Store pages of a domain."""
    values = [
        {"tenant": owner.tenant, "domain_id": owner.id, "url": url, "worth": worth - place}
        for place, url in enumerate(urls)
    ]
    async with api.app.state.house.sessions.begin() as session:
        await session.execute(insert(Page), values)


async def walk(caller: httpx.AsyncClient, path: str, **params: object) -> AsyncIterator[list[dict[str, object]]]:
    """All pages of a list."""
    cursor: str | None = None
    for _ in range(1000):
        answer = await caller.get(path, params={**params, **({"cursor": cursor} if cursor else {})})  # type: ignore[arg-type]
        assert answer.status_code == 200, answer.text
        yield answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return
    raise AssertionError("the list has no end")


async def names(caller: httpx.AsyncClient, path: str, field: str = "name", **params: object) -> list[object]:
    """One field of every item of a list."""
    return [item[field] async for items in walk(caller, path, **params) for item in items]


def is_problem(answer: httpx.Response, status: int, *, field: str | None = None) -> bool:
    """Whether the answer is a problem document of that status, about that field."""
    document = answer.json()
    named = [error["field"] for error in document.get("errors", ())]
    return (
        answer.status_code == document["status"] == status
        and answer.headers["content-type"] == "application/problem+json"
        and bool(document["detail"])
        and (field is None or field in named)
    )


def an_id(number: int) -> UUID:
    """A made-up id."""
    return UUID(int=number)
