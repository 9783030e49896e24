"""The specification's first flow, over real HTTP: start a scan, follow it, cancel it."""

import asyncio
import json
from uuid import UUID, uuid4

import httpx
import pytest

from scanlane.crew import make_worker
from scanlane.demo.server import serve_demo
from scanlane.settings import Settings
from scanlane.wiring import connected
from tests.scanlane.api.conftest import Api, serving

SITE = {"website": "bakery.test"}


async def start(caller: httpx.AsyncClient, **body: object) -> dict[str, object]:
    """Ask for a scan; the answer's body."""
    answer = await caller.post("/api/v3/scan/website", json=body or SITE)
    assert answer.status_code == 202, answer.text
    body_of_answer: dict[str, object] = answer.json()
    return body_of_answer


class TestStarting:
    async def test_a_new_scan_is_accepted_and_its_row_is_there_at_once(self, caller: httpx.AsyncClient) -> None:
        accepted = await start(caller)

        status = await caller.get(str(accepted["status_url"]))

        assert accepted["existing"] is False
        assert accepted["status"] == "pending"
        assert status.status_code == 200
        assert status.json()["id"] == accepted["job_id"]
        assert status.json()["status"] == "pending"

    async def test_an_active_scan_of_the_same_domain_is_answered_with_its_id(self, caller: httpx.AsyncClient) -> None:
        first = await start(caller, website="bakery.test")

        again = await start(caller, website="https://www.BAKERY.test/contact")

        assert again == {**first, "existing": True}

    async def test_a_domain_id_stands_for_its_website(self, caller: httpx.AsyncClient) -> None:
        first = await start(caller)
        domain_id = (await caller.get(str(first["status_url"]))).json()["domain_id"]

        again = await start(caller, domain_id=domain_id)

        assert again["job_id"] == first["job_id"]

    async def test_a_finished_scan_makes_room_for_a_new_one(self, caller: httpx.AsyncClient) -> None:
        first = await start(caller)
        await caller.post(f"/api/v3/scan/cancel/{first['job_id']}")

        again = await start(caller)

        assert again["existing"] is False
        assert again["job_id"] != first["job_id"]

    async def test_fifty_at_once_get_one_job_and_fifty_times_its_id(self, api: Api) -> None:
        async with api.caller() as caller:
            for round_number in range(5):
                answers = await asyncio.gather(
                    *(start(caller, website=f"bakery{round_number}.test") for _ in range(50))
                )

                assert len({answer["job_id"] for answer in answers}) == 1
                assert sum(not answer["existing"] for answer in answers) == 1

    async def test_another_tenant_gets_a_job_of_its_own(self, api: Api) -> None:
        async with api.caller("harbour") as ours, api.caller("hill") as theirs:
            first, second = await start(ours), await start(theirs)

        assert first["job_id"] != second["job_id"]


class TestIdempotencyKey:
    async def test_the_same_key_gives_the_same_job_even_after_it_finished(self, caller: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "k1"}
        first = (await caller.post("/api/v3/scan/website", json=SITE, headers=headers)).json()
        await caller.post(f"/api/v3/scan/cancel/{first['job_id']}")

        again = (await caller.post("/api/v3/scan/website", json=SITE, headers=headers)).json()

        assert again["job_id"] == first["job_id"]
        assert again["existing"] is True

    async def test_twenty_at_once_with_one_key_give_one_job(self, caller: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "k2"}
        calls = (caller.post("/api/v3/scan/website", json=SITE, headers=headers) for _ in range(20))

        answers = await asyncio.gather(*calls)

        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.json()["job_id"] for answer in answers}) == 1

    async def test_a_key_cannot_be_used_for_another_request(self, caller: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "k3"}
        await caller.post("/api/v3/scan/website", json=SITE, headers=headers)

        other = await caller.post("/api/v3/scan/website", json={"website": "other.test"}, headers=headers)

        assert other.status_code == 409
        assert other.headers["content-type"] == "application/problem+json"


