"""Contacts over real HTTP: lists, and exports in each format, read back by the programs that read such files."""

import csv
import io
import json
from datetime import UTC, datetime

import httpx
import openpyxl
import pytest

from scanlane.models import Job, PageState, ScanPage, SightingRow
from tests.scanlane.api.conftest import Api
from tests.scanlane.api.rows import NOWHERE, domain, is_problem, names, put, put_contacts, walk

CONTACTS = "/api/v3/contacts"
EXPORT = f"{CONTACTS}/export"


@pytest.fixture
async def shop(api: Api) -> str:
    """A domain with contacts of every kind, beside another of ours and one of a stranger; the domain's id."""
    owner, other, theirs = domain("shop.example"), domain("other.example"), domain("theirs.example", tenant="hill")
    await put(api, owner, other, theirs)
    rows = [
        ("email", "info@shop.example", "role", "own", 95, None),
        ("email", "owner@mail.test", "personal", "webmail", 60, None),
        ("email", "noreply@shop.example", "no-reply", "own", 40, None),
        ("phone", "+4930123456", "phone", "own", 80, None),
        ("social", "https://facebook.com/shop", "profile", "own", 70, "facebook"),
    ]
    for kind, value, type_, relation, score, network in rows:
        await put_contacts(
            api, owner, 1, kind=kind, value=value, type=type_, relation=relation, score=score, network=network
        )
    await put_contacts(api, other, 1)
    await put_contacts(api, theirs, 1)
    return str(owner.id)


class TestListing:
    async def test_pages_follow_each_other_and_hold_each_contact_once(
        self, api: Api, caller: httpx.AsyncClient
    ) -> None:
        owner = domain("shop.example")
        await put(api, owner)
        await put_contacts(api, owner, 7, first_seen_at=datetime.now(UTC))  # at one moment: only their ids differ

        pages = [items async for items in walk(caller, CONTACTS, limit=3)]

        values = [item["value"] for items in pages for item in items]
        assert [len(items) for items in pages] == [3, 3, 1]
        assert sorted(map(str, values)) == [f"info{n}@shop.example" for n in range(1, 8)]

    @pytest.mark.parametrize(
        ("params", "found"),
        [
            ({"kind": "phone"}, {"+4930123456"}),
            ({"type": "no-reply"}, {"noreply@shop.example"}),
            ({"relation": "webmail"}, {"owner@mail.test"}),
            ({"min_score": "81"}, {"info@shop.example"}),
            ({"q": "NOREPLY"}, {"noreply@shop.example"}),
            ({"q": "%"}, set()),
            ({"q": "+49"}, {"+4930123456"}),
            ({"kind": "email", "min_score": "60", "q": "owner"}, {"owner@mail.test"}),
        ],
    )
    async def test_filters(self, caller: httpx.AsyncClient, shop: str, params: dict[str, str], found: set[str]) -> None:
        assert set(await names(caller, CONTACTS, "value", **params)) == found

    async def test_one_domain_only(self, caller: httpx.AsyncClient, shop: str) -> None:
        assert len(await names(caller, CONTACTS, "value", domain_id=shop)) == 5
        assert set(await names(caller, CONTACTS, "domain")) == {"shop.example", "other.example"}

    async def test_a_contact_says_where_it_was_found(self, api: Api, caller: httpx.AsyncClient, shop: str) -> None:
        page = "https://shop.example/imprint"
        job = Job(type="email_scan", tenant="harbour", subject=shop, domain_id=shop, status="complete")
        await put(api, job)
        await put(api, ScanPage(job_id=job.id, url=page, state=PageState.FETCHED, priority=1, depth=0))
        seen = {"kind": "email", "value": "info@shop.example", "method": "mailto", "context": ""}
        await put(api, SightingRow(job_id=job.id, url=page, **seen, obfuscated=False, hidden=False))

        listed = (await caller.get(CONTACTS, params={"domain_id": shop})).json()["items"]

        assert {item["value"]: item["found_on"] for item in listed}["info@shop.example"] == page
        assert {item["value"]: item["found_on"] for item in listed}["+4930123456"] is None

    @pytest.mark.parametrize("path", [CONTACTS, EXPORT])
    @pytest.mark.parametrize(
        ("params", "field"),
        [
            ({"kind": "fax"}, "kind"),
            ({"relation": "friend"}, "relation"),
            ({"min_score": "101"}, "min_score"),
            ({"min_score": "x"}, "min_score"),
            ({"domain_id": "shop.example"}, "domain_id"),
            ({"scroe": "1"}, "scroe"),
        ],
    )
    async def test_bad_input_names_the_parameter(
        self, caller: httpx.AsyncClient, path: str, params: dict[str, str], field: str
    ) -> None:
        assert is_problem(await caller.get(path, params=params), 422, field=field)

    async def test_a_cursor_that_was_made_up_is_named(self, caller: httpx.AsyncClient) -> None:
        assert is_problem(await caller.get(CONTACTS, params={"cursor": "x"}), 422, field="cursor")


