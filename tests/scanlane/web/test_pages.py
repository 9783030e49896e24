"""The pages over real HTTP: who gets in, what another site's page cannot do, what belongs to whom, what they show."""

import re

import httpx

from tests.scanlane.api.rows import domain, put, put_contacts
from tests.scanlane.web.conftest import Api, sign_in_code, visitor_of

PAGES = ["/", "/jobs", "/domains", "/contacts", "/places", "/pipeline"]
CHANGES = ["/scans", "/imports", "/places/searches", "/places/queue", "/pipeline/deep_scan/pause", "/sign-out"]
FOREIGN: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
    {"Origin": "null"},
    {},
]
NOWHERE = "00000000-0000-4000-8000-000000000000"


class TestTheGate:
    async def test_who_is_not_signed_in_is_led_to_the_gate(self, api: Api) -> None:
        paths = [*PAGES, f"/jobs/{NOWHERE}", f"/jobs/{NOWHERE}/live", "/contacts/export"]
        async with httpx.AsyncClient(base_url=api.url) as stranger:
            answers = [await stranger.get(path) for path in paths]

        assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {(303, "/sign-in")}

    async def test_a_code_opens_the_door_once(self, api: Api) -> None:
        code = await sign_in_code(api)
        async with httpx.AsyncClient(base_url=api.url, headers={"Sec-Fetch-Site": "same-origin"}) as first:
            assert (await first.post("/sign-in", data={"code": code})).status_code == 303
            assert (await first.get("/")).status_code == 200

        async with httpx.AsyncClient(base_url=api.url, headers={"Sec-Fetch-Site": "same-origin"}) as second:
            answer = await second.post("/sign-in", data={"code": code})

        assert (answer.status_code, "has been used" in answer.text) == (403, True)

    async def test_what_is_no_code_and_no_token_opens_nothing(self, api: Api) -> None:
        async with httpx.AsyncClient(base_url=api.url, headers={"Sec-Fetch-Site": "same-origin"}) as stranger:
            answers = [
                await stranger.post("/sign-in", data={field: secret})
                for field in ("code", "token")
                for secret in ("", "x", "é" * 43, "a" * 43, "\x00" * 43)
            ]

        assert {answer.status_code for answer in answers} <= {401, 403}
        assert not any("set-cookie" in answer.headers for answer in answers)

    async def test_a_token_of_the_api_signs_in(self, api: Api) -> None:
        async with api.caller("hill") as caller:
            token = caller.headers["authorization"].removeprefix("Bearer ")
        async with httpx.AsyncClient(base_url=api.url, headers={"Sec-Fetch-Site": "same-origin"}) as client:
            answer = await client.post("/sign-in", data={"token": f" {token}\n"})

            assert answer.status_code == 303
            assert (await client.get("/jobs")).status_code == 200

    async def test_the_cookie_is_kept_from_scripts_and_other_sites(self, api: Api) -> None:
        async with httpx.AsyncClient(base_url=api.url, headers={"Sec-Fetch-Site": "same-origin"}) as client:
            answer = await client.post("/sign-in", data={"code": await sign_in_code(api)})

        cookie = answer.headers["set-cookie"].lower()
        assert {"httponly", "samesite=strict", "path=/"} <= set(cookie.split("; "))

    async def test_signing_out_ends_the_session_itself(self, api: Api, visitor: httpx.AsyncClient) -> None:
        key = dict(visitor.cookies)
        await visitor.post("/sign-out")

        async with httpx.AsyncClient(base_url=api.url, cookies=key) as thief:
            assert (await thief.get("/jobs")).status_code == 303

    async def test_another_sites_page_changes_nothing(self, api: Api, visitor: httpx.AsyncClient) -> None:
        async with httpx.AsyncClient(base_url=api.url, cookies=dict(visitor.cookies)) as browser:
            answers = {
                (path, str(headers)): (
                    await browser.post(path, data={"sites": "x.example"}, headers=headers)
                ).status_code
                for path in CHANGES
                for headers in FOREIGN
            }

        assert answers == dict.fromkeys(answers, 403)

    async def test_an_old_browser_is_known_by_the_origin_it_names(self, api: Api, visitor: httpx.AsyncClient) -> None:
        async with httpx.AsyncClient(base_url=api.url, cookies=dict(visitor.cookies)) as browser:
            answer = await browser.post("/scans", data={"sites": "example.com"}, headers={"Origin": api.url})

        assert answer.status_code == 303