class TestStatus:
    async def test_an_etag_saves_the_body(self, caller: httpx.AsyncClient) -> None:
        url = str((await start(caller))["status_url"])
        etag = (await caller.get(url)).headers["etag"]

        again = await caller.get(url, headers={"If-None-Match": etag})

        assert again.status_code == 304
        assert again.content == b""

    @pytest.mark.parametrize("form", ["W/{}", '"other", {}', "*"])
    async def test_an_etag_is_compared_weakly_and_in_lists(self, caller: httpx.AsyncClient, form: str) -> None:
        url = str((await start(caller))["status_url"])
        etag = (await caller.get(url)).headers["etag"]

        assert (await caller.get(url, headers={"If-None-Match": form.format(etag)})).status_code == 304

    async def test_a_job_keeps_the_website_it_was_asked_for(self, caller: httpx.AsyncClient) -> None:
        first = await start(caller, website="https://bakery.test/de/")

        await start(caller, website="http://www.bakery.test/other")

        assert (await caller.get(str(first["status_url"]))).json()["website"] == "https://bakery.test/de/"

    async def test_waiting_answers_when_the_job_changes(self, caller: httpx.AsyncClient) -> None:
        accepted = await start(caller)
        url = str(accepted["status_url"])
        etag = (await caller.get(url)).headers["etag"]
        waiting = asyncio.create_task(caller.get(url, params={"wait": 25}, headers={"If-None-Match": etag}))

        await caller.post(f"/api/v3/scan/cancel/{accepted['job_id']}")
        answer = await waiting

        assert answer.status_code == 200
        assert answer.json()["status"] == "cancelled"

    async def test_an_unknown_job_and_a_strangers_job_look_the_same(self, api: Api) -> None:
        async with api.caller("harbour") as ours, api.caller("hill") as theirs:
            job_id = (await start(ours))["job_id"]

            for method, path in (("GET", "status"), ("GET", "events"), ("POST", "cancel")):
                foreign = await theirs.request(method, f"/api/v3/scan/{path}/{job_id}")
                unknown = await theirs.request(method, f"/api/v3/scan/{path}/{uuid4()}")

                assert foreign.status_code == unknown.status_code == 404
                assert foreign.content == unknown.content

    async def test_a_strangers_domain_cannot_be_scanned(self, api: Api) -> None:
        async with api.caller("harbour") as ours, api.caller("hill") as theirs:
            accepted = await start(ours)
            domain_id = (await ours.get(str(accepted["status_url"]))).json()["domain_id"]

            answer = await theirs.post("/api/v3/scan/website", json={"domain_id": domain_id})

        assert answer.status_code == 404


class TestCancelling:
    async def test_a_cancelled_job_stays_cancelled(self, caller: httpx.AsyncClient) -> None:
        job_id = (await start(caller))["job_id"]

        first = await caller.post(f"/api/v3/scan/cancel/{job_id}")
        second = await caller.post(f"/api/v3/scan/cancel/{job_id}")

        assert first.json()["status"] == "cancelled"
        assert second.json() == first.json()


class TestBadInput:
    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"website": "file:///etc/passwd"}, "website"),
            ({"website": "no dots here"}, "website"),
            ({"website": "a\x00b.test"}, "website"),
            ({"website": ""}, "website"),
            ({"website": "x" * 5000}, "website"),
            ({"website": 5}, "website"),
            ({"website": "http://user:secret@bakery.test/"}, "website"),
            ({"website": "10.0.0.1"}, "website"),
            ({"website": "2130706433"}, "website"),
            ({"website": "http://169.254.169.254/latest/meta-data"}, "website"),
            ({"website": "http://[::1]/"}, "website"),
            ({"domain_id": "not-a-uuid"}, "domain_id"),
            ({"website": "bakery.test", "max_pages": 0}, "max_pages"),
            ({"website": "bakery.test", "render": "sometimes"}, "render"),
            ({"website": "bakery.test", "allow_networks": ["0.0.0.0/0"]}, "allow_networks"),
            ({}, "body"),
        ],
    )
    async def test_the_field_is_named(self, caller: httpx.AsyncClient, body: dict[str, object], field: str) -> None:
        answer = await caller.post("/api/v3/scan/website", json=body)

        assert 400 <= answer.status_code < 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert field in {error["field"] for error in answer.json()["errors"]}

    async def test_a_lone_surrogate_is_refused(self, caller: httpx.AsyncClient) -> None:
        answer = await caller.post(
            "/api/v3/scan/website",
            content=b'{"website": "bakery\\ud800.test"}',
            headers={"Content-Type": "application/json"},
        )

        assert answer.status_code == 422

    async def test_an_overlong_body_is_refused_whether_announced_or_not(self, caller: httpx.AsyncClient) -> None:
        async def pieces():  # type: ignore[no-untyped-def]
            for _ in range(100):
                yield b"x" * 10_000

        announced = await caller.post("/api/v3/scan/website", content=b"x" * 1_000_000)
        chunked = await caller.post("/api/v3/scan/website", content=pieces())  # type: ignore[no-untyped-call]

        assert announced.status_code == chunked.status_code == 413

    @pytest.mark.parametrize("path", ["status/x", "events/1", "status/%00", "status/' or '1'='1"])
    async def test_a_job_id_that_is_none_is_refused(self, caller: httpx.AsyncClient, path: str) -> None:
        answer = await caller.get(f"/api/v3/scan/{path}")

        assert answer.status_code in (404, 422)
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize("key", ["", "x" * 300])
    async def test_an_unusable_idempotency_key_is_refused(self, caller: httpx.AsyncClient, key: str) -> None:
        answer = await caller.post("/api/v3/scan/website", json=SITE, headers={"Idempotency-Key": key})

        assert answer.status_code == 422


