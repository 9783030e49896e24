"""`scanlane export`, as a person runs it."""

import csv
import io
import os
from pathlib import Path

import asyncpg
import openpyxl
import pytest

from tests.conftest import Database
from tests.scanlane.processes import documents, environment, scanlane

CONTACTS = (
    ("shop.example", "email", "info@shop.example", "role", "own", 95),
    ("shop.example", "phone", "+4930123456", "phone", "own", 80),
    ("mill.example", "email", "=2+3@mill.example", "personal", "own", 30),
)


@pytest.fixture
async def env(database: Database, tmp_path: Path) -> dict[str, str]:
    """The environment of a person whose database holds a few contacts, beside a stranger's."""
    connection = await asyncpg.connect(database.dsn)
    try:
        for tenant, name in (("local", "shop.example"), ("local", "mill.example"), ("other", "theirs.example")):
            await connection.execute(
                "insert into domains (tenant, name, start_url) values ($1, $2, 'https://x.example/')", tenant, name
            )
        theirs = ("theirs.example", "email", "info@theirs.example", "role", "own", 99)
        for name, *contact in (*CONTACTS, theirs):
            await connection.execute(
                "insert into contacts (tenant, domain_id, kind, value, type, relation, score)"
                " select tenant, id, $2, $3, $4, $5, $6 from domains where name = $1",
                name,
                *contact,
            )
    finally:
        await connection.close()
    return environment(tmp_path, SCANLANE_DATABASE_URL=database.url)


class TestExport:
    async def test_the_name_of_the_file_says_the_format(self, env: dict[str, str], tmp_path: Path) -> None:
        files = [tmp_path / f"contacts.{ending}" for ending in ("csv", "jsonl", "xlsx")]

        ended = [await scanlane("export", str(file), "--columns", "value,score", env=env) for file in files]

        expected = [("=2+3@mill.example", 30), ("+4930123456", 80), ("info@shop.example", 95)]
        sheet = openpyxl.load_workbook(files[2])["Contacts"]
        assert [(status, out) for status, out, _ in ended] == [(0, "")] * 3
        assert list(csv.reader(io.StringIO(files[0].read_text())))[1:] == [
            ["'=2+3@mill.example", "30"],
            ["+4930123456", "80"],
            ["info@shop.example", "95"],
        ]
        assert [(one["value"], one["score"]) for one in documents(files[1].read_text())] == expected
        assert list(sheet.iter_rows(min_row=2, values_only=True)) == expected
        assert not [name for name in os.listdir(tmp_path) if name.endswith(".part")]

    async def test_stdout_holds_the_rows_and_nothing_else(self, env: dict[str, str]) -> None:
        status, out, err = await scanlane("export", "-", "--kind", "email", "--min-score", "50", env=env)

        rows = list(csv.DictReader(io.StringIO(out)))
        assert (status, err) == (0, "")
        assert [row["value"] for row in rows] == ["info@shop.example"]

    async def test_one_website_only(self, env: dict[str, str]) -> None:
        arguments = ("--domain", "https://www.mill.example/x", "--format", "jsonl")
        status, out, _ = await scanlane("export", "-", *arguments, env=env)

        assert status == 0
        assert [one["domain"] for one in documents(out)] == ["mill.example"]

    async def test_a_tenant_exports_its_own(self, env: dict[str, str]) -> None:
        _, out, _ = await scanlane("export", "-", "--tenant", "other", "--columns", "value", env=env)

        assert out.split() == ["value", "info@theirs.example"]

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            (["contacts.pdf"], ".xlsx"),
            (["-", "--format", "pdf"], "pdf"),
            (["-", "--columns", "value,secret"], "secret"),
            (["-", "--kind", "fax"], "--kind"),
            (["-", "--relation", "friend"], "--relation"),
            (["-", "--min-score", "101"], "--min-score"),
            (["-", "--domain", "not a site"], "not a site"),
            (["-", "--domain", "theirs.example"], "no such domain"),
            (["/nowhere/contacts.csv"], "/nowhere/contacts.csv"),
        ],
    )
    async def test_bad_input_is_one_line_and_status_2(
        self, env: dict[str, str], arguments: list[str], named: str
    ) -> None:
        status, out, err = await scanlane("export", *arguments, env=env)

        assert (status, out) == (2, "")
        assert named in err
        assert len(err.strip().splitlines()) == 1

    async def test_a_file_that_was_there_stays_when_the_export_fails(self, env: dict[str, str], tmp_path: Path) -> None:
        file = tmp_path / "contacts.csv"
        file.write_text("earlier")

        status, _, _ = await scanlane("export", str(file), "--domain", "unknown.example", env=env)

        assert status == 2
        assert file.read_text() == "earlier"

    async def test_a_device_is_written_to_and_not_replaced(self, env: dict[str, str], tmp_path: Path) -> None:
        pipe = tmp_path / "contacts.csv"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

        try:
            status, _, _ = await scanlane("export", str(pipe), "--columns", "value", env=env)

            read = os.read(reader, 10_000)
        finally:
            os.close(reader)
        assert status == 0
        assert b"info@shop.example" in read
        assert pipe.is_fifo()

    async def test_a_link_stays_a_link_and_a_part_of_somebody_else_stays(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        (tmp_path / "link.csv").symlink_to("contacts.csv")
        (tmp_path / "link.csv.part").write_text("mine")

        status, _, _ = await scanlane("export", str(tmp_path / "link.csv"), env=env)

        assert status == 0
        assert (tmp_path / "link.csv").is_symlink()
        assert "info@shop.example" in (tmp_path / "contacts.csv").read_text()
        assert (tmp_path / "link.csv.part").read_text() == "mine"

    async def test_a_directory_is_no_file(self, env: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "contacts.csv").mkdir()

        status, out, err = await scanlane("export", str(tmp_path / "contacts.csv"), env=env)

        assert (status, out) == (2, "")
        assert "it is a directory" in err

    async def test_a_full_disk_is_one_line_and_status_1(self, env: dict[str, str]) -> None:
        status, _, err = await scanlane("export", "/dev/full", "--format", "csv", env=env)

        assert status == 1
        assert err.strip().splitlines() == ["error: /dev/full cannot be written: No space left on device"]
