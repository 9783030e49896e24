"""Suppressions, opt-outs and what they do to lists and exports, over real HTTP."""

import httpx
import pytest

from scanlane.auth.token_signing import SCOPES
from scanlane.models import Contact, ContactSource
from scanlane.services.suppression import read_key
from scanlane.stores import suppressions
from tests.scanlane.api.conftest import Api
from tests.scanlane.api.rows import NOWHERE, domain, is_problem, names, put, put_contacts, walk

SUPPRESSIONS = "/api/v3/suppressions"
OPT_OUTS = "/api/v3/opt-outs"
CONTACTS = "/api/v3/contacts"
EXPORT = f"{CONTACTS}/export"
OPERATOR = (*SCOPES, "operate")
INFO = "info1@shop.example"


@pytest.fixture
async def shop(api: Api) -> str:
    """A shop with three contacts, and the same shop of another tenant."""
    ours, theirs = domain("shop.example"), domain("shop.example", tenant="hill")
    await put(api, ours, theirs)
    await put_contacts(api, ours, 3)
    await put_contacts(api, theirs, 3)
    return str(ours.id)


class TestSuppressing:
    async def test_takes_a_contact_out_of_lists_and_exports_at_once(self, api: Api, shop: str) -> None:
        async with api.caller(scopes=OPERATOR) as caller:
            answer = await caller.post(SUPPRESSIONS, json={"values": [INFO.upper()], "reason": "asked"})
            listed = await names(caller, CONTACTS, "value")
            exported = (await caller.get(EXPORT)).text

        assert answer.json() == {"added": 1, "purged": 1}
        assert INFO not in listed
        assert len(listed) == 2
        assert INFO not in exported

    async def test_of_one_tenant_leaves_anothers_contacts_and_list_alone(self, api: Api, shop: str) -> None:
        async with api.caller(scopes=OPERATOR) as ours, api.caller("hill", scopes=OPERATOR) as theirs:
            await ours.post(SUPPRESSIONS, json={"values": [INFO]})
            [mine] = await names(ours, SUPPRESSIONS, "id")

            assert INFO in await names(theirs, CONTACTS, "value")
            assert await names(theirs, SUPPRESSIONS, "id") == []
            assert is_problem(await theirs.delete(f"{SUPPRESSIONS}/{mine}"), 404)

    async def test_lists_digests_and_reasons_never_values(self, api: Api, shop: str) -> None:
        async with api.caller(scopes=OPERATOR) as caller:
            await caller.post(SUPPRESSIONS, json={"values": [INFO, "@other.example"], "reason": "asked by letter"})
            answer = await caller.get(SUPPRESSIONS)

        items = answer.json()["items"]
        assert {item["kind"] for item in items} == {"email", "domain"}
        assert {len(item["digest"]) for item in items} == {64}
        assert {item["reason"] for item in items} == {"asked by letter"}
        assert "info1" not in answer.text
        assert "other.example" not in answer.text

    async def test_can_be_lifted(self, api: Api, shop: str) -> None:
        async with api.caller(scopes=OPERATOR) as caller:
            await caller.post(SUPPRESSIONS, json={"values": [INFO]})
            [one] = await names(caller, SUPPRESSIONS, "id")

            assert (await caller.delete(f"{SUPPRESSIONS}/{one}")).status_code == 204
            assert is_problem(await caller.delete(f"{SUPPRESSIONS}/{one}"), 404)

    async def test_everywhere_binds_all_and_is_lifted_by_name(self, api: Api, shop: str) -> None:
        async with api.caller(scopes=OPERATOR) as ours, api.caller("hill", scopes=OPERATOR) as theirs:
            await ours.post(SUPPRESSIONS, json={"values": [INFO], "everywhere": True})
            [one] = await names(theirs, SUPPRESSIONS, "id")

            assert INFO not in await names(theirs, CONTACTS, "value")
            assert is_problem(await ours.delete(f"{SUPPRESSIONS}/{one}"), 404)
            assert (await ours.delete(f"{SUPPRESSIONS}/{one}", params={"everywhere": "true"})).status_code == 204

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"values": []}, "values"),
            ({"values": ["nonsense"]}, "value"),
            ({"values": [INFO], "reason": f"{INFO} wrote"}, "reason"),
            ({"values": ["a@b.example"] * 1001}, "values"),
            ({"values": [INFO], "tenant": "hill"}, "tenant"),
        ],
    )
    async def test_what_cannot_be_used_is_named(self, api: Api, body: dict[str, object], field: str) -> None:
        async with api.caller(scopes=OPERATOR) as caller:
            assert is_problem(await caller.post(SUPPRESSIONS, json=body), 422, field=field)

    async def test_what_slipped_in_is_left_out_of_lists_and_exports(self, api: Api, shop: str) -> None:
        async with api.app.state.house.sessions.begin() as session:
            key = read_key(INFO)
            await suppressions.add_suppressions(session, [key], tenant="harbour", reason="", created_by="tester")

        async with api.caller() as caller:
            listed = [item["value"] async for page in walk(caller, CONTACTS, limit=1) for item in page]
            exports = [(await caller.get(EXPORT, params={"format": kind})).text for kind in ("csv", "jsonl")]

        assert sorted(map(str, listed)) == ["info2@shop.example", "info3@shop.example"]
        assert all(INFO not in text and "info2@shop.example" in text for text in exports)


