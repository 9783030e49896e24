"""The pages of a scan over real HTTP."""

import httpx
import pytest

from scanlane.models import PageState, ScanPage
from tests.scanlane.api.conftest import Api
from tests.scanlane.api.rows import NOWHERE, is_problem, names, put, walk

PAGES = "/api/v3/scan/pages/"
HOME = "https://bakery.test/"


@pytest.fixture
async def path(api: Api, caller: httpx.AsyncClient) -> str:
    """The list of the pages of a scan that read one, was refused one, and has two before it."""
    accepted = (await caller.post("/api/v3/scan/website", json={"website": "bakery.test"})).json()
    usual = {"job_id": accepted["job_id"], "priority": 50, "depth": 0}
    await put(
        api,
        ScanPage(url=HOME, state=PageState.FETCHED, http_status=200, title="Bakery", **usual),
        ScanPage(
            url=HOME + "wall", state=PageState.FAILED, http_status=403, code="blocked", error="A challenge.", **usual
        ),
        ScanPage(url=HOME + "part", state=PageState.SKIPPED, **usual),
        ScanPage(url=HOME + "b" * 1900, state=PageState.QUEUED, **usual),
        ScanPage(url=HOME + "é", state=PageState.QUEUED, **usual),
    )
    return PAGES + str(accepted["job_id"])


class TestListing:
    async def test_each_url_says_why_it_gave_no_page(self, caller: httpx.AsyncClient, path: str) -> None:
        pages = [items async for items in walk(caller, path, limit=2)]

        by_url = {str(item["url"]).removeprefix(HOME)[:4]: item for items in pages for item in items}
        assert [len(items) for items in pages] == [2, 2, 1]
        assert {url: (item["state"], item["code"]) for url, item in by_url.items()} == {
            "": ("fetched", None),
            "wall": ("failed", "blocked"),
            "part": ("skipped", "part"),
            "bbbb": ("queued", "waiting"),
            "é": ("queued", "waiting"),
        }
        assert by_url["wall"]["http_status"] == 403
        assert by_url["wall"]["error"] == "A challenge."
        assert by_url[""]["title"] == "Bakery"

    async def test_some_can_be_picked(self, caller: httpx.AsyncClient, path: str) -> None:
        assert await names(caller, path, "url", code="blocked") == [HOME + "wall"]
        assert len(await names(caller, path, "url", code="waiting", limit=1)) == 2
        assert await names(caller, path, "url", state="fetched") == [HOME]
        assert await names(caller, path, "url", code="no-such") == []

    @pytest.mark.parametrize(
        ("params", "field"),
        [
            ({"cursor": "made-up!"}, "cursor"),
            ({"cursor": "AA"}, "cursor"),
            ({"cursor": "_w"}, "cursor"),
            ({"state": "x"}, "state"),
            ({"code": "\x00"}, "code"),
            ({"q": "x"}, "q"),
        ],
    )
    async def test_bad_input_names_the_parameter(
        self, caller: httpx.AsyncClient, path: str, params: dict[str, str], field: str
    ) -> None:
        assert is_problem(await caller.get(path, params=params), 422, field=field)

    async def test_another_tenants_scan_is_no_scan(self, api: Api, caller: httpx.AsyncClient, path: str) -> None:
        async with api.caller("other") as stranger:
            assert is_problem(await stranger.get(path), 404)
        assert is_problem(await caller.get(PAGES + NOWHERE), 404)
