"""`scanlane import` and `scanlane domains list`, as a person runs them."""

from pathlib import Path

import pytest

from tests.conftest import Database
from tests.scanlane.processes import documents, environment, one_row, scanlane

TABLE = (
    "Firma;Homepage;Mail\nBäckerei;bakery.example;\nMühle;;info@mill.example\nX;not a site;\nY;www.bakery.example;\n"
)


@pytest.fixture
def env(database: Database, tmp_path: Path) -> dict[str, str]:
    """The environment of a person with a database of her own."""
    return environment(tmp_path, SCANLANE_DATABASE_URL=database.url)


@pytest.fixture
def leads(tmp_path: Path) -> str:
    """A file as a German spreadsheet writes it."""
    file = tmp_path / "leads.csv"
    file.write_bytes(TABLE.encode("latin-1"))
    return str(file)


async def count(database: Database) -> int:
    """How many domains are stored."""
    return int((await one_row(database.dsn, "select count(*) as n from domains"))["n"])


class TestImport:
    async def test_the_usable_rows_are_added_and_the_others_told_with_their_numbers(
        self, env: dict[str, str], database: Database, leads: str
    ) -> None:
        status, out, err = await scanlane("import", leads, env=env)

        row = await one_row(database.dsn, "select * from domains")
        assert status == 0
        assert "4 rows: 1 domains added, 0 known already, 1 repeated, 1 empty, 1 not usable" in out
        assert "'Homepage'" in out
        assert err.startswith("row 4: not a site")
        assert (row["name"], row["tenant"], row["source"], row["status"]) == (
            "bakery.example",
            "local",
            "import",
            "pending",
        )

    async def test_a_dry_run_shows_the_rows_and_writes_nothing(
        self, env: dict[str, str], database: Database, leads: str
    ) -> None:
        status, out, _ = await scanlane("import", leads, "--dry-run", "--email-column", "Mail", env=env)

        assert status == 0
        assert "2 domains would be added" in out
        assert "Bäckerei | bakery.example" in out
        assert "https://mill.example/" in out
        assert await count(database) == 0

    async def test_json_is_one_document(self, env: dict[str, str], leads: str) -> None:
        status, out, _ = await scanlane("import", leads, "--json", "--no-scan", "--column", "2", env=env)

        (report,) = documents(out)
        assert status == 0
        assert (report["created"], report["failed"], report["website_column"]) == (1, 1, 2)
        (error,) = report["errors"]  # type: ignore[misc]
        assert (error["row"], error["value"]) == (4, "not a site")
        assert "not a website's address" in error["message"]

    async def test_a_list_may_come_from_a_pipe(self, env: dict[str, str], database: Database) -> None:
        status, _, err = await scanlane("import", "-", env=env, stdin=b"a.example\nb.example\n")

        assert (status, err) == (0, "")
        assert await count(database) == 2

    async def test_status_1_when_no_row_could_be_used(self, env: dict[str, str]) -> None:
        status, _, err = await scanlane("import", "-", env=env, stdin=b"website\nnot a site\n")

        assert status == 1
        assert "row 2: " in err

    @pytest.mark.parametrize(
        ("arguments", "stdin", "named"),
        [
            (["import", "/nowhere/x.csv"], b"", "/nowhere/x.csv"),
            (["import", "/tmp"], b"", "/tmp"),
            (["import", "-"], b"", "no rows"),
            (["import", "-"], b"PK\x03\x04", "Excel"),
            (["import", "-"], b"Name,Price\nBread,1.50\n", "Name, Price"),
            (["import", "-", "--column", "Web"], b"Name,Site\nB,b.example\n", "Web"),
            (["import", "-", "--tenant", "Not A Slug"], b"a.example", "tenant"),
            (["domains", "list", "--status", "Queued"], b"", "--status"),
        ],
    )
    async def test_bad_input_is_one_line_and_status_2(
        self, env: dict[str, str], arguments: list[str], stdin: bytes, named: str
    ) -> None:
        status, out, err = await scanlane(*arguments, env=env, stdin=stdin)

        assert (status, out) == (2, "")
        assert named in err
        assert len(err.strip().splitlines()) == 1


class TestDomainsList:
    async def test_what_was_imported_is_listed_newest_first(self, env: dict[str, str]) -> None:
        for name in (b"first.example", b"second.example"):
            await scanlane("import", "-", env=env, stdin=name)
        await scanlane("import", "-", "--tenant", "other", env=env, stdin=b"theirs.example")

        _, table, _ = await scanlane("domains", "list", env=env)
        status, out, _ = await scanlane("domains", "list", "--json", "--status", "pending", "--limit", "1", env=env)

        assert status == 0
        assert [one["name"] for one in documents(out)] == ["second.example"]
        assert "first.example" in table
        assert "theirs.example" not in table

    async def test_an_empty_list_says_what_to_do(self, env: dict[str, str]) -> None:
        status, out, _ = await scanlane("domains", "list", env=env)

        assert status == 0
        assert "scanlane import" in out
