"""All that is known of a contact, in lists, in exports of every format, and in the API's own documentation."""

import csv
import io
import json
from datetime import UTC, datetime

import httpx
import openpyxl
import pytest

from scanlane.models import Job, PageState, ScanPage, SightingRow
from tests.scanlane.api.conftest import Api
from tests.scanlane.api.rows import domain, names, put, put_contacts

CONTACTS = "/api/v3/contacts"
TEAM = "https://shop.example/team"
FACTS = {
    "name": "Ada Example",
    "title": "Dr.",
    "position": "Head Baker",
    "organisation": "Harbour Bakery",
    "type": "personal",
    "relation": "own",
    "score": 95,
    "obfuscated": True,
    "methods": ["cloudflare", "mailto"],
    "reasons": ["mailto 80", "own +15", "name: card"],
}
# The address is somebody's own, and hidden from machines: exports leave such out unless told.
HIDDEN_TOO = {"kind": "email", "obfuscated": "include"}
COLUMNS = "value,name,title,position,organisation,type,relation,score,obfuscated,methods,reasons,sources"


@pytest.fixture
async def shop(api: Api) -> None:
    """A contact with everything, and one with little."""
    owner = domain("shop.example")
    await put(api, owner)
    await put_contacts(api, owner, 1, **FACTS)
    await put_contacts(api, owner, 1, value="+4930123456", kind="phone")
    job = Job(type="email_scan", tenant="harbour", subject=str(owner.id), domain_id=owner.id, status="complete")
    await put(api, job)
    day = datetime(2026, 11, 3, tzinfo=UTC)
    await put(api, ScanPage(job_id=job.id, url=TEAM, state=PageState.FETCHED, priority=1, depth=0, fetched_at=day))
    seen = {"job_id": job.id, "url": TEAM, "kind": "email", "value": "INFO1@shop.example", "context": ""}
    for method in ("mailto", "cloudflare"):
        await put(api, SightingRow(**seen, method=method, obfuscated=True, hidden=False))


class TestLists:
    async def test_a_contact_says_everything(self, caller: httpx.AsyncClient, shop: None) -> None:
        (item,) = (await caller.get(CONTACTS, params={"kind": "email"})).json()["items"]

        assert {name: item[name] for name in FACTS} == FACTS
        (source,) = item["sources"]
        assert (source["uri"], source["methods"], source["still_on_page"]) == (TEAM, ["cloudflare", "mailto"], True)
        assert source["extracted_on"][:10] == source["last_seen_on"][:10] == "2026-11-03"

    async def test_contacts_with_a_name_can_be_asked_for(self, caller: httpx.AsyncClient, shop: None) -> None:
        assert await names(caller, CONTACTS, "value", has_name="true") == ["info1@shop.example"]
        assert await names(caller, CONTACTS, "value", has_name="false") == ["+4930123456"]

    async def test_the_documentation_of_the_api_names_each_fact(self, api: Api) -> None:
        async with httpx.AsyncClient(base_url=api.url) as caller:
            described = (await caller.get("/openapi.json")).json()["components"]["schemas"]

        assert {*FACTS, "sources", "found_on"} <= set(described["ContactItem"]["properties"])
        assert {"uri", "extracted_on", "last_seen_on", "still_on_page"} <= set(described["ContactSource"]["properties"])


class TestExports:
    @pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx"])
    async def test_every_fact_is_a_column(self, caller: httpx.AsyncClient, shop: None, format: str) -> None:
        answer = await caller.get(f"{CONTACTS}/export", params={"format": format, "columns": COLUMNS, **HIDDEN_TOO})

        row = _first(answer.content, format)
        assert (row["name"], row["title"], row["position"]) == ("Ada Example", "Dr.", "Head Baker")
        assert (row["organisation"], row["type"], row["relation"]) == ("Harbour Bakery", "personal", "own")
        assert (str(row["score"]), str(row["obfuscated"]).lower()) == ("95", "true")
        assert (row["methods"], row["reasons"]) == ("cloudflare; mailto", "mailto 80; own +15; name: card")
        assert row["sources"] == f"{TEAM} (cloudflare, mailto; seen 2026-11-03)"

    async def test_names_are_among_the_usual_columns(self, caller: httpx.AsyncClient, shop: None) -> None:
        answer = await caller.get(f"{CONTACTS}/export", params={"has_name": "true", **HIDDEN_TOO})

        (row,) = csv.DictReader(io.StringIO(answer.text))
        assert (row["name"], row["position"], row["organisation"]) == ("Ada Example", "Head Baker", "Harbour Bakery")


def _first(content: bytes, format: str) -> dict[str, object]:
    if format == "csv":
        return dict(next(csv.DictReader(io.StringIO(content.decode()))))
    if format == "jsonl":
        return dict(json.loads(content.decode().splitlines()[0]))
    header, first = list(openpyxl.load_workbook(io.BytesIO(content))["Contacts"].iter_rows(values_only=True))[:2]
    return dict(zip(map(str, header), first, strict=True))
