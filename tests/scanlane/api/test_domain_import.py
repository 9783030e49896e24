"""The import of CSV files over real HTTP."""

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from scanlane.models import Domain
from scanlane.routers.limits import LARGEST_BODY, LARGEST_IMPORT
from scanlane.services.website_table import MOST_ROWS
from tests.scanlane.api.conftest import Api
from tests.scanlane.api.rows import domain, is_problem, put

IMPORT = "/api/v3/domains/import"
CSV = {"Content-Type": "text/csv"}
TABLE = "Name;Website\nBakery;https://www.bakery.example/\nMill;mill.example\n"


async def send(caller: httpx.AsyncClient, body: str | bytes, **params: str) -> dict[str, Any]:
    """Import a file; the report."""
    answer = await caller.post(IMPORT, content=body, params=params, headers=CSV)
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def stored(api: Api) -> dict[str, Domain]:
    """All domains, by name."""
    async with api.app.state.house.sessions() as session:
        return {row.name: row for row in await session.scalars(select(Domain))}


class TestImporting:
    async def test_each_row_becomes_a_domain_that_waits(self, api: Api, caller: httpx.AsyncClient) -> None:
        report = await send(caller, TABLE)

        rows = await stored(api)
        assert rows.keys() == {"bakery.example", "mill.example"}
        assert {(row.status, row.source, row.wants_scan) for row in rows.values()} == {("pending", "import", True)}
        assert (report["rows"], report["created"], report["columns"]) == (2, 2, ["Name", "Website"])
        assert (report["website_column"], report["delimiter"], report["encoding"]) == (2, ";", "utf-8")

    async def test_every_row_is_counted_once_and_errors_name_theirs(self, api: Api, caller: httpx.AsyncClient) -> None:
        await put(api, domain("known.example", status="completed"))
        body = "website\nnew.example\nknown.example\nwww.new.example\n\nnot a site\n-\nhttp://10.0.0.1/\nx@y.example\n"

        report = await send(caller, body)

        counts = {name: report[name] for name in ("rows", "created", "existing", "repeated", "empty", "failed")}
        assert counts == {"rows": 7, "created": 1, "existing": 1, "repeated": 1, "empty": 1, "failed": 3}
        assert [(error["row"], error["value"]) for error in report["errors"]] == [
            (6, "not a site"),
            (8, "http://10.0.0.1/"),
            (9, "x@y.example"),
        ]

    async def test_an_import_that_is_run_again_changes_nothing(self, api: Api, caller: httpx.AsyncClient) -> None:
        await send(caller, TABLE)
        before = {name: row.created_at for name, row in (await stored(api)).items()}

        report = await send(caller, TABLE)

        assert (report["created"], report["existing"]) == (0, 2)
        assert {name: row.created_at for name, row in (await stored(api)).items()} == before

    async def test_a_dry_run_counts_the_same_shows_ten_rows_and_writes_nothing(
        self, api: Api, caller: httpx.AsyncClient
    ) -> None:
        await put(api, domain("n3.example"))
        body = "Nr,Site\n" + "".join(f"{n},n{n}.example\n" for n in range(12)) + "x,not a site\n1,n1.example\n"

        looked = await send(caller, body, dry_run="true")
        left = await stored(api)
        done = await send(caller, body)

        assert list(left) == ["n3.example"]
        assert len(looked["preview"]) == 10
        assert looked["preview"][3] == {
            "row": 5,
            "cells": ["3", "n3.example"],
            "website": "https://n3.example/",
            "error": None,
        }
        assert {**looked, "dry_run": False, "preview": []} == done
        assert (done["created"], done["existing"], done["failed"], done["repeated"]) == (11, 1, 1, 1)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    async def test_any_encoding_and_delimiter(
        self, api: Api, caller: httpx.AsyncClient, encoding: str, delimiter: str
    ) -> None:
        text = TABLE.replace(";", delimiter).replace("Mill", "Mühle").replace("mill.", "mühle.")

        report = await send(caller, text.encode(encoding))

        assert (report["created"], report["delimiter"]) == (2, delimiter)
        assert (await stored(api)).keys() == {"bakery.example", "xn--mhle-0ra.example"}

    async def test_columns_may_be_named(self, api: Api, caller: httpx.AsyncClient) -> None:
        body = "a,b,mail\none.example,two.example,x@three.example\n,,y@four.example\n"

        first = await send(caller, body, column="b", dry_run="1")
        second = await send(caller, body, column="1", dry_run="1")
        third = await send(caller, body, mapping=json.dumps({"website": "a", "email": "mail"}), scan="false")

        assert [first["website_column"], second["website_column"], third["email_column"]] == [2, 1, 3]
        assert {name: row.wants_scan for name, row in (await stored(api)).items()} == {
            "one.example": False,
            "four.example": False,
        }

    async def test_tenants_do_not_see_each_others_imports(self, api: Api) -> None:
        async with api.caller("harbour") as ours, api.caller("hill") as theirs:
            first, second = await send(ours, TABLE), await send(theirs, TABLE, dry_run="true")

        assert (first["created"], second["created"], second["existing"]) == (2, 2, 0)