class TestTenants:
    @pytest.mark.parametrize("path", [CONTACTS, EXPORT])
    async def test_a_strangers_domain_and_an_unknown_one_look_the_same(self, api: Api, shop: str, path: str) -> None:
        async with api.caller("hill") as caller:
            foreign = await caller.get(path, params={"domain_id": shop})
            unknown = await caller.get(path, params={"domain_id": NOWHERE})

        assert is_problem(foreign, 404)
        assert foreign.json() == unknown.json()

    @pytest.mark.parametrize("format", ["csv", "jsonl"])
    async def test_contacts_of_others_are_neither_listed_nor_exported(self, api: Api, shop: str, format: str) -> None:
        async with api.caller("hill") as caller:
            listed = await names(caller, CONTACTS, "value")
            exported = (await caller.get(EXPORT, params={"format": format})).text

        assert listed == ["info1@theirs.example"]
        assert "info1@theirs.example" in exported
        assert "shop.example" not in exported

    async def test_nobody_reads_without_a_token(self, api: Api) -> None:
        async with httpx.AsyncClient(base_url=api.url) as stranger:
            assert is_problem(await stranger.get(CONTACTS), 401)
            assert is_problem(await stranger.get(EXPORT), 401)


class TestExporting:
    async def test_csv_holds_what_the_list_shows(self, caller: httpx.AsyncClient, shop: str) -> None:
        listed = await names(caller, CONTACTS, "value", min_score=60)

        answer = await caller.get(EXPORT, params={"min_score": "60"})

        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert [row["value"] for row in rows] == listed
        assert list(rows[0]) == [
            *("domain", "kind", "value", "name", "position", "organisation"),
            *("type", "relation", "score", "network", "found_on"),
            *("methods", "obfuscated", "objects_to_harvesting"),
        ]
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert "\r\n" in answer.text

    async def test_json_lines_keep_types(self, caller: httpx.AsyncClient, shop: str) -> None:
        params = {"format": "jsonl", "kind": "email", "columns": "value,score,obfuscated,network,first_seen_at,id"}

        answer = await caller.get(EXPORT, params=params)

        documents = [json.loads(line) for line in answer.text.splitlines()]
        best = next(one for one in documents if one["value"] == "info@shop.example")
        assert (best["score"], best["obfuscated"], best["network"]) == (95, False, None)
        assert datetime.fromisoformat(best["first_seen_at"]).tzinfo is not None
        assert list(best) == ["value", "score", "obfuscated", "network", "first_seen_at", "id"]

    async def test_a_workbook_is_read_back_by_another_program(self, caller: httpx.AsyncClient, shop: str) -> None:
        params = {"format": "xlsx", "columns": "value,score,obfuscated,network,first_seen_at"}

        answer = await caller.get(EXPORT, params=params)

        sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["Contacts"]
        header, *rows = sheet.iter_rows(values_only=True)
        row = next(row for row in rows if row[0] == "info@shop.example")
        assert header == ("value", "score", "obfuscated", "network", "first_seen_at")
        assert row[1:4] == (95, False, None)
        assert abs((datetime.now(UTC).replace(tzinfo=None) - row[4]).total_seconds()) < 3600
        assert len(rows) == 6

    @pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx"])
    async def test_the_file_has_a_name(self, caller: httpx.AsyncClient, format: str) -> None:
        answer = await caller.get(EXPORT, params={"format": format})

        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith('attachment; filename="contacts-20')
        assert answer.headers["content-disposition"].endswith(f'.{format}"')

    @pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx"])
    async def test_many_pages_of_rows_come_whole(self, api: Api, caller: httpx.AsyncClient, format: str) -> None:
        owner = domain("big.example")
        await put(api, owner)
        await put_contacts(api, owner, 1234)

        answer = await caller.get(EXPORT, params={"format": format, "columns": "value"})

        assert _values(answer.content, format) == {f"info{n}@big.example" for n in range(1, 1235)}

    async def test_excel_is_told_the_encoding_when_asked(self, caller: httpx.AsyncClient, shop: str) -> None:
        plain, marked = await caller.get(EXPORT), await caller.get(EXPORT, params={"bom": "true"})

        assert marked.content == b"\xef\xbb\xbf" + plain.content

    @pytest.mark.parametrize("columns", ["value,secret", "", ",", "tenant"])
    async def test_a_column_that_is_not_there_is_named(self, caller: httpx.AsyncClient, columns: str) -> None:
        assert is_problem(await caller.get(EXPORT, params={"columns": columns}), 422, field="columns")

    async def test_a_format_that_is_not_known_is_named(self, caller: httpx.AsyncClient) -> None:
        assert is_problem(await caller.get(EXPORT, params={"format": "pdf"}), 422, field="format")