@pytest.mark.parametrize("path", [SUPPRESSIONS, OPT_OUTS])
async def test_all_of_it_needs_the_scope_operate(api: Api, path: str) -> None:
    body = {"values": [INFO]} if path == SUPPRESSIONS else {"domain": "shop.example"}
    async with api.caller() as caller:
        answers = [await caller.get(path), await caller.post(path, json=body), await caller.delete(f"{path}/{NOWHERE}")]

    assert [answer.status_code for answer in answers] == [403] * 3


class TestOptingOut:
    async def test_a_scan_is_refused_with_451_and_a_sentence(self, api: Api, shop: str) -> None:
        async with api.caller(scopes=OPERATOR) as caller:
            done = await caller.post(OPT_OUTS, json={"domain": "https://www.shop.example/x", "reason": "wrote"})
            refused = await caller.post("/api/v3/scan/website", json={"website": "shop.example"})
            by_id = await caller.post("/api/v3/scan/website", json={"domain_id": shop})

        assert done.json() == {"name": "shop.example", "is_new": True, "purged": 6}
        assert is_problem(refused, 451)
        assert is_problem(by_id, 451)
        assert "its owner has objected" in refused.json()["detail"]

    async def test_is_listed_and_lifted(self, api: Api) -> None:
        async with api.caller(scopes=OPERATOR) as caller:
            await caller.post(OPT_OUTS, json={"domain": "shop.example"})

            assert await names(caller, OPT_OUTS) == ["shop.example"]
            assert (await caller.delete(f"{OPT_OUTS}/shop.example")).status_code == 204
            assert is_problem(await caller.delete(f"{OPT_OUTS}/shop.example"), 404)


class TestContacts:
    async def test_say_where_they_come_from_and_whether_the_site_objects(
        self, api: Api, caller: httpx.AsyncClient
    ) -> None:
        owner = domain("shop.example", objection="Werbung wird widersprochen.", objection_url="https://shop.example/i")
        await put(api, owner)
        contact = Contact(
            tenant="harbour", domain_id=owner.id, kind="email", value=INFO, type="role", relation="own", score=80
        )
        await put(api, contact)
        await put(api, ContactSource(contact_id=contact.id, url="https://shop.example/i", method="mailto"))

        [item] = (await caller.get(CONTACTS)).json()["items"]
        exported = (await caller.get(EXPORT, params={"columns": "value,sources,objects_to_harvesting"})).text
        shown = (await caller.get(f"/api/v3/domains/{owner.id}")).json()

        assert item["found_on"] == "https://shop.example/i"
        assert [(one["uri"], one["methods"]) for one in item["sources"]] == [("https://shop.example/i", ["mailto"])]
        assert item["sources"][0]["extracted_on"]
        assert item["objects_to_harvesting"] is True
        assert item["verification"] == {"status": "unknown", "mx": [], "checked_on": None}
        assert f"{INFO},https://shop.example/i (mailto; seen " in exported
        assert (shown["objects_to_harvesting"], shown["objection"]) == (True, "Werbung wird widersprochen.")

    @pytest.mark.parametrize(
        ("policy", "found"),
        [
            (None, {"info1@shop.example", "role1@shop.example"}),
            ("role-only", {"info1@shop.example", "role1@shop.example"}),
            ("include", {"info1@shop.example", "role1@shop.example", "ada1@shop.example"}),
            ("exclude", {"info1@shop.example"}),
        ],
    )
    async def test_exports_leave_hidden_addresses_of_people_out_unless_told(
        self, api: Api, caller: httpx.AsyncClient, policy: str | None, found: set[str]
    ) -> None:
        owner = domain("shop.example")
        await put(api, owner)
        await put_contacts(api, owner, 1)
        await put_contacts(api, owner, 1, value="role1@shop.example", obfuscated=True)
        await put_contacts(api, owner, 1, value="ada1@shop.example", type="personal", obfuscated=True)

        text = (await caller.get(EXPORT, params={} if policy is None else {"obfuscated": policy})).text

        assert {line.split(",")[2] for line in text.splitlines()[1:]} == found
        assert len(await names(caller, CONTACTS, "value")) == 3


async def test_owners_of_websites_can_read_who_visits_them(api: Api) -> None:
    async with httpx.AsyncClient(base_url=api.url) as anybody:
        answer = await anybody.get("/bot")

    assert answer.status_code == 200
    assert "User-agent: scanlane" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