class TestBadInput:
    @pytest.mark.parametrize(
        ("body", "params", "field"),
        [
            (b"", {}, "body"),
            (b"\n\n", {}, "body"),
            (b"PK\x03\x04 workbook", {}, "body"),
            (bytes(range(256)), {}, "body"),
            (b"Name,Price\nBread,1.50\n", {}, "column"),
            (TABLE.encode(), {"column": "Homepage"}, "column"),
            (TABLE.encode(), {"mapping": "not json"}, "mapping"),
            (TABLE.encode(), {"mapping": '{"phone": "x"}'}, "mapping"),
            (TABLE.encode(), {"mapping": '{"email": "Mail"}'}, "mapping.email"),
            (TABLE.encode(), {"mapping": '{"website": "Name"}', "column": "Name"}, "column"),
            (TABLE.encode(), {"dryrun": "true"}, "dryrun"),
            (TABLE.encode(), {"dry_run": "perhaps"}, "dry_run"),
        ],
    )
    async def test_it_names_the_field_and_writes_nothing(
        self, api: Api, caller: httpx.AsyncClient, body: bytes, params: dict[str, str], field: str
    ) -> None:
        answer = await caller.post(IMPORT, content=body, params=params, headers=CSV)

        assert is_problem(answer, 422, field=field), answer.text
        assert await stored(api) == {}

    async def test_a_form_is_told_how_to_send_the_file(self, caller: httpx.AsyncClient) -> None:
        answer = await caller.post(IMPORT, files={"file": ("domains.csv", TABLE.encode())})

        assert is_problem(answer, 415)
        assert "text/csv" in answer.json()["detail"]

    async def test_too_many_rows_are_refused_before_the_first_is_written(
        self, api: Api, caller: httpx.AsyncClient
    ) -> None:
        body = "website\n" + "a.example\n" * (MOST_ROWS + 1)

        assert is_problem(await caller.post(IMPORT, content=body, headers=CSV), 422, field="body")
        assert await stored(api) == {}


class TestSize:
    async def test_a_file_may_be_larger_than_other_bodies(self, api: Api, caller: httpx.AsyncClient) -> None:
        body = "website,about\n" + "".join(f"n{n}.example,{'x' * 1000}\n" for n in range(1000))
        assert len(body) > LARGEST_BODY

        assert (await send(caller, body))["created"] == 1000

    @pytest.mark.parametrize("is_announced", [True, False])
    async def test_a_file_over_its_own_limit_is_refused(
        self, api: Api, caller: httpx.AsyncClient, is_announced: bool
    ) -> None:
        body = b"website\n" + b"a.example\n" * (LARGEST_IMPORT // 10)

        async def pieces():  # type: ignore[no-untyped-def]
            for start in range(0, len(body), 1 << 20):
                yield body[start : start + (1 << 20)]

        answer = await caller.post(IMPORT, content=body if is_announced else pieces(), headers=CSV)

        assert is_problem(answer, 413)
        assert await stored(api) == {}

    async def test_other_routes_keep_theirs(self, caller: httpx.AsyncClient) -> None:
        body = b" " * (LARGEST_BODY + 1)

        for path in ("/api/v3/domains", "/api/v3/domains/import/", "/api/v3/domains/queue"):
            assert is_problem(await caller.post(path, content=body), 413)