class TestWhatPagesSay:
    async def test_every_page_forbids_foreign_and_inline_scripts(self, visitor: httpx.AsyncClient) -> None:
        for path in PAGES:
            answer = await visitor.get(path)

            policy = answer.headers["content-security-policy"]
            assert (answer.status_code, "default-src 'none'" in policy, "unsafe" in policy) == (200, True, False)
            assert re.search(r"<script(?![^>]*\bsrc=\"/static/)|\bon\w+=|style=|javascript:", answer.text) is None

    async def test_what_was_crawled_is_shown_as_text(self, api: Api, visitor: httpx.AsyncClient) -> None:
        owner = domain("shop.example", title="<script>alert(1)</script>", status="completed")
        await put(api, owner)
        await put_contacts(api, owner, 1, kind="social", value="javascript:alert(1)", network="x")

        shown = (await visitor.get(f"/domains/{owner.id}")).text

        assert "&lt;script&gt;alert(1)" in shown
        assert 'href="javascript:' not in shown

    async def test_an_unknown_path_is_a_page_and_of_the_api_a_document(self, api: Api) -> None:
        async with httpx.AsyncClient(base_url=api.url) as stranger:
            page, document = await stranger.get("/nothing"), await stranger.get("/api/v3/nothing")
            wrong_verb = await stranger.delete("/api/v3/domains")

        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert (document.status_code, document.headers["content-type"]) == (404, "application/problem+json")
        assert (wrong_verb.status_code, wrong_verb.headers["content-type"]) == (405, "application/problem+json")

    async def test_a_filter_that_cannot_be_is_one_sentence(self, visitor: httpx.AsyncClient) -> None:
        for query in ("min_score=101", "min_score=x", "kind=letter", "domain_id=1", "cursor=%00", "q=%00"):
            answer = await visitor.get(f"/contacts?{query}")

            assert (query, answer.status_code, 'role="alert"' in answer.text) == (query, 422, True)


class TestTenants:
    async def test_another_tenants_rows_are_not_there(self, api: Api, visitor: httpx.AsyncClient) -> None:
        theirs = domain("theirs.example", tenant="hill")
        await put(api, theirs)
        await put_contacts(api, theirs, 1)
        async with visitor_of(api, "hill") as owner:
            started = await owner.post("/scans", data={"sites": "theirs.example"})
        job = started.headers["location"]

        seen = [await visitor.get(path) for path in (job, f"{job}/live", f"/domains/{theirs.id}")]
        changed = [
            await visitor.post(path, data={"stage": "scan"})
            for path in (f"{job}/cancel", f"{job}/again", f"/domains/{theirs.id}/queue", f"/domains/{theirs.id}/delete")
        ]

        assert [answer.status_code for answer in [*seen, *changed]] == [404] * 7
        for path in ("/jobs", "/domains", "/contacts"):
            assert "theirs.example" not in (await visitor.get(path)).text

    async def test_pausing_needs_the_scope_for_it(self, api: Api) -> None:
        async with visitor_of(api, scopes=frozenset({"jobs:read"})) as reader:
            answer = await reader.post("/pipeline/deep_scan/pause")

        assert answer.status_code == 403


class TestScanning:
    async def test_good_sites_start_and_bad_ones_are_told(self, visitor: httpx.AsyncClient) -> None:
        answer = await visitor.post("/scans", data={"sites": "shop.example\nnot a site,ftp://x\nbakery.example"})
        jobs = (await visitor.get("/jobs")).text

        assert answer.status_code == 422
        assert "ftp://x" in answer.text
        assert ("shop.example" in jobs, "bakery.example" in jobs) == (True, True)

    async def test_a_file_is_looked_at_first_and_then_taken_in(self, api: Api, visitor: httpx.AsyncClient) -> None:
        file = {"file": ("sites.csv", b"Company;Website\nHarbour;shop.example\nBad;not a site\n", "text/csv")}
        looked = await visitor.post("/imports", data={"step": "preview"}, files=file)
        before = (await visitor.get("/domains")).text
        taken = await visitor.post("/imports", data={"step": "import", "column": "2"}, files=file)
        after = (await visitor.get("/domains")).text

        assert ("Take in 1 websites" in looked.text, "shop.example" in before) == (True, False)
        assert ("were taken in" in taken.text, "row 3" in taken.text, "shop.example" in after) == (True, True, True)

    async def test_a_file_whose_column_is_not_found_asks_for_it(self, visitor: httpx.AsyncClient) -> None:
        file = {"file": ("sites.csv", b"a;b\nHarbour;shop.example\n", "text/csv")}
        unknown = {"file": ("sites.csv", b"a;b\n1;2\n", "text/csv")}

        refused = await visitor.post("/imports", data={"step": "preview"}, files=unknown)
        named = await visitor.post("/imports", data={"step": "preview", "column": "b"}, files=file)

        assert (refused.status_code, 'name="column"' in refused.text, "a, b" in refused.text) == (422, True, True)
        assert "Take in 1 websites" in named.text


class TestExport:
    async def test_the_file_holds_exactly_what_the_filters_find(self, api: Api, visitor: httpx.AsyncClient) -> None:
        owner = domain("shop.example")
        await put(api, owner)
        await put_contacts(api, owner, 1, kind="email", value="info@shop.example", score=90)
        await put_contacts(api, owner, 1, kind="email", value="low@shop.example", score=20)

        answer = await visitor.get("/contacts/export?kind=email&min_score=50&type=&format=csv")

        assert answer.headers["content-disposition"].startswith("attachment")
        assert ("info@shop.example" in answer.text, "low@shop.example" in answer.text) == (True, False)
