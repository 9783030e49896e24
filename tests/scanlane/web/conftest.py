"""A browser's view of the server: a client that keeps its cookies and says where its requests come from."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from scanlane.auth.caller import Caller
from scanlane.services.web_sessions import issue_code
from tests.scanlane.api.conftest import Api, api, serving, settings, working_api

__all__ = ["Api", "api", "serving", "settings", "sign_in_code", "visitor", "visitor_of", "working_api"]

SCOPES = frozenset({"jobs:read", "jobs:write", "operate"})


async def sign_in_code(api: Api, tenant: str = "harbour", *, scopes: frozenset[str] = SCOPES) -> str:
    """A code that signs somebody of that tenant in."""
    async with api.app.state.house.sessions.begin() as session:
        return await issue_code(session, Caller("tester", tenant, scopes))


@asynccontextmanager
async def visitor_of(
    api: Api, tenant: str = "harbour", *, scopes: frozenset[str] = SCOPES
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody of that tenant who is signed in."""
    async with httpx.AsyncClient(base_url=api.url, headers={"Sec-Fetch-Site": "same-origin"}, timeout=30) as client:
        answer = await client.post("/sign-in", data={"code": await sign_in_code(api, tenant, scopes=scopes)})
        assert answer.status_code == 303, answer.text
        yield client


@pytest.fixture
async def visitor(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is signed in."""
    async with visitor_of(api) as client:
        yield client