class TestFormulas:
    DANGEROUS = ("=cmd|' /C calc'!A0@x.example", "+1+1@x.example", "-2@x.example", "@sum.example", "\t=1", "\r=1")

    @pytest.fixture
    async def hostile(self, api: Api) -> None:
        """Contacts that a spreadsheet would compute, and a telephone number."""
        owner = domain("shop.example")
        await put(api, owner)
        for value in (*self.DANGEROUS, "+4930123456"):
            await put_contacts(api, owner, 1, value=value)

    async def test_csv_puts_them_behind_an_apostrophe_and_leaves_numbers(
        self, caller: httpx.AsyncClient, hostile: None
    ) -> None:
        answer = await caller.get(EXPORT, params={"columns": "value"})

        cells = {row[0] for row in csv.reader(io.StringIO(answer.text, newline=""))}
        assert cells == {"value", "+4930123456", *(f"'{value}" for value in self.DANGEROUS)}

    async def test_a_workbook_holds_them_as_text(self, caller: httpx.AsyncClient, hostile: None) -> None:
        answer = await caller.get(EXPORT, params={"columns": "value", "format": "xlsx"})

        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        cells = [row[0] for row in sheet.iter_rows(min_row=2)]
        assert {cell.data_type for cell in cells} == {"s"}
        assert all(cell.quotePrefix for cell in cells)
        assert {"=cmd|' /C calc'!A0@x.example", "-2@x.example", "+4930123456"} <= {cell.value for cell in cells}

    async def test_json_holds_them_as_they_are(self, caller: httpx.AsyncClient, hostile: None) -> None:
        answer = await caller.get(EXPORT, params={"columns": "value", "format": "jsonl"})

        assert _values(answer.content, "jsonl") == {"+4930123456", *self.DANGEROUS}


def _values(content: bytes, format: str) -> set[str]:
    if format == "csv":
        return {row["value"] for row in csv.DictReader(io.StringIO(content.decode()))}
    if format == "jsonl":
        return {json.loads(line)["value"] for line in content.decode().splitlines()}
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True)["Contacts"]
    return {str(row[0]) for row in sheet.iter_rows(min_row=2, values_only=True)}