class TestAuthentication:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/api/v3/scan/website"),
            ("GET", f"/api/v3/scan/status/{UUID(int=1)}"),
            ("GET", f"/api/v3/scan/events/{UUID(int=1)}"),
            ("POST", f"/api/v3/scan/cancel/{UUID(int=1)}"),
        ],
    )
    async def test_every_route_wants_a_token(self, api: Api, method: str, path: str) -> None:
        async with httpx.AsyncClient(base_url=api.url) as nobody:
            without = await nobody.request(method, path)
            rubbish = await nobody.request(method, path, headers={"Authorization": "Bearer rubbish"})

        assert without.status_code == rubbish.status_code == 401
        assert without.headers["www-authenticate"].startswith("Bearer")

    async def test_a_strangers_body_is_not_read(self, api: Api) -> None:
        async with httpx.AsyncClient(base_url=api.url) as nobody:
            answer = await nobody.post("/api/v3/scan/website", content=b"{")

        assert answer.status_code == 401

    async def test_broken_json_names_the_body(self, caller: httpx.AsyncClient) -> None:
        answer = await caller.post("/api/v3/scan/website", content=b"{", headers={"Content-Type": "application/json"})

        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == ["body"]


class TestHostNames:
    @pytest.mark.parametrize("host", ["evil.example", "", "localhost.evil.example", "127.0.0.1.evil.example:80"])
    async def test_another_name_is_refused_with_a_problem(self, settings: Settings, host: str) -> None:
        async with (
            serving(settings, works=False, allowed_hosts=("127.0.0.1", "localhost")) as api,
            api.caller() as caller,
        ):
            refused = await caller.get("/health/live", headers={"Host": host})
            answered = await caller.get("/health/live", headers={"Host": "localhost:9"})

        assert refused.status_code == 400
        assert refused.headers["content-type"] == "application/problem+json"
        assert answered.status_code == 200


class TestARealScan:
    async def test_the_whole_flow_runs_right_after_the_response(self, working_api: Api) -> None:
        async with serve_demo() as demo, working_api.caller() as caller:
            accepted = await start(caller, website=demo.url)

            done = await caller.get(str(accepted["status_url"]), params={"wait": 30})

        job = done.json()
        assert job["status"] == "complete", job
        assert job["progress"] == 1.0
        assert job["attempt"] == 1
        assert job["pages_scanned"] >= 5
        assert "info@harbour-bakery.example" in {email["value"] for email in job["result_data"]}
        assert job["started_at"]
        assert job["finished_at"]

    async def test_a_site_that_cannot_be_reached_fails_with_the_reason(self, working_api: Api) -> None:
        async with working_api.caller() as caller:
            accepted = await start(caller, website="http://127.0.0.1:9")
            url = str(accepted["status_url"])
            etag = ""
            for _ in range(20):
                answer = await caller.get(url, params={"wait": 5}, headers={"If-None-Match": etag})
                etag = answer.headers["etag"]
                if answer.status_code == 200 and answer.json()["error"]:
                    break

        assert "127.0.0.1:9" in answer.json()["error"]

    async def test_progress_is_streamed_until_the_end(self, working_api: Api) -> None:
        seen: list[dict[str, object]] = []
        async with serve_demo() as demo, working_api.caller() as caller:
            accepted = await start(caller, website=demo.url)
            async with caller.stream("GET", f"/api/v3/scan/events/{accepted['job_id']}") as stream:
                async for line in stream.aiter_lines():
                    if line.startswith("data: "):
                        seen.append(json.loads(line.removeprefix("data: ")))

        assert stream.headers["content-type"].startswith("text/event-stream")
        assert seen[-1]["status"] == "complete"
        progress = [float(str(event["progress"])) for event in seen]
        assert progress == sorted(progress)

    async def test_a_worker_elsewhere_completes_what_this_process_only_accepted(self, api: Api) -> None:
        async with serve_demo() as demo, api.caller() as caller:
            accepted = await start(caller, website=demo.url)
            assert api.settings.database_url is not None
            async with connected(api.settings, api.settings.database_url, migrate=False) as wiring:
                worker = make_worker(wiring)
                working = asyncio.create_task(worker.run())
                done = await caller.get(str(accepted["status_url"]), params={"wait": 30})
                worker.stop()
                await working

        assert done.json()["status"] == "complete"
