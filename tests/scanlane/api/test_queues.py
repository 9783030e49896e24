"""The queues over real HTTP: how deep they are, pausing, resuming, trying again."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, text, update

from scanlane.auth.token_signing import SCOPES
from scanlane.models import Place, PlaceSearch
from scanlane.services.pipeline import STAGES, Stage
from scanlane.stores import queue_pauses
from tests.scanlane.api.conftest import Api
from tests.scanlane.api.place_rows import add, assert_problem, business, domain, place, see, sitemap
from worklane.lifecycle import MAX_CRASHES

QUEUES = "/api/v3/queues"
NAMES = [*(stage.name for stage in STAGES), "jobs"]
OPERATOR = (*SCOPES, "operate")


async def queue(caller: httpx.AsyncClient, name: str = "deep_scan") -> dict[str, Any]:
    """One queue of the list."""
    answer = await caller.get(QUEUES)
    assert answer.status_code == 200, answer.text
    (found,) = (one for one in answer.json()["items"] if one["name"] == name)
    return dict(found)


async def hold(api: Api, place_id: UUID) -> None:
    """Let a worker hold a place."""
    claim = "insert into status_claims (queue, row_id, token, worker_id) values ('deep_scan', :row, 1, :worker)"
    async with api.app.state.house.sessions.begin() as session:
        await session.execute(text(claim), {"row": place_id, "worker": uuid4()})


class TestTheList:
    async def test_every_stage_and_the_jobs_are_there_in_their_order(self, caller: httpx.AsyncClient) -> None:
        items = (await caller.get(QUEUES)).json()["items"]

        assert [one["name"] for one in items] == NAMES
        assert items[-1] == {
            "name": "jobs",
            "table": "jobs",
            "column": "status",
            "waiting": 0,
            "running": 0,
            "failed": 0,
            "counted_up_to": 10_000,
            "oldest_waiting_seconds": None,
            "on": True,
            "every_seconds": None,
            "batch": None,
            "paused": None,
        }

    async def test_a_stage_says_how_it_is_polled(self, caller: httpx.AsyncClient) -> None:
        shown = await queue(caller)

        assert (shown["table"], shown["column"]) == ("places_staging", "deep_scan_status")
        assert (shown["on"], shown["every_seconds"], shown["batch"], shown["paused"]) == (True, 2.0, 10, None)

    async def test_rows_are_counted_by_state(self, api: Api, caller: httpx.AsyncClient) -> None:
        statuses = [None, "Queued", "Queued", "Queued", "Processing", "Completed", "Error", "Error"]
        made = await add(api, *(place(n, deep_scan_status=status) for n, status in enumerate(statuses)))
        await hold(api, made[4])

        shown = await queue(caller)

        assert (shown["waiting"], shown["running"], shown["failed"]) == (3, 1, 2)
        assert 0 < shown["oldest_waiting_seconds"] < 60

    async def test_jobs_are_counted_by_state(self, api: Api, caller: httpx.AsyncClient) -> None:
        for number in range(3):
            await caller.post("/api/v3/scan/website", json={"website": f"bakery{number}.test"})
        async with api.app.state.house.sessions.begin() as session:
            await session.execute(text("update jobs set status = 'failed' where limit_key = 'bakery0.test'"))

        shown = await queue(caller, "jobs")

        assert (shown["waiting"], shown["running"], shown["failed"]) == (2, 0, 1)
        assert 0 < shown["oldest_waiting_seconds"] < 60

    async def test_the_rows_of_other_tenants_are_not_counted(self, api: Api, caller: httpx.AsyncClient) -> None:
        statuses = ("Queued", "Processing", "Error")
        made = await add(api, *(place(n, tenant="hill", deep_scan_status=status) for n, status in enumerate(statuses)))
        await hold(api, made[1])
        async with api.caller("hill") as hill:
            await hill.post("/api/v3/scan/website", json={"website": "bakery.test"})

        for name in ("deep_scan", "jobs"):
            shown = await queue(caller, name)
            assert [shown[count] for count in ("waiting", "running", "failed")] == [0, 0, 0]
            assert shown["oldest_waiting_seconds"] is None

    async def test_counting_ends_at_a_limit_and_reads_no_table_from_end_to_end(
        self, api: Api, caller: httpx.AsyncClient
    ) -> None:
        await _fill(api)
        before = await _whole_reads(api)

        shown = await queue(caller)

        assert shown["waiting"] == shown["counted_up_to"] == 10_000
        assert await _whole_reads(api) == before


class TestPausing:
    async def test_a_pause_is_shown_to_everybody_until_it_is_resumed(self, api: Api, caller: httpx.AsyncClient) -> None:
        async with api.caller("hill", scopes=OPERATOR) as operator:
            answer = await operator.post(f"{QUEUES}/deep_scan/pause", json={"reason": "quota", "seconds": 600})
            shown = (await queue(caller))["paused"]
            resumed = await operator.post(f"{QUEUES}/deep_scan/resume")
            again = await operator.post(f"{QUEUES}/deep_scan/resume")

        since, until = (datetime.fromisoformat(shown[name]) for name in ("since", "until"))
        assert answer.json() == {"name": "deep_scan", "paused": shown}
        assert (shown["reason"], until - since) == ("quota", timedelta(minutes=10))
        assert resumed.json() == again.json() == {"name": "deep_scan", "paused": None}
        assert (await queue(caller))["paused"] is None

    async def test_without_a_word_it_lasts_until_it_is_resumed(self, api: Api) -> None:
        async with api.caller(scopes=OPERATOR) as operator:
            await operator.post(f"{QUEUES}/deep_scan/pause")
            shortened = await operator.post(f"{QUEUES}/deep_scan/pause", json={"seconds": 5})

        assert shortened.json()["paused"]["until"] is None
        async with api.app.state.house.sessions() as session:
            assert await queue_pauses.is_paused(session, "deep_scan")

    @pytest.mark.parametrize("verb", ["pause", "resume"])
    async def test_it_needs_a_scope_of_its_own(self, api: Api, caller: httpx.AsyncClient, verb: str) -> None:
        async with api.app.state.house.sessions.begin() as session:
            await queue_pauses.pause_queue(session, "deep_scan", reason="quota")

        answer = await caller.post(f"{QUEUES}/deep_scan/{verb}")

        assert_problem(answer, 403)
        assert "operate" in answer.json()["detail"]
        assert (await queue(caller))["paused"]["reason"] == "quota"

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"seconds": 0}, "seconds"),
            ({"seconds": 1e12}, "seconds"),
            ({"reason": ""}, "reason"),
            ({"reason": "a\x00"}, "reason"),
            ({"minutes": 5}, "minutes"),
        ],
    )
    async def test_what_cannot_be_used_is_named(self, api: Api, said: dict[str, object], field: str) -> None:
        async with api.caller(scopes=OPERATOR) as operator:
            assert_problem(await operator.post(f"{QUEUES}/deep_scan/pause", json=said), 422, field=field)


class TestRequeueing:
    async def test_failed_rows_wait_again_as_if_never_tried(self, api: Api, caller: httpx.AsyncClient) -> None:
        broken, fine = await add(
            api, place(1, deep_scan_status="Error", deep_scan_error="no"), place(2, deep_scan_status="Completed")
        )
        await _convict(api, broken)

        answer = await caller.post(f"{QUEUES}/deep_scan/requeue-failed")

        row = await see(api, Place, broken)
        assert answer.json() == {"name": "deep_scan", "requeued": 1, "more": False}
        assert (row.deep_scan_status, row.deep_scan_error) == ("Queued", None)
        assert (await see(api, Place, fine)).deep_scan_status == "Completed"
        async with api.app.state.house.sessions() as session:
            assert await session.scalar(text("select count(*) from status_claims")) == 0

    @pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
    async def test_every_stage_knows_its_own_words(self, api: Api, caller: httpx.AsyncClient, stage: Stage) -> None:
        row_id = (await _one_of_each(api))[stage.column.rows.name]
        status = stage.column.rows.c[stage.column.status]
        its = stage.column.key == row_id
        async with api.app.state.house.sessions.begin() as session:
            failed = {stage.column.status: stage.column.failed, stage.column.error: "no"}
            await session.execute(update(stage.column.rows).where(its).values(failed))
        before = await queue(caller, stage.name)

        answer = await caller.post(f"{QUEUES}/{stage.name}/requeue-failed")

        async with api.app.state.house.sessions() as session:
            row = (await session.execute(select(status, stage.column.rows.c[stage.column.error]).where(its))).one()
        after = await queue(caller, stage.name)
        assert answer.json()["requeued"] == 1
        assert tuple(row) == (stage.column.waiting, None)
        assert [(one["waiting"], one["failed"]) for one in (before, after)] == [(0, 1), (1, 0)]

    @pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
    def test_every_stage_has_an_index_of_its_failed_rows(self, stage: Stage) -> None:
        rows, status = stage.column.rows, stage.column.status
        conditions = {one.name: str(one.dialect_options["postgresql"]["where"]) for one in rows.indexes}

        assert conditions[f"ix_{rows.name}_{status}_failed"] == f"{status} = '{stage.column.failed}'"

    async def test_no_more_than_the_limit(self, api: Api, caller: httpx.AsyncClient) -> None:
        await add(api, *(place(n, deep_scan_status="Error") for n in range(3)))

        answers = [await caller.post(f"{QUEUES}/deep_scan/requeue-failed", json={"limit": 2}) for _ in range(2)]

        assert [(one.json()["requeued"], one.json()["more"]) for one in answers] == [(2, True), (1, False)]

    async def test_the_rows_of_other_tenants_stay(self, api: Api, caller: httpx.AsyncClient) -> None:
        [theirs] = await add(api, place(1, tenant="hill", deep_scan_status="Error"))

        answer = await caller.post(f"{QUEUES}/deep_scan/requeue-failed")

        assert answer.json()["requeued"] == 0
        assert (await see(api, Place, theirs)).deep_scan_status == "Error"

    @pytest.mark.parametrize("limit", [0, 10_001, "many"])
    async def test_what_cannot_be_used_is_named(self, caller: httpx.AsyncClient, limit: object) -> None:
        answer = await caller.post(f"{QUEUES}/deep_scan/requeue-failed", json={"limit": limit})

        assert_problem(answer, 422, field="limit")


class TestNames:
    @pytest.mark.parametrize("verb", ["pause", "resume", "requeue-failed"])
    async def test_an_unknown_queue_is_answered_with_those_there_are(self, api: Api, verb: str) -> None:
        async with api.caller(scopes=OPERATOR) as operator:
            answer = await operator.post(f"{QUEUES}/deep-scan/{verb}")

        assert_problem(answer, 404)
        assert all(name in answer.json()["detail"] for name in NAMES)

    @pytest.mark.parametrize("verb", ["pause", "resume", "requeue-failed"])
    async def test_jobs_are_neither_paused_nor_tried_again(self, api: Api, verb: str) -> None:
        async with api.caller(scopes=OPERATOR) as operator:
            assert_problem(await operator.post(f"{QUEUES}/jobs/{verb}"), 409)

    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", ""), ("POST", "/deep_scan/pause"), ("POST", "/deep_scan/resume"), ("POST", "/x/requeue-failed")],
    )
    async def test_nothing_is_answered_without_a_token(self, api: Api, method: str, path: str) -> None:
        async with httpx.AsyncClient(base_url=api.url) as stranger:
            assert_problem(await stranger.request(method, QUEUES + path), 401)


async def _one_of_each(api: Api) -> dict[str, UUID]:
    """A row of each table that has a queue, by the table's name."""
    [place_id, domain_id, search_id] = await add(
        api, place(1), domain(), PlaceSearch(tenant="harbour", provider="file", query="bakery")
    )
    [business_id, file_id] = await add(api, business(place_id), sitemap(domain_id))
    return {
        "places_staging": place_id,
        "domains": domain_id,
        "place_searches": search_id,
        "local_businesses": business_id,
        "sitemap_files": file_id,
    }


async def _convict(api: Api, place_id: UUID) -> None:
    claim = "insert into status_claims (queue, row_id, token, attempt, crashes) values ('deep_scan', :row, 1, 3, :n)"
    async with api.app.state.house.sessions.begin() as session:
        await session.execute(text(claim), {"row": place_id, "n": MAX_CRASHES})


async def _fill(api: Api) -> None:
    """More waiting rows than are counted: the planner would find them sooner by reading the table."""
    rows = """
    insert into places_staging (tenant, ref, name, deep_scan_status)
    select 'harbour', n::text, 'Bakery', 'Queued' from generate_series(1, 12000) n
    """
    async with api.app.state.house.sessions.begin() as session:
        await session.execute(text(rows))
        await session.execute(text("analyze places_staging"))


async def _whole_reads(api: Api) -> int:
    """How often places were read from end to end, by the server's own count of all that has ended."""
    async with api.app.state.house.sessions.begin() as session:
        await session.execute(text("select pg_stat_force_next_flush()"))
    reads = "select seq_scan from pg_stat_user_tables where relname = 'places_staging'"
    async with api.app.state.house.sessions() as session:
        return int(await session.scalar(text(reads)))
