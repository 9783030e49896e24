"""Searches for places and staged places over real HTTP."""

from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from scanlane.models import LocalBusiness, Place, PlaceSearch
from tests.scanlane.api.conftest import Api
from tests.scanlane.api.place_rows import NOBODYS, add, all_pages, assert_problem, business, ids, place, see, texts

SEARCHES = "/api/v3/places/searches"
STAGING = "/api/v3/places/staging"
QUEUE = "/api/v3/places/staging/queue"


async def search(caller: httpx.AsyncClient, **more: object) -> dict[str, object]:
    """Ask for places; the answer's body."""
    answer = await caller.post("/api/v3/places/search", json={"query": "bakery", **more})
    assert answer.status_code == 202, answer.text
    body: dict[str, object] = answer.json()
    return body


class TestSearching:
    async def test_a_search_is_accepted_and_waits(self, api: Api, caller: httpx.AsyncClient) -> None:
        said = {"query": "bakery", "area": "Oldenburg", "provider": "osm", "most": 500, "deep_scan": True}

        answer = await caller.post("/api/v3/places/search", json=said)

        body = answer.json()
        row = await see(api, PlaceSearch, body["id"])
        assert answer.status_code == 202
        assert {name: body[name] for name in said} == said
        assert (body["status"], body["error"], body["found"]) == ("Queued", None, 0)
        assert (row.tenant, row.status, row.cursor) == ("harbour", "Queued", None)
        assert (await caller.get(answer.headers["location"])).json() == body

    async def test_the_usual_provider_looks_for_a_search_that_names_none(self, caller: httpx.AsyncClient) -> None:
        body = await search(caller)

        assert (body["provider"], body["most"], body["deep_scan"]) == ("file", 60, False)

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({}, "query"),
            ({"query": ""}, "query"),
            ({"query": "   "}, "query"),
            ({"query": "x" * 201}, "query"),
            ({"query": "a\x00b"}, "query"),
            ({"query": "bakery", "most": 501}, "most"),
            ({"query": "bakery", "most": 0}, "most"),
            ({"query": "bakery", "provider": "elsewhere"}, "provider"),
            ({"query": "bakery", "provider": "google"}, "provider"),
            ({"query": "bakery", "area": "200,0,100"}, "area"),
            ({"query": "bakery", "colour": "red"}, "colour"),
        ],
    )
    async def test_what_cannot_be_used_is_named(
        self, caller: httpx.AsyncClient, said: dict[str, object], field: str
    ) -> None:
        assert_problem(await caller.post("/api/v3/places/search", json=said), 422, field=field)
        assert await ids(caller, SEARCHES) == []

    async def test_searches_are_listed_newest_first_page_by_page(self, caller: httpx.AsyncClient) -> None:
        made = [str((await search(caller))["id"]) for _ in range(5)]

        pages = await all_pages(caller, SEARCHES, limit=2)

        assert [len(page) for page in pages] == [2, 2, 1]
        assert [one for page in pages for one in page] == made[::-1]
        assert await ids(caller, SEARCHES, status="Error") == []
        assert len(await ids(caller, SEARCHES, status="Queued")) == 5


class TestStaging:
    async def test_places_are_listed_newest_first_page_by_page(self, api: Api, caller: httpx.AsyncClient) -> None:
        made = texts(await add(api, *(place(number) for number in range(5))))

        pages = await all_pages(caller, STAGING, limit=2)

        assert [len(page) for page in pages] == [2, 2, 1]
        assert [one for page in pages for one in page] == made[::-1]

    async def test_what_the_provider_said_is_in_the_details_only(self, api: Api, caller: httpx.AsyncClient) -> None:
        [place_id] = await add(api, place(1))
        [business_id] = await add(api, business(place_id))

        listed = (await caller.get(STAGING)).json()["items"][0]
        details = (await caller.get(f"{STAGING}/{place_id}")).json()

        assert "raw" not in listed
        assert details == {**listed, "raw": {"name": "Bakery"}, "business_id": str(business_id)}

    async def test_the_status_filter_knows_those_nobody_asked_about(self, api: Api, caller: httpx.AsyncClient) -> None:
        statuses = (None, "Queued", "Processing", "Completed", "Error")
        made = await add(api, *(place(n, deep_scan_status=status) for n, status in enumerate(statuses)))

        found = [await ids(caller, STAGING, deep_scan_status=status or "none") for status in statuses]

        assert found == [[one] for one in texts(made)]

    async def test_by_search_and_by_text(self, api: Api, caller: httpx.AsyncClient) -> None:
        search_id = str((await search(caller))["id"])
        first, second, third = await add(
            api,
            place(1, search_id=UUID(search_id)),
            place(2, address="100% Mill_Lane"),
            place(3, category="Shoe repair"),
        )

        assert await ids(caller, STAGING, search_id=search_id) == [str(first)]
        assert await ids(caller, STAGING, q="mill_lane") == [str(second)]
        assert await ids(caller, STAGING, q="0% mill") == [str(second)]
        assert await ids(caller, STAGING, q="SHOE") == [str(third)]
        assert await ids(caller, STAGING, q="mill%lane") == []
        assert await ids(caller, STAGING, q="file:3", search_id=search_id) == []

    @pytest.mark.parametrize(
        ("params", "field"),
        [
            ({"limit": "0"}, "limit"),
            ({"limit": "501"}, "limit"),
            ({"limit": "many"}, "limit"),
            ({"cursor": "rubbish"}, "cursor"),
            ({"colour": "red"}, "colour"),
            ({"cursor": "x" * 201}, "cursor"),
            ({"deep_scan_status": "queued"}, "deep_scan_status"),
            ({"search_id": "7"}, "search_id"),
            ({"q": ""}, "q"),
            ({"q": "a\x01"}, "q"),
            ({"status": "Error"}, "status"),
        ],
    )
    async def test_what_cannot_be_used_is_named(
        self, caller: httpx.AsyncClient, params: dict[str, str], field: str
    ) -> None:
        assert_problem(await caller.get(STAGING, params=params), 422, field=field)


class TestQueueing:
    async def test_by_id_only_those_at_rest_are_queued(self, api: Api, caller: httpx.AsyncClient) -> None:
        statuses = (None, "Queued", "Processing", "Completed", "Error")
        made = await add(
            api, *(place(n, deep_scan_status=status, deep_scan_error="no") for n, status in enumerate(statuses))
        )

        answer = await caller.post(QUEUE, json={"ids": [*texts(made), str(made[0])]})

        rows = [await see(api, Place, one) for one in made]
        assert (answer.status_code, answer.json()) == (202, {"queued": 3, "more": False})
        assert [row.deep_scan_status for row in rows] == ["Queued", "Queued", "Processing", "Queued", "Queued"]
        assert [row.deep_scan_error for row in rows] == [None, "no", "no", None, None]

    async def test_by_filter_the_same(self, api: Api, caller: httpx.AsyncClient) -> None:
        broken, fine, working = await add(
            api,
            place(1, deep_scan_status="Error"),
            place(2, deep_scan_status="Completed"),
            place(3, deep_scan_status="Processing"),
        )

        some = (await caller.post(QUEUE, json={"filter": {"deep_scan_status": "Error", "q": "bakery"}})).json()
        left = (await see(api, Place, fine)).deep_scan_status
        others = (await caller.post(QUEUE, json={"filter": {}})).json()

        assert (some["queued"], left, others["queued"]) == (1, "Completed", 1)
        assert (await see(api, Place, broken)).deep_scan_status == "Queued"
        assert (await see(api, Place, working)).deep_scan_status == "Processing"

    async def test_a_queued_place_starts_with_fresh_attempts(self, api: Api, caller: httpx.AsyncClient) -> None:
        [place_id] = await add(api, place(1, deep_scan_status="Error"))
        await _claim(api, place_id, attempt=3)

        await caller.post(QUEUE, json={"ids": [str(place_id)]})

        assert await _claims(api) == 0

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({}, "body"),
            ({"ids": [], "filter": {}}, "ids"),
            ({"ids": [NOBODYS], "filter": {}}, "body"),
            ({"ids": []}, "ids"),
            ({"ids": [NOBODYS] * 1001}, "ids"),
            ({"ids": ["7"]}, "ids.0"),
            ({"filter": {"status": "Error"}}, "filter.status"),
            ({"filter": {"deep_scan_status": "error"}}, "filter.deep_scan_status"),
        ],
    )
    async def test_what_cannot_be_used_is_named_and_nothing_is_queued(
        self, api: Api, caller: httpx.AsyncClient, said: dict[str, object], field: str
    ) -> None:
        await add(api, place(1))

        assert_problem(await caller.post(QUEUE, json=said), 422, field=field)
        assert await ids(caller, STAGING, deep_scan_status="Queued") == []

    async def test_unknown_ids_are_not_counted(self, caller: httpx.AsyncClient) -> None:
        assert (await caller.post(QUEUE, json={"ids": [NOBODYS]})).json() == {"queued": 0, "more": False}


class TestDeleting:
    async def test_a_deleted_place_is_gone_with_its_business_and_its_claims(
        self, api: Api, caller: httpx.AsyncClient
    ) -> None:
        [place_id] = await add(api, place(1, deep_scan_status="Processing"))
        [business_id] = await add(api, business(place_id))
        await _claim(api, place_id)
        await _claim(api, business_id, queue="domain_extraction")

        answer = await caller.delete(f"{STAGING}/{place_id}")

        assert (answer.status_code, answer.content) == (204, b"")
        assert await see(api, Place, place_id) is None
        assert await see(api, LocalBusiness, business_id) is None
        assert await _claims(api) == 0
        assert_problem(await caller.delete(f"{STAGING}/{place_id}"), 404)


class TestTenants:
    async def test_foreign_ids_are_answered_like_unknown_ones(self, api: Api, caller: httpx.AsyncClient) -> None:
        [theirs] = await add(api, place(1, tenant="hill"))
        async with api.caller("hill") as hill:
            their_search = (await search(hill))["id"]

        for method, path, row_id in (
            ("GET", SEARCHES, their_search),
            ("GET", STAGING, theirs),
            ("DELETE", STAGING, theirs),
        ):
            foreign, unknown = [await caller.request(method, f"{path}/{one}") for one in (row_id, NOBODYS)]
            assert_problem(foreign, 404)
            assert foreign.json() == unknown.json()
        assert await see(api, Place, theirs) is not None

    async def test_lists_and_queueing_leave_the_rows_of_others_alone(self, api: Api, caller: httpx.AsyncClient) -> None:
        [theirs] = await add(api, place(1, tenant="hill", deep_scan_status="Error"))
        async with api.caller("hill") as hill:
            their_search = str((await search(hill))["id"])

        by_id = (await caller.post(QUEUE, json={"ids": [str(theirs)]})).json()
        by_filter = (await caller.post(QUEUE, json={"filter": {"search_id": their_search}})).json()
        all_of_mine = (await caller.post(QUEUE, json={"filter": {}})).json()

        assert [by_id["queued"], by_filter["queued"], all_of_mine["queued"]] == [0, 0, 0]
        assert (await see(api, Place, theirs)).deep_scan_status == "Error"
        assert await ids(caller, SEARCHES) == await ids(caller, STAGING) == []

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/api/v3/places/search"),
            ("GET", SEARCHES),
            ("GET", f"{SEARCHES}/{NOBODYS}"),
            ("GET", STAGING),
            ("POST", QUEUE),
            ("GET", f"{STAGING}/{NOBODYS}"),
            ("DELETE", f"{STAGING}/{NOBODYS}"),
        ],
    )
    async def test_nothing_is_answered_without_a_token(self, api: Api, method: str, path: str) -> None:
        async with httpx.AsyncClient(base_url=api.url) as stranger:
            assert_problem(await stranger.request(method, path), 401)


async def _claim(api: Api, row_id: UUID, *, queue: str = "deep_scan", attempt: int = 1) -> None:
    add_claim = text(
        "insert into status_claims (queue, row_id, token, worker_id, attempt) values (:queue, :row, 1, :worker, :n)"
    )
    async with api.app.state.house.sessions.begin() as session:
        await session.execute(add_claim, {"queue": queue, "row": row_id, "worker": uuid4(), "n": attempt})


async def _claims(api: Api) -> int:
    async with api.app.state.house.sessions() as session:
        return int(await session.scalar(text("select count(*) from status_claims")))
